"""Instants for two clocks: each reader's own, and the schedule's beside it where they differ."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks.text import moment, when


def city(timezone: str) -> str:
    """A zone as people call it: `Berlin` for Europe/Berlin."""
    return timezone.rpartition("/")[2].replace("_", " ")


def in_zone(instant: datetime, timezone: str) -> str:
    """An instant on a zone's clock, not escaped: `Mon 23 Nov, 09:00 in Berlin`."""
    there = instant.astimezone(ZoneInfo(timezone))
    return f"{there:%a} {there.day} {there:%b, %H:%M} in {city(timezone)}"


def both(instant: datetime, timezone: str, *, reader: str | None = None) -> str:
    """An instant on the reader's clock, as mrkdwn; the schedule's beside it if it differs."""
    if reader and _same_clock(instant, timezone, reader):
        return when(instant)
    return f"{when(instant)} ({in_zone(instant, timezone)})"


def on_readers_clock(
    start: datetime | None,
    end: datetime | None,
    *,
    timezone: str | None = None,
    reader: str | None = None,
) -> str:
    """The span of a sentence that tells another clock, as mrkdwn; empty where they agree."""
    told = [one for one in (start, end) if one]
    if timezone and reader and all(_same_clock(one, timezone, reader) for one in told):
        return ""
    if start and end:
        return f"On your clock: {moment(start)} – {moment(end)}"
    return f"On your clock: from {moment(start)}" if start else ""


def _same_clock(instant: datetime, one: str, other: str) -> bool:
    offsets = {instant.astimezone(ZoneInfo(zone)).utcoffset() for zone in (one, other)}
    return len(offsets) == 1
