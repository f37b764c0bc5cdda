"""PURE. Instants on a schedule's clock, as pages write them and as forms hold them.

A form's day and time are those of the schedule's zone; a time that the clocks skip or show twice
is meant as a schedule means it (spec section 5).
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.errors import ValidationFailed
from core.instants import first_instant
from core.people import Person
from core.timezones import is_zone

_LAST_YEAR_MEANT = 9000


def local(instant: datetime, zone: ZoneInfo) -> str:
    """An instant on a zone's clock: `Mon 16 Nov, 09:00`."""
    there = on(zone, instant)
    return f"{there:%a} {there.day} {there:%b, %H:%M}"


def on(zone: ZoneInfo, instant: datetime) -> datetime:
    """An instant as a zone's clock shows it; at the calendar's first and last day, in UTC."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def day(one: date) -> str:
    """A day: `Mon 16 Nov 2026`."""
    return f"{one:%a} {one.day} {one:%b %Y}"


def city(zone: str) -> str:
    """A zone as people call it: `Berlin` for Europe/Berlin."""
    return zone.rpartition("/")[2].replace("_", " ")


def zone(name: str) -> ZoneInfo:
    """The zone of a schedule, which is always one."""
    return ZoneInfo(name)


def zone_of(person: Person) -> ZoneInfo:
    """Where somebody is; UTC if what Slack said of them is no zone."""
    return ZoneInfo(person.timezone if is_zone(person.timezone) else "UTC")


def differs(instant: datetime, zone: str, person: Person) -> bool:
    """Whether somebody's clock shows another time then than the zone's."""
    return on(zone_of(person), instant).utcoffset() != on(ZoneInfo(zone), instant).utcoffset()


def is_meant(instant: datetime | None) -> bool:
    """Whether an end is one that comes, and not the calendar's."""
    return instant is not None and instant.year < _LAST_YEAR_MEANT


def written(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as a field for a day and a time holds it; seconds where there are any."""
    there = on(zone, instant).replace(tzinfo=None, microsecond=0)
    return there.isoformat(timespec="seconds" if there.second else "minutes")


def read(typed: str, zone: ZoneInfo, *, field: str, was: datetime | None = None) -> datetime:
    """The instant that a field holds; what it held before (`was`) stays to the microsecond.

    Raises ValidationFailed at the field.
    """
    if was and typed == written(was, zone):
        return was
    try:
        wall = datetime.fromisoformat(typed)
        if wall.tzinfo is None:
            return first_instant(wall.date(), wall.time(), zone)
    except (ValueError, OverflowError):
        pass
    raise ValidationFailed("Choose a day and a time.", field=field)


def instant_in(text: str) -> datetime | None:
    """The instant in an address; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def midnight(one: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return first_instant(one, datetime.min.time(), zone)


def monday_of(one: date) -> date:
    """The first day of its week."""
    return one - timedelta(days=one.weekday())
