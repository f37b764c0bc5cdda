"""A stage that is set once for all of these."""

from collections.abc import Callable

import pytest

from assembly.clock import WallClock
from core.transaction import Clock
from prove.proving import Proof
from prove.stage import Stage, set_stage


def make_clock(wall: Callable[[], float], stopwatch: Callable[[], float]) -> Clock:
    return WallClock(wall=wall, stopwatch=stopwatch)


@pytest.fixture(scope="session")
def stage() -> Stage:
    return set_stage()


@pytest.fixture
def proof(stage: Stage) -> Proof:
    return Proof(stage, make_clock)
