"""Text for Slack: escaped once, cut visibly and never within an entity, times in each zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

Block = dict[str, Any]

FALLBACK_MAX = 3_000
NAME_SHOWN_MAX = 80
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TABLE = str.maketrans(_ENTITIES)
_LAST_YEAR_MEANT = 9000


@dataclass(frozen=True)
class Rendered:
    """A message: what a notification says, what the conversation shows, and how loudly."""

    text: str
    blocks: list[Block]
    broadcast: bool = False
    """Whether a reply in a thread is shown in the channel too."""

    @property
    def plain(self) -> str:
        """The text as it is read, for where nothing is escaped: a view's plain text."""
        return unescape(self.text)


def escape(text: str) -> str:
    """Typed text as mrkdwn that shows it and pings nobody; to be done once, and last."""
    return text.translate(_TABLE)


def unescape(text: str) -> str:
    """What `escape` was given."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, limit: int) -> str:
    """Text of at most `limit` characters, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def cut_escaped(text: str, limit: int) -> str:
    """Text escaped to at most `limit` characters; no entity is ever halved."""
    escaped = escape(text)
    if len(escaped) <= limit:
        return escaped
    used, kept = 1, []
    for character in text:
        piece = _ENTITIES.get(character, character)
        if used + len(piece) > limit:
            break
        used += len(piece)
        kept.append(piece)
    return "".join(kept).rstrip() + "…"


def beginning(text: str, limit: int) -> str:
    """The beginning of a long text, and how much more there is."""
    if len(text) <= limit:
        return text
    kept = text[:limit].rstrip()
    return f"{kept}… ({len(text) - len(kept):,} more characters)"


def fallback(text: str) -> str:
    """Unescaped text as the `text` of a message: what notifications and screen readers say."""
    return cut_escaped(text, FALLBACK_MAX)


def name(text: str | None) -> str:
    """A person's, schedule's or policy's name as lines show it, not escaped."""
    return cut((text or "").strip(), NAME_SHOWN_MAX) or "somebody"


def names(people: Sequence[str], limit: int = 3) -> str:
    """A few names as one would say them, not escaped."""
    shown = [name(one) for one in people[:limit]]
    if (left := len(people) - len(shown)) > 0:
        return f"{', '.join(shown)} and {left:,} more"
    if len(shown) < 2:
        return shown[0] if shown else "nobody"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def when(instant: datetime | None) -> str:
    """An instant as mrkdwn that each reader sees in their own zone."""
    if instant is None:
        return "just now"
    return (
        f"<!date^{int(instant.timestamp())}^{{date_short_pretty}} {{time}}"
        f"|{instant:%Y-%m-%d %H:%M} UTC>"
    )


def moment(instant: datetime) -> str:
    """An instant as `when` tells it, but by its date even where that is today."""
    return (
        f"<!date^{int(instant.timestamp())}^{{date_short}} {{time}}|{instant:%Y-%m-%d %H:%M} UTC>"
    )


def until(instant: datetime | None) -> str:
    """When a shift ends, as mrkdwn after a name; nothing for one that never does."""
    endless = instant is None or instant.year >= _LAST_YEAR_MEANT
    return "" if endless else f" until {when(instant)}"


def minutes(count: int) -> str:
    """A number of minutes in words: `5 min`, `1 h 30 min`, `2 d 3 h`."""
    days, rest = divmod(max(count, 0), 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {left} min" if left else f"{hours} h"
    return f"{left} min"


def duration(span: timedelta) -> str:
    """How long, in words; a started minute counts."""
    return minutes(ceil(span.total_seconds() / 60))
