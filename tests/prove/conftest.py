"""A stage that is set once for all of these."""

from collections.abc import Callable, Iterator
from unittest import mock

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from assembly.clock import WallClock
from core.transaction import Clock
from prove.proving import Proof
from prove.stage import Stage, set_stage
from storage import database


def make_clock(wall: Callable[[], float], stopwatch: Callable[[], float]) -> Clock:
    return WallClock(wall=wall, stopwatch=stopwatch)


@pytest.fixture(autouse=True)
def nothing_is_shared_with_other_tests() -> Iterator[None]:
    """The simulator shares what is compiled among its own engines, which connect in its own way."""
    with mock.patch.object(database, "create_async_engine", create_async_engine):
        yield


@pytest.fixture(scope="session")
def stage() -> Stage:
    return set_stage()


@pytest.fixture
def proof(stage: Stage) -> Proof:
    return Proof(stage, make_clock)
