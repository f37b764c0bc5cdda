"""The one clock: it never goes backwards, and never falls behind a stopwatch."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from assembly.clock import DatabaseClock, WallClock

READINGS = 20_000


def test_it_shows_the_time_of_day_in_utc() -> None:
    before = datetime.now(UTC)
    shown = WallClock().now()
    after = datetime.now(UTC)

    assert shown.tzinfo is UTC
    assert before - timedelta(milliseconds=1) <= shown <= after + timedelta(milliseconds=1)


@pytest.mark.parametrize("speed", [1.0, 60.0, 0.5])
def test_it_never_goes_backwards(speed: float) -> None:
    clock = WallClock(speed)
    shown = [clock.now() for _ in range(READINGS)]
    assert shown == sorted(shown)


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_it_is_never_slower_than_a_stopwatch(speed: float) -> None:
    clock = WallClock(speed)
    first, started = clock.now(), time.monotonic()
    for _ in range(READINGS):
        measured = time.monotonic() - started
        passed = (clock.now() - first).total_seconds()
        # A clock of microseconds, read in floating point, may lag by a few of them.
        assert passed >= measured * speed - 1e-5 * speed


def test_at_another_speed_it_runs_by_the_stopwatch_alone() -> None:
    started = time.monotonic()
    clock = WallClock(3600)
    first = clock.now()
    while time.monotonic() - started < 0.01:
        pass
    passed = (clock.now() - first).total_seconds()
    assert passed <= (time.monotonic() - started) * 3600


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_how_long_to_wait_is_told_in_real_seconds(speed: float) -> None:
    clock = WallClock(speed)
    started = time.monotonic()

    wait = clock.seconds_until(clock.now() + timedelta(minutes=1))

    elapsed = time.monotonic() - started
    assert 60 / speed - elapsed - 1e-5 <= wait <= 60 / speed


def test_what_has_passed_is_not_waited_for() -> None:
    clock = WallClock()
    assert clock.seconds_until(clock.now() - timedelta(minutes=1)) < -59


def test_a_wall_clock_set_back_an_hour_delays_nothing_and_set_forward_is_followed() -> None:
    wall, stopwatch = [1_000_000.0], [50.0]
    clock = WallClock(wall=lambda: wall[0], stopwatch=lambda: stopwatch[0])

    wall[0] -= 3600
    stopwatch[0] += 10
    assert clock.now().timestamp() == 1_000_010.0

    wall[0] += 7200
    assert clock.now().timestamp() == 1_003_600.0


class _Machine:
    """A machine's wall clock and stopwatch, in a test's hands."""

    def __init__(self, wall: float) -> None:
        self.wall = wall
        self.passed = 100.0

    def clock(self) -> DatabaseClock:
        return DatabaseClock(wall=lambda: self.wall, stopwatch=lambda: self.passed)


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_replicas_whose_machines_disagree_by_an_hour_show_the_databases_time() -> None:
    one, other = _Machine(wall=NOON.timestamp() + 3600), _Machine(wall=NOON.timestamp() - 60)
    clocks = [one.clock(), other.clock()]
    for clock in clocks:
        clock.hear(NOON, asked=99.9, answered=100.1)

    one.passed += 5
    other.passed += 5

    assert [clock.now() for clock in clocks] == [NOON + timedelta(seconds=5)] * 2


def test_steps_of_the_machines_clock_mean_nothing_to_it() -> None:
    machine = _Machine(wall=NOON.timestamp())
    clock = machine.clock()
    clock.hear(NOON, asked=100, answered=100)

    for step in (3600, -7200):
        machine.wall += step
        machine.passed += 1
        clock.now()

    assert clock.now() == NOON + timedelta(seconds=2)


def test_the_database_can_set_it_forward_and_never_back() -> None:
    machine = _Machine(wall=NOON.timestamp())
    clock = machine.clock()
    clock.hear(NOON, asked=100, answered=100)

    leapt = clock.hear(NOON + timedelta(hours=1), asked=100, answered=100)
    assert leapt
    assert clock.now() == NOON + timedelta(hours=1)
    leapt = clock.hear(NOON, asked=100, answered=100)
    assert not leapt
    machine.passed += 2
    assert clock.now() == NOON + timedelta(hours=1, seconds=2)
