"""Instants on two clocks: a schedule's, and that of whoever reads the terminal."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from core.instants import spoken


def on_two_clocks(at: datetime, zone: ZoneInfo, here: tzinfo | None = None) -> str:
    """An instant on a zone's clock, with the reader's beside it where the two differ.

    `here` is the reader's zone; without one the machine's own counts.
    """
    there, local = at.astimezone(zone), at.astimezone(here)
    if there.utcoffset() == local.utcoffset():
        return spoken(at, zone)
    day = "" if there.date() == local.date() else f"{local.day} {local:%b}, "
    return f"{spoken(at, zone)} ({day}{local:%H:%M %Z})"


def span_here(
    start: datetime | None,
    end: datetime | None,
    zone: ZoneInfo,
    here: tzinfo | None = None,
) -> str | None:
    """On the reader's clock what a sentence tells on a zone's; None where the two agree."""
    told = [one for one in (start, end) if one]
    if all(one.astimezone(zone).utcoffset() == one.astimezone(here).utcoffset() for one in told):
        return None
    said = [_dated(one.astimezone(here)) for one in told]
    return " – ".join(said) if end else f"from {said[0]}"


def _dated(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
