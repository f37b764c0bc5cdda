"""The MCP server as the SDK has it: made once for all products, and told whose call it is.

It knows no product: the caller comes with each request. Import it only where it is needed: the SDK
takes as long to load as a third of all else.
"""

import gc
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import Any

import anyio
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send

from web.mcp import acting, reading
from web.mcp.calling import Callers, Told, call, call_as
from web.mcp.fencing import fenced
from web.mcp.instructions import INSTRUCTIONS
from web.mcp.schemas import schema_of_given, schema_of_shown
from web.mcp.tools import CALLER, TOOLS, Caller, Tool

NAME = "tocsin"
TITLE = "Tocsin"

TOOL_FILES = (reading, acting)
"""That they were imported is what fills TOOLS."""


Lifespan = Callable[[Server[Any]], AbstractAsyncContextManager[Any]]


def make_server(version: str, lifespan: Lifespan | None = None) -> Server[Any]:
    """A server of these tools. Over standard input `lifespan` yields the Callers."""
    more: dict[str, Any] = {"lifespan": lifespan} if lifespan else {}
    return Server(
        NAME,
        version=version,
        title=TITLE,
        instructions=INSTRUCTIONS,
        get_tool_input_schema=lambda name: _schemas().get(name),
        on_list_tools=_list_tools,
        on_call_tool=_call_tool,
        **more,
    )


@cache
def _server_over_http(version: str) -> Server[Any]:
    """The one server that all products share; what was loaded for it stays out of the way."""
    server = make_server(version)
    _tools()
    if gc.get_freeze_count():  # as `serve` does at its start: walking it would hold a page up
        gc.freeze()
    return server


def over_http(version: str, *, body_max: int) -> ASGIApp:
    """What answers HTTP requests whose caller is known, a session manager for each.

    By which name it was asked is judged before (`web.mcp.names`), so the SDK need not. What it
    starts for a request has ended when it is answered; so there is nothing to stop.
    """
    server = _server_over_http(version)
    judged = TransportSecuritySettings(enable_dns_rebinding_protection=False)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        sessions = StreamableHTTPSessionManager(
            server,
            json_response=True,
            stateless=True,
            security_settings=judged,
            max_request_body_size=body_max,
        )
        async with sessions.run():
            await sessions.handle_request(scope, receive, send)

    return answer


async def _list_tools(
    _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    return types.ListToolsResult(tools=list(_tools()))


async def _call_tool(
    context: ServerRequestContext[Any], asked: types.CallToolRequestParams
) -> types.CallToolResult:
    # A client that goes away must not leave a transaction to chance.
    with anyio.CancelScope(shield=True):
        told = await _told(context, asked)
    if "refused" in told:
        return types.CallToolResult(content=_content(told, "refused"), is_error=True)
    return types.CallToolResult(content=_content(told, "shown"), structured_content=told["shown"])


async def _told(context: ServerRequestContext[Any], asked: types.CallToolRequestParams) -> Told:
    if context.request is not None:
        caller: Caller = context.request.scope[CALLER]
        return await call(caller, asked.name, asked.arguments or {})
    callers: Callers = context.lifespan_context
    return await call_as(callers, asked.name, asked.arguments or {})


def _content(told: Told, part: str) -> list[types.ContentBlock]:
    """A sentence of ours, and below it, fenced, all that others may have typed."""
    return [types.TextContent(text=told["said"]), types.TextContent(text=fenced(told[part]))]


@cache
def _tools() -> tuple[types.Tool, ...]:
    return tuple(_listed(one) for one in TOOLS.by_name.values())


@cache
def _schemas() -> dict[str, Any]:
    return {one.name: one.input_schema for one in _tools()}


def _listed(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=schema_of_given(tool.given),
        output_schema=schema_of_shown(tool.shown),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.reads,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.idempotent,
            open_world_hint=not tool.reads,  # what writes is told in Slack, by mail, on pages
        ),
    )
