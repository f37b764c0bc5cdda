"""The public status pages over HTTP, in front of everything else: a look-up, and bytes.

Thousands ask in the same minute, and then above all it must answer. So nothing is rendered,
parsed or asked of a database here; GET and HEAD are all there is.
"""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from web import status_documents, status_html
from web.requests import HEADER, request_id
from web.status_documents import Document, Kind
from web.status_html import PATH
from web.status_shelf import AwayError, Pace, Pages, Shelf

RETRY_SECONDS = 5
STOP_SECONDS = 5.0

_BELOW = f"{PATH}/"
_SLUG = re.compile(r"[a-z0-9-]{1,63}")
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_REQUEST_ID = HEADER.lower().encode()


class StatusPages:
    """An ASGI application: what begins with `/status/` is answered, all else goes to `app`."""

    def __init__(
        self,
        app: ASGIApp,
        pages: Pages,
        *,
        public_url: str | None,
        now: Callable[[], datetime],
        stopwatch: Callable[[], float] = time.monotonic,
        pace: Pace | None = None,
    ) -> None:
        """`now` is the clock of the product, by which a day ends."""
        self._app = app
        self._shelf = Shelf(pages, public_url=public_url, now=now, stopwatch=stopwatch, pace=pace)
        self._stopwatch = stopwatch
        self._looking: asyncio.Task[None] | None = None
        self._unknown = status_html.calm(
            HTTPStatus.NOT_FOUND,
            "There is no such page",
            "The address may be mistyped, or the page may have been taken down.",
        )
        self._away = status_html.calm(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "This page can't be shown right now",
            "That says nothing about what it reports on. Try again in a few seconds.",
            more=((b"retry-after", str(RETRY_SECONDS).encode()),),
        )
        self._refused = status_documents.write(
            "Only GET and HEAD are allowed here.\n",
            Kind.TEXT,
            status=HTTPStatus.METHOD_NOT_ALLOWED,
            more=((b"allow", b"GET, HEAD"),),
        )

    async def start(self) -> None:
        """Look for changes from now on, while somebody reads."""
        self._looking = asyncio.create_task(self._shelf.run())

    async def stop(self) -> None:
        """Look no more. What is under way comes to its end first."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._shelf.finish(STOP_SECONDS)

    def changed(self) -> None:
        """Say that this process has just committed what may change a page."""
        self._shelf.changed()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or not scope["path"].startswith(_BELOW):
            await self._app(scope, receive, send)
            return
        encoding = known = named = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                encoding = value
            elif name == b"if-none-match":
                known = value
            elif name == _REQUEST_ID:
                named = value
        method = scope["method"]
        document = self._refused
        if method in ("GET", "HEAD"):
            shelf = self._shelf
            shelf.asked_at = at = self._stopwatch()
            found = shelf.ready.get(scope["path"]) if at < shelf.believed_until else None
            document = found or await self._found(scope)
        variant = document.plain
        if encoding and status_documents.takes_gzip(encoding):
            variant = document.gzipped
        own = (_REQUEST_ID, request_id(named.decode("latin-1")).encode())
        status, headers, body = document.status, variant.headers, variant.body
        if known and status == HTTPStatus.OK and status_documents.has_it(known, variant.tag):
            status, headers, body = 304, variant.unchanged, b""
        elif method == "HEAD":
            body = b""
        await send({"type": "http.response.start", "status": status, "headers": [*headers, own]})
        await send({"type": "http.response.body", "body": body})

    async def _found(self, scope: Scope) -> Document:
        path = scope["path"][len(_BELOW) :]
        slug = _SLUG.match(path)
        if slug is None:
            return self._unknown
        try:
            found = await self._shelf.find(slug[0], path[slug.end() :], _base(scope))
        except AwayError:
            return self._away
        return found or self._unknown


def _base(scope: Scope) -> str:
    """Where a reader reaches us, by their own account if that is a plain host."""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1")
            if _HOST.fullmatch(host):
                return f"{scope['scheme']}://{host}"
    return ""  # addresses are then relative: ours is nobody's business
