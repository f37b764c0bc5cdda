"""Slack's text format: what its reader sees, whom it pings, and how typed text is escaped."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

_TOKEN = re.compile(r"<([^<>]*)>")
_STYLES = tuple(
    re.compile(rf"(?<![\w{mark}])[{mark}](?=\S)([^\n{mark}]*?[^\s{mark}])[{mark}](?![\w{mark}])")
    for mark in ("*", "_", "~")
)
_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
_TYPED = re.compile(r"(?<![\w<])([@#])([\w.-]+)")
BROADCASTS = ("channel", "here", "everyone")


class Names(Protocol):
    """Who and what an id stands for."""

    def user_name(self, user_id: str) -> str | None:
        """The name readers see for a user."""

    def channel_name(self, channel_id: str) -> str | None:
        """The name of a channel."""

    def user_id(self, name: str) -> str | None:
        """The id of the user with this handle."""

    def channel_id(self, name: str) -> str | None:
        """The id of the channel with this name."""


def escape(text: str) -> str:
    """Text with the three characters replaced that Slack reserves."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Text with Slack's three entities turned back, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape_typed(text: str, names: Names) -> str:
    """What somebody typed, as Slack hands it over with `should_escape` or in a message."""

    def mention(match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "@":
            if name in BROADCASTS:
                return f"<!{name}>"
            user = names.user_id(name)
            return f"<@{user}|{name}>" if user else match[0]
        channel = names.channel_id(name)
        return f"<#{channel}|{name}>" if channel else match[0]

    return _TYPED.sub(mention, escape(text))


def link_names(text: str, names: Names) -> str:
    """Text in which @names and #names became mentions, as with `parse=full` or `link_names`."""

    def mention(match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "@" and name in BROADCASTS:
            return f"<!{name}>"
        found = names.user_id(name) if sign == "@" else names.channel_id(name)
        return f"<{sign}{found}>" if found else match[0]

    return _TYPED.sub(mention, text)


def mentions(text: str) -> set[str]:
    """The user ids, user group ids and `channel`/`here`/`everyone` that this mrkdwn pings."""
    found: set[str] = set()
    for token in _TOKEN.findall(text):
        target = token.partition("|")[0]
        if target.startswith("@"):
            found.add(target[1:])
        elif target.startswith("!subteam^"):
            found.add(target.removeprefix("!subteam^"))
        elif target.startswith("!") and target[1:] in BROADCASTS:
            found.add(target[1:])
    return found


def seen(text: str, names: Names, zone: tzinfo = UTC, now: float | None = None) -> str:
    """Mrkdwn as its reader sees it: marks gone, mentions by name, dates in the reader's zone."""
    kept: list[str] = []
    text = text.replace("\x00", "")

    def keep(value: str) -> str:
        # What has been read once must not be read again: a name may hold stars or entities.
        kept.append(value)
        return f"\x00{len(kept) - 1}\x00"

    text = _CODE.sub(lambda match: keep(_tokens_only(match[1] or match[2], names, zone, now)), text)
    text = _TOKEN.sub(lambda match: keep(_token(match[1], names, zone, now)), text)
    for style in _STYLES:
        text = style.sub(r"\1", text)
    text = unescape(text)
    while "\x00" in text:
        text = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], text)
    return text


def _tokens_only(text: str, names: Names, zone: tzinfo, now: float | None) -> str:
    return unescape(_TOKEN.sub(lambda match: _token(match[1], names, zone, now), text))


def _token(token: str, names: Names, zone: tzinfo, now: float | None) -> str:
    target, bar, label = token.partition("|")
    if target.startswith("@"):
        return f"@{names.user_name(target[1:]) or unescape(label) or target[1:]}"
    if target.startswith("#"):
        return f"#{names.channel_name(target[1:]) or unescape(label) or target[1:]}"
    if target.startswith("!date^"):
        return _date(target, unescape(label), zone, now)
    if target.startswith("!subteam^"):
        return unescape(label) or f"@{target.removeprefix('!subteam^')}"
    if target.startswith("!"):
        return f"@{target[1:]}" if target[1:] in BROADCASTS else unescape(label or token)
    return unescape(label if bar and label else target.removeprefix("mailto:"))


def _date(target: str, fallback: str, zone: tzinfo, now: float | None) -> str:
    parts = target.split("^")
    if len(parts) < 3 or not parts[1].isdigit():
        return fallback
    at = datetime.fromtimestamp(int(parts[1]), zone)
    today = datetime.fromtimestamp(now, zone).date() if now is not None else None
    near = {0: "today", 1: "yesterday", -1: "tomorrow"}
    word = near.get((today - at.date()) // timedelta(days=1)) if today else None
    ordinary = {
        "date_num": f"{at:%Y-%m-%d}",
        "date": f"{at:%B} {at.day}, {at.year}",
        "date_short": f"{at:%b} {at.day}, {at.year}",
        "date_long": f"{at:%A, %B} {at.day}, {at.year}",
        "time": f"{at:%H:%M}",
        "time_secs": f"{at:%H:%M:%S}",
        "ago": f"{at:%Y-%m-%d %H:%M}",
    }
    pretty = {f"{name}_pretty": word or ordinary[name] for name in ordinary if "date" in name}
    words = ordinary | pretty
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), parts[2])
