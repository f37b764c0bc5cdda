"""Text that comes from Slack, turned back into what a person typed."""

import re

_REFERENCE = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")


def unescape(text: str) -> str:
    """The three entities as characters. Mentions (`<@U…>`) stay: a typed `<` is an entity."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def as_read(text: str) -> str:
    """A message's text as people read it: references by their label, entities as characters."""
    return unescape(_REFERENCE.sub(_label, text))


def _label(match: re.Match[str]) -> str:
    sign, target, label = match.groups()
    if label:
        return f"{sign.replace('!', '@')}{label}"
    return f"{sign.replace('!', '@')}{target}"
