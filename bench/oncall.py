"""The rules of on call alone, without a database: ten years of shifts, and who is on call now."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.table import Row
from core.instants import first_instant
from core.oncall import Override, Participant, RotationLayer, Schedule, resolve, shifts

BEGINS = datetime(2026, 1, 5, 8, tzinfo=UTC)
ENDS = datetime(2036, 1, 5, 8, tzinfo=UTC)
PEOPLE = [Participant(UUID(int=number)) for number in range(1, 21)]
OVERRIDES = 1_000
LENGTHS = {
    "weekly": (7, 7, 7, 7, 7),
    "weekly, one layer daily": (7, 7, 7, 7, 1),
    "daily": (1, 1, 1, 1, 1),
}
ROUNDS = 120
"""How often something is measured; a p99 wants more than a hundred."""


def oncall() -> Iterator[Row]:
    """Five layers of twenty people each, in Berlin, where the clocks change."""
    for name, lengths in LENGTHS.items():
        schedule = _schedule(lengths)
        listed = len(shifts(schedule, BEGINS, ENDS))
        times = _timed(lambda schedule=schedule: _listed_anew(schedule))
        yield Row(f"ten years, {name}: {listed:,} shifts listed", times)
    overridden = _schedule(LENGTHS["weekly"], OVERRIDES)
    times = _timed(lambda: shifts(overridden, BEGINS, ENDS))
    yield Row(f"ten years, weekly, with {OVERRIDES:,} overrides", times)
    hours = count()
    times = _timed(lambda: resolve(overridden, BEGINS + timedelta(hours=7 * next(hours))))
    yield Row(f"who is on call, with {OVERRIDES:,} overrides", times)
    fresh = iter([_schedule(LENGTHS["weekly"], OVERRIDES) for _ in range(ROUNDS)])
    times = _timed(lambda: resolve(next(fresh), BEGINS + timedelta(hours=7 * next(hours))))
    yield Row("  of a schedule that nobody has asked before", times)


def _listed_anew(schedule: Schedule) -> object:
    first_instant.cache_clear()  # as if nobody had asked before
    return shifts(schedule, BEGINS, ENDS)


def _schedule(lengths: tuple[int, ...], overrides: int = 0) -> Schedule:
    return Schedule(
        id=UUID(int=100),
        name="Payments",
        timezone=ZoneInfo("Europe/Berlin"),
        layers=tuple(
            RotationLayer(
                id=UUID(int=101 + position),
                name=f"Layer {position}",
                position=position,
                length_days=length,
                handoff=clock_time(9),
                effective_from=BEGINS,
                effective_until=None,
                participants=tuple(PEOPLE[position:] + PEOPLE[:position]),
            )
            for position, length in enumerate(lengths)
        ),
        overrides=tuple(
            Override(
                id=UUID(int=1_000 + number),
                member=PEOPLE[number % len(PEOPLE)],
                start_at=BEGINS + timedelta(days=3 * number, hours=10),
                end_at=BEGINS + timedelta(days=3 * number, hours=19),
            )
            for number in range(overrides)
        ),
    )


def _timed(step: Callable[[], object]) -> list[float]:
    """In CPU time: nothing here waits, and what another process takes is not ours."""
    times = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        step()
        times.append(time.thread_time() - began)
    return times
