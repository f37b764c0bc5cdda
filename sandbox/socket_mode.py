"""Socket Mode: the app connects to us by websocket and gets its envelopes there."""

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.reply import Reply

Json = dict[str, Any]
MOST_CONNECTIONS = 10


@dataclass(eq=False)
class SocketMode:
    """All websockets of the app; every envelope goes to one of them, in turn."""

    app_id: str
    changed: Callable[[], None]
    base_url: str = ""
    connections: list[web.WebSocketResponse] = field(default_factory=list)
    acknowledged: list[Json] = field(default_factory=list)
    _tickets: set[str] = field(default_factory=set)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _turn: int = 0

    @property
    def connected(self) -> bool:
        """Whether the app is there."""
        return bool(self.connections)

    def open_url(self) -> str:
        """An address to connect to, good for one connection."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return (
            f"{self.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self.app_id}"
        )

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket until either side closes it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="This ticket is unknown or used up.")
        self._tickets.discard(ticket)
        if len(self.connections) >= MOST_CONNECTIONS:
            return web.Response(status=403, text="too_many_websockets")
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        self.connections.append(socket)
        try:
            await socket.send_json(self._hello())
            self.changed()
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take(message.data)
        finally:
            with suppress(ValueError):
                self.connections.remove(socket)
            self.changed()
        return socket

    async def send(self, kind: str, payload: Json, retry: tuple[int, str] | None) -> Reply:
        """Send an envelope to one connection and wait for its acknowledgement."""
        envelope_id = secrets.token_hex(16)
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": "interactive" if kind == "options" else kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {
                "retry_attempt": retry[0] if retry else 0,
                "retry_reason": retry[1] if retry else "",
            }
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            self._turn += 1
            socket = self.connections[self._turn % len(self.connections)]
            await socket.send_json(envelope)
            ack = await answer
        except (ConnectionError, ZeroDivisionError):
            return Reply(failed="dispatch_failed", reason="connection_failed")
        finally:
            self._waiting.pop(envelope_id, None)
        given = ack.get("payload")
        if isinstance(given, dict):
            body = json.dumps(given).encode()
            return Reply(200, {"content-type": "application/json"}, body if given else b"")
        return Reply(200, {}, str(given or "").encode())

    async def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Tell every connection to go and come back, as Slack does every few hours."""
        for socket in list(self.connections):
            with suppress(ConnectionError):
                await socket.send_json(
                    {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
                )
            if close:
                await self._drop(socket)

    async def close(self) -> None:
        """End all connections without a word."""
        for socket in list(self.connections):
            await self._drop(socket)

    async def _drop(self, socket: web.WebSocketResponse) -> None:
        with suppress(ValueError):
            self.connections.remove(socket)
        await socket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.app_id},
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _take(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except ValueError:
            return
        if not isinstance(ack, dict) or "envelope_id" not in ack:
            return
        self.acknowledged.append(ack)
        waiting = self._waiting.get(str(ack["envelope_id"]))
        if waiting and not waiting.done():
            waiting.set_result(ack)
