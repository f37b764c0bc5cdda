"""PURE. What should perhaps not leave the house, found in a text before it is published.

The writer is warned, never stopped: what is found may be harmless, and what is not found may not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from core import internal_hosts, leaked_secrets

TOLD_MAX = 10
EXCERPT_MAX = 60

_MENTION = re.compile(
    r"<(?:@[UW][A-Z0-9]+|!(?:channel|here|everyone)|!subteam\^[A-Z0-9]+|#[CGD][A-Z0-9]+)"
    r"(?:\|[^<>\n]{0,80})?>|(?<![\w@.])@(?:channel|here|everyone)\b"
)
_SLACK_LINK = re.compile(
    r"(?<![\w.-])(?:https?://)?(?:[\w-]{1,63}\.){1,2}slack\.com/(?:archives|files|client|team)/"
    r"[^\s<>|]*",
    re.IGNORECASE,
)

_IPV4 = re.compile(
    r"(?<![\w.])(?P<address>[0-9]{1,3}(?:\.[0-9]{1,3}){3})"
    r"(?:/[0-9]{1,2}|:[0-9]{1,5})?(?!\w|\.[0-9])"
)
_IPV6 = re.compile(
    r"(?<![\w:.])(?P<address>[0-9a-f:]{1,45}(?:[0-9a-f]|::))(?:/[0-9]{1,3})?(?!\w)", re.IGNORECASE
)
_PRIVATE = tuple(
    ip_network(one)
    for one in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
        *("127.0.0.0/8", "::1/128"),  # loopback
        *("169.254.0.0/16", "fe80::/10"),  # link local
        *("100.64.0.0/10", "fc00::/7"),  # carrier's NAT, unique local
    )
)


class LeakKind(StrEnum):
    """What a text seems to hold that is not for everybody."""

    SECRET = "secret"  # noqa: S105  (the word, not a secret)
    HOST = "host"
    ADDRESS = "address"
    MENTION = "mention"


@dataclass(frozen=True)
class Leak:
    """One thing that was found, and the sentence that tells the writer."""

    kind: LeakKind
    excerpt: str
    """What was found, as the text has it; of a secret only its beginning and an ellipsis."""
    said: str


def find_leaks(text: str) -> tuple[Leak, ...]:
    """What a writer should look at before publishing a text, in its order: at most TOLD_MAX.

    Each thing is told once, and secrets before anything else where there is more (spec section 4).
    Never raises, whatever the text.
    """
    every = [*_secrets(text), *_mentions(text), *_addresses(text), *_hosts(text)]
    once = {text[one.start : one.end]: one for one in reversed(_apart(every))}
    urgent = sorted(once.values(), key=lambda one: (one.kind is not LeakKind.SECRET, one.start))
    return tuple(_told(text, one) for one in sorted(urgent[:TOLD_MAX]))


class _Found(NamedTuple):
    """Where something is, and what it looks like."""

    start: int
    end: int
    kind: LeakKind
    looks_like: str
    shown: int | None = None
    """Up to where a secret is shown; anything else is shown whole."""


def _secrets(text: str) -> Iterator[_Found]:
    for one in leaked_secrets.find_secrets(text):
        yield _Found(one.start, one.end, LeakKind.SECRET, "a secret", one.shown)


def _mentions(text: str) -> Iterator[_Found]:
    for found in _MENTION.finditer(text):
        yield _Found(*found.span(), LeakKind.MENTION, "a Slack mention")
    for found in _SLACK_LINK.finditer(text):
        end = found.start() + len(found[0].rstrip(".,;:!?)]}*_…”"))
        yield _Found(found.start(), end, LeakKind.MENTION, "a link into Slack")


def _addresses(text: str) -> Iterator[_Found]:
    for pattern in (_IPV4, _IPV6):
        for found in pattern.finditer(text):
            if _is_private(found["address"]):
                yield _Found(*found.span(), LeakKind.ADDRESS, "a private address")


def _is_private(written: str) -> bool:
    try:
        address = ip_address(written)
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE)


def _hosts(text: str) -> Iterator[_Found]:
    for start, end in internal_hosts.find_hosts(text):
        yield _Found(start, end, LeakKind.HOST, "an internal host name")


def _apart(found: list[_Found]) -> list[_Found]:
    """What was found, in order; secrets that overlap are one, and hide whatever they overlap.

    One secret may stand in what would be shown of another: `https://token:x@host`.
    """
    apart: list[_Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        last = apart[-1] if apart else None
        if last is None or one.start >= last.end:
            apart.append(one)
        elif one.shown is not None and last.shown is not None:
            both = min(last.shown, one.shown)
            apart[-1] = last._replace(end=max(last.end, one.end), shown=both)
        elif one.shown is not None:
            apart[-1] = one
    return apart


def _told(text: str, one: _Found) -> Leak:
    excerpt = text[one.start : one.end if one.shown is None else one.shown]
    if one.shown is not None or len(excerpt) > EXCERPT_MAX:
        excerpt = f"{excerpt[: EXCERPT_MAX - 1]}…"
    return Leak(one.kind, excerpt, f"“{excerpt}” looks like {one.looks_like}.")
