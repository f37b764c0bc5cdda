"""PURE. How a component was, day by day, from the instants at which it changed (spec section 8)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from core.public_page import ComponentDay
from storage.vocabulary import ComponentStatus

DOWN = frozenset({ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE})
DAY = timedelta(days=1)


def days_of(
    states: Sequence[tuple[datetime, ComponentStatus]], now: datetime, count: int
) -> tuple[ComponentDay, ...]:
    """The last so many days (UTC), today last, of a component whose states began at these instants.

    `states` is in order of time. A day's worst is what was worst at any instant of it.
    """
    states = [one for one in states if one[0] <= now]  # a clock that was set back knows no later
    today = datetime.combine(now.date(), time(), UTC)
    begins = today - (count - 1) * DAY
    spans = [
        (start, end, status)
        for (start, status), end in zip(
            states, [*(at for at, _ in states[1:]), max(now, today)], strict=True
        )
        if end >= begins and start < today + DAY
    ]
    return tuple(_day(begins + place * DAY, spans, now) for place in range(count))


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


def _day(
    start: datetime, spans: Sequence[tuple[datetime, datetime, ComponentStatus]], now: datetime
) -> ComponentDay:
    end = start + DAY
    worst: ComponentStatus | None = None
    down = degraded = timedelta(0)
    for begins, ends, status in spans:
        is_last = ends >= now
        touches = begins < end and (ends > start or (is_last and ends >= start))
        if not touches:
            continue
        lasted = max(min(ends, end) - max(begins, start), timedelta(0))
        if worst is None or status.badness > worst.badness:
            worst = status
        if status in DOWN:
            down += lasted
        elif status is ComponentStatus.DEGRADED:
            degraded += lasted
    return ComponentDay(start.date(), worst, down, degraded)
