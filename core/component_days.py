"""PURE. How a component was, day by day, from the instants at which it changed (spec section 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from core.public_page import ComponentDay
from storage.vocabulary import ComponentStatus

DOWN = frozenset({ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE})
DAY = timedelta(days=1)


@dataclass
class _Day:
    """A day as it fills up."""

    worst: ComponentStatus | None = None
    down: timedelta = timedelta(0)
    degraded: timedelta = timedelta(0)

    def add(self, status: ComponentStatus, lasted: timedelta) -> None:
        """So long it was so."""
        if self.worst is None or status.badness > self.worst.badness:
            self.worst = status
        if status in DOWN:
            self.down += lasted
        elif status is ComponentStatus.DEGRADED:
            self.degraded += lasted


def days_of(
    states: Sequence[tuple[datetime, ComponentStatus]], now: datetime, count: int
) -> tuple[ComponentDay, ...]:
    """The last so many days (UTC), today last, of a component whose states began at these instants.

    `states` is in order of time. A day's worst is what was worst at any instant of it.
    """
    states = [one for one in states if one[0] <= now]  # a clock that was set back knows no later
    begins = datetime.combine(now.date(), time(), UTC) - (count - 1) * DAY
    days = [_Day() for _ in range(count)]
    ends = [*(at for at, _ in states[1:]), now]
    for place, ((start, status), end) in enumerate(zip(states, ends, strict=True)):
        is_last = place == len(states) - 1
        first, last = max((start - begins) // DAY, 0), (end - begins) // DAY
        for number in range(first, min(last, count - 1) + 1):
            day = begins + number * DAY
            lasted = min(end, day + DAY) - max(start, day)
            if lasted > timedelta(0) or is_last:
                days[number].add(status, lasted)
    return tuple(
        ComponentDay((begins + number * DAY).date(), day.worst, day.down, day.degraded)
        for number, day in enumerate(days)
    )


def uptime_of(days: Sequence[ComponentDay], created_at: datetime, now: datetime) -> float | None:
    """The share of those days, as far as they have passed and it existed, in which it was not down.

    None if that is no time at all.
    """
    begins = datetime.combine(days[0].day, time(), UTC) if days else now
    existed = now - max(begins, created_at)
    if existed <= timedelta(0):
        return None
    down = sum((one.down for one in days), timedelta(0))
    return max(0.0, 1 - down / existed)
