"""PURE. What is answered, ready to be sent: bytes and headers, plain and compressed, each tagged.

A style or script that stands in a page runs only because its hash is in the headers made here.
"""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from http import HTTPStatus

Header = tuple[bytes, bytes]

MAX_AGE_SECONDS = 1
"""How long anybody may keep a page without asking whether it still holds."""

_KEPT = (HTTPStatus.OK, HTTPStatus.PERMANENT_REDIRECT, HTTPStatus.NOT_FOUND)
"""What may be kept for so long; that something is wrong may not."""


class Kind(Enum):
    """What sort of document it is, by its media type."""

    HTML = "text/html; charset=utf-8"
    JSON = "application/json"
    ATOM = "application/atom+xml; charset=utf-8"
    TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a document: its strong tag, and the headers of a 200 and of a 304."""

    tag: bytes
    body: bytes
    headers: tuple[Header, ...]
    unchanged: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """An answer as it stands, in both encodings."""

    status: int
    plain: Variant
    gzipped: Variant


def write(
    text: str | bytes,
    kind: Kind,
    *,
    policy: str = "default-src 'none'; frame-ancestors 'none'",
    status: HTTPStatus = HTTPStatus.OK,
    more: tuple[Header, ...] = (),
) -> Document:
    """The document of a text. `policy` is its Content-Security-Policy, `more` its own headers."""
    body = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    told = (
        (b"content-type", kind.value.encode()),
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        *(((b"access-control-allow-origin", b"*"),) if kind in (Kind.JSON, Kind.ATOM) else ()),
        *more,
    )
    cache = f"public, max-age={MAX_AGE_SECONDS}" if status in _KEPT else "no-store"
    kept = ((b"cache-control", cache.encode()), (b"vary", b"Accept-Encoding"))
    squeezed = gzip.compress(body, mtime=0)
    return Document(
        status,
        _variant(body, told, kept),
        _variant(squeezed, (*told, (b"content-encoding", b"gzip")), kept),
    )


def source_hash(source: str) -> str:
    """By what a Content-Security-Policy knows an inline style or script."""
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def has_it(if_none_match: bytes, tag: bytes) -> bool:
    """Whether a reader's If-None-Match names this tag: weakly, in a list, or by `*`."""
    if if_none_match == tag:
        return True
    known = [one.strip().removeprefix(b"W/") for one in if_none_match.split(b",")]
    return tag in known or known == [b"*"]


def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether a reader's Accept-Encoding names gzip, and not to refuse it."""
    if b"gzip" not in accept_encoding:
        return False
    for one in accept_encoding.split(b","):
        name, _, quality = one.partition(b";")
        if name.strip() == b"gzip":
            return quality.replace(b" ", b"").rstrip(b"0") not in (b"q=", b"q=0.")
    return False


def _variant(body: bytes, told: tuple[Header, ...], kept: tuple[Header, ...]) -> Variant:
    tag = f'"{sha256(body).hexdigest()[:32]}"'.encode()
    named = (*kept, (b"etag", tag))
    length = (b"content-length", str(len(body)).encode())
    return Variant(tag, body, (*told, *named, length), named)
