"""Every request has an id: the one it brought, or one made here; logged, and given back."""

import re
from secrets import token_hex

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import logs

HEADER = "X-Request-Id"

_SANE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""What is taken over from outside: it ends up in the log."""


def request_id(brought: str) -> str:
    """The id of a request: the one it brought if that fits a log, else a new one."""
    return brought if _SANE.fullmatch(brought) else token_hex(16)


class RequestIds:
    """An ASGI middleware that names each request in the log and in the answer's header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, with its id known to every line that is logged meanwhile."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = request_id(Headers(scope=scope).get(HEADER, ""))

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = named
            await send(message)

        with logs.about(request_id=named):
            await self._app(scope, receive, with_id)
