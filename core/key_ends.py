"""PURE. When a new API key ends, as its maker chooses: never, in some days, or after a day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import ValidationFailed
from core.instants import first_instant

NEVER, LAST_DAY = "never", "last_day"
ENDS = {
    NEVER: "Never",
    "30": "In 30 days",
    "90": "In 90 days",
    "365": "In 365 days",
    LAST_DAY: "After a day that I choose",
}
"""What there is to choose from, in words."""


def expires_at(end: str, last_day: str | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When a key expires that is asked for now; a last day ends on its maker's own clock.

    None for never. Raises ValidationFailed.
    """
    if end not in ENDS:
        raise ValidationFailed("Choose when the key expires.", field="end")
    if end == NEVER:
        return None
    if end != LAST_DAY:
        return now + timedelta(days=int(end))
    try:
        after = date.fromisoformat(last_day or "") + timedelta(days=1)
        return first_instant(after, time(), zone)
    except ValueError:
        raise ValidationFailed("Choose the last day.", field="expires_at") from None
    except OverflowError:
        raise ValidationFailed(
            "That is the end of the calendar. Choose “Never”.", field="expires_at"
        ) from None
