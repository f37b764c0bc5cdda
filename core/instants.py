"""PURE. Instants are UTC; here a wall clock's local time becomes one, whatever the clocks do."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.errors import ValidationFailed

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)

HANDOFFS_REMEMBERED = 16_384
"""So many handoffs are reckoned once: the layers of a schedule mostly share them."""


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC; a naive one is refused with ValueError."""
    if instant.utcoffset() is None:
        raise ValueError(f"An instant has a zone; {instant} has none.")
    return instant.astimezone(UTC)


def refuse_unless_utc(*instants: datetime | None) -> None:
    """Raise ValueError for a naive instant or one of another zone; None passes."""
    for instant in instants:
        if instant is not None and instant.utcoffset() != timedelta(0):
            raise ValueError(f"An instant here is UTC; {instant} is not.")


def whole_days(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """From the start of one day to the end of another, in UTC; None is without a bound.

    The second instant is the first that does not belong to it any more. Raises ValidationFailed
    where the last day comes before the first.
    """
    if first and last and last < first:
        raise ValidationFailed("It comes after the last day that is asked for.", field="from")
    since = datetime.combine(first, time(), UTC) if first else None
    if last is None or last == date.max:
        return since, None
    return since, datetime.combine(last + timedelta(days=1), time(), UTC)


def between(
    first: date | datetime | None, last: date | datetime | None
) -> tuple[datetime | None, datetime | None]:
    """From a day or an instant on, to a day, the whole of it in UTC, or until before an instant.

    None is without a bound. Raises ValidationFailed where that would end before it begins.
    """
    if not isinstance(first, datetime) and not isinstance(last, datetime):
        return whole_days(first, last)
    since = first if isinstance(first, datetime) else whole_days(first, None)[0]
    until = last if isinstance(last, datetime) else whole_days(None, last)[1]
    if since and until and until < since:
        raise ValidationFailed("It comes after the end that is asked for.", field="from")
    return since, until


@lru_cache(maxsize=HANDOFFS_REMEMBERED)
def first_instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall clock of `zone` shows this local time or a later one.

    So a time that does not exist (spring) is the first instant after the gap, and of one that
    exists twice (autumn) it is the first (spec section 5). To the second, as zones change.
    Raises OverflowError outside the years 1 to 9999.
    """
    wall = datetime.combine(day, clock, zone)
    if wall.fold:
        wall = wall.replace(fold=0)  # of two, the first
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone) == wall:  # in one zone Python compares what the clocks show
        return instant
    before = wall.replace(fold=1).astimezone(UTC)
    seconds = range(int((instant - before).total_seconds()))
    skipped = bisect_left(
        seconds, True, key=lambda n: (before + timedelta(seconds=n)).astimezone(zone) >= wall
    )
    return before + timedelta(seconds=skipped)


def spoken(at: datetime, zone: ZoneInfo) -> str:
    """An instant for people, on the wall clock of a zone: Mon 23 Nov 2026, 09:00 Berlin."""
    local = at.astimezone(zone)
    city = zone.key.rpartition("/")[2].replace("_", " ")
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {city}"
