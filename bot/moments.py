"""Instants as people type them: “18:00”, “tomorrow 9am”, “friday 22:00”, “2026-12-24 18:00”."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import dateparser

from core.errors import ValidationFailed
from core.instants import first_instant

TYPED_MAX = 60
YEARS = range(2000, 2200)
_NUMBER = r"(0?[1-9]|1[0-2])"
_EITHER_WAY = re.compile(
    rf"(?<![\d/.-]){_NUMBER}[/.-](?!\1\b){_NUMBER}(?:[/.-]\d{{2,4}})?(?![\d/:-]|\.\d)"
)
"""Two numbers of which each may be the day and the month: people differ in which comes first."""


def read_moment(text: str, *, timezone: str, now: datetime) -> datetime:
    """The instant that somebody in this zone means; of several the next one ahead.

    A time that the clocks skip or show twice is meant as a schedule means it (spec section 5).
    It may take half a second the first time. Raises ValidationFailed with examples of what is
    understood.
    """
    if either := _EITHER_WAY.search(text[:TYPED_MAX]):
        raise ValidationFailed(
            f"“{either[0]}” could be one of two days. Write the month by its name, such as "
            "“10 Nov 18:00”, or the year first: “2026-11-10 18:00”.",
            field="at",
        )
    zone = ZoneInfo(timezone)
    found = _parse(text, now.astimezone(zone)) if len(text) <= TYPED_MAX else None
    if found is None or found.year not in YEARS:
        raise ValidationFailed(
            f"“{text[:TYPED_MAX]}” is no time that Tocsin understands. Try “18:00”, "
            "“tomorrow 9am”, “friday 22:00” or “2026-12-24 18:00”.",
            field="at",
        )
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    return first_instant(found.date(), found.time(), zone)


def _parse(text: str, now: datetime) -> datetime | None:
    try:
        return dateparser.parse(
            text,
            languages=["en"],
            settings={"PREFER_DATES_FROM": "future", "RELATIVE_BASE": now.replace(tzinfo=None)},
        )
    except (ValueError, OverflowError):
        return None
