"""Tocsin for programs that think: the MCP server, over HTTP at `/mcp` (spec section 10).

tools          makes a tool of a function
reading, acting  the tools
given          what goes in, as JSON
shown, shown_duties, marked  what comes out
schemas        both, as clients read them
calling        from a call to its answer, done once or only tried out
refusing       how a refusal is told
names          by which it may be asked
fencing        texts that somebody typed, marked so that they can't end the mark
instructions   what every client is told first
server         the SDK's server, made once

No session is kept: any replica answers any request. The SDK is loaded by the first one.
"""

import asyncio
import logging
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import keys
from core.errors import DomainError
from core.transaction import Core
from storage.vocabulary import Surface
from web.api.answering import rate_headers, refuse
from web.api.judging import BODY_MAX, secret_of
from web.api.refusals import MethodNotAllowed, RateLimited, ServerError
from web.mcp.names import Names
from web.mcp.tools import CALLER, Caller
from web.pace import Pace

log = logging.getLogger(__name__)

METHOD = "POST"
"""The only one: without a session there is no stream to open, and none to end."""


class Mcp:
    """The MCP server of one product, as an ASGI application."""

    def __init__(self, core: Core, pace: Pace, *, public_url: str | None, version: str) -> None:
        """`pace` is how fast each key may ask, here and of the API together."""
        self._core = core
        self._pace = pace
        self._names = Names(public_url)
        self._version = version
        self._answer: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: refused here without a good key, and by the SDK with one."""
        asked = Request(scope, receive)
        headers: dict[str, str] = {}
        try:
            caller = await self._let_in(asked, headers)
        except DomainError as refusal:
            await _refuse(asked, refusal, headers)(scope, receive, send)
            return
        except Exception:
            log.exception("a request could not be answered")
            await _refuse(asked, ServerError(), headers)(scope, receive, send)
            return
        if self._answer is None:  # beside the loop: it takes half a second
            self._answer = await asyncio.to_thread(_load, self._version)
        await self._answer({**scope, CALLER: caller}, receive, _with(headers, send))

    async def _let_in(self, asked: Request, headers: dict[str, str]) -> Caller:
        """Who asks.

        Raises NotAuthorized, RateLimited, MethodNotAllowed, Misdirected, Forbidden, in this order.
        """
        secret = secret_of(asked)
        actor = await keys.authenticate(self._core, secret, Surface.MCP)
        allowance = self._pace.take(actor.id)
        headers.update(rate_headers(allowance))
        if allowance.retry_after is not None:
            raise RateLimited
        if asked.method != METHOD:
            headers["Allow"] = METHOD
            raise MethodNotAllowed
        self._names.judge(asked)
        return Caller(self._core, actor, secret)


def _load(version: str) -> ASGIApp:
    """What answers with the SDK. Whoever never asks pays neither its time nor its memory."""
    from web.mcp import server

    return server.over_http(version, body_max=BODY_MAX)


def _refuse(asked: Request, refusal: DomainError, headers: Mapping[str, str]) -> Response:
    """As the API refuses: before any JSON-RPC there is only HTTP."""
    response = refuse(asked, refusal)
    response.headers.update(headers)
    return response


def _with(headers: Mapping[str, str], send: Send) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return send_with
