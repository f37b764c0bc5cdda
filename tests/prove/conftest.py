"""A stage that is set once for all of these."""

from collections.abc import Iterator
from unittest import mock

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from cli.prove import CLOCKS
from prove.proving import Proof
from prove.stage import Stage, set_stage
from storage import database


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
    return Proof(stage, CLOCKS)
