"""Instants as people type them: “18:00”, “tomorrow 9am”, “friday 22:00”, “2026-12-24 18:00”."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import dateparser

from core.errors import ValidationFailed


def read_moment(text: str, *, timezone: str, now: datetime) -> datetime:
    """The instant that somebody in this zone means; of several the next one ahead.

    Raises ValidationFailed with examples of what is understood.
    """
    found = dateparser.parse(
        text,
        languages=["en"],
        settings={
            "TIMEZONE": timezone,
            "RETURN_AS_TIMEZONE_AWARE": True,
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None),
        },
    )
    if found is None:
        raise ValidationFailed(
            f"“{text}” is no time that Tocsin understands. Try “18:00”, “tomorrow 9am”, "
            "“friday 22:00” or “2026-12-24 18:00”.",
            field="at",
        )
    return found.astimezone(UTC)
