"""Words of letters: user text made harmless, times in the reader's zone, HTML that is escaped."""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

NAME_SHOWN_MAX = 80
_LAST_YEAR_MEANT = 9000
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_HARMFUL = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, what turns the direction of the text around, and halves of characters."""


def line(text: str | None) -> str:
    """User text as one line: no break, no control character, nothing that turns it around."""
    return " ".join(_HARMFUL.sub("", _BREAKS.sub(" ", text or "")).split())


def lines(text: str) -> list[str]:
    """User text as its lines, each of them harmless."""
    return [line(one) for one in _BREAKS.sub("\n", text.replace("\r\n", "\n")).split("\n")]


def cut(text: str, limit: int) -> str:
    """Text of at most `limit` characters, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def name(text: str | None) -> str:
    """A person's, schedule's or policy's name."""
    return cut(line(text), NAME_SHOWN_MAX) or "somebody"


def names(people: Sequence[str], limit: int = 3) -> str:
    """A few names as one would say them."""
    shown = [name(one) for one in people[:limit]]
    if (left := len(people) - len(shown)) > 0:
        return f"{', '.join(shown)} and {left:,} more"
    if len(shown) < 2:
        return shown[0] if shown else "nobody"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def when(instant: datetime, timezone: str) -> str:
    """An instant in somebody's own zone, which is named: `Wed 18 Nov, 13:05 CET`."""
    try:
        local = instant.astimezone(ZoneInfo(timezone))
    except (KeyError, ValueError, OSError):
        local = instant.astimezone(UTC)
    zone = local.tzname() or "UTC"
    if zone[:1] in "+-":
        zone = f"UTC{zone}"
    day, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
    return f"{day} {local.day} {month}, {local:%H:%M} {zone}"


def until(instant: datetime | None, timezone: str) -> str:
    """When a shift ends, to stand after a name; nothing for one that never does."""
    endless = instant is None or instant.year >= _LAST_YEAR_MEANT
    return "" if endless or instant is None else f" until {when(instant, timezone)}"


def duration(span: timedelta) -> str:
    """How long, in words; a started minute counts."""
    days, rest = divmod(max(ceil(span.total_seconds() / 60), 0), 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {left} min" if left else f"{hours} h"
    return f"{left} min"


def escape(text: str) -> str:
    """Text for HTML, in an element or an attribute."""
    return html.escape(text, quote=True)
