"""Sending to the app as Slack does: signed, encoded by kind, and cut off after 3 seconds."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from sandbox.background import Background
from sandbox.reply import Reply
from sandbox.socket_mode import SocketMode

Json = dict[str, Any]
Kind = Literal["slash_commands", "interactive", "options", "events_api"]
Deliver = Callable[[dict[str, str], bytes], Awaitable[tuple[int, Mapping[str, str], bytes]]]
"""Hands a request to the app: headers and body in; status, headers and body out."""


def connect_http(request_url: str) -> Deliver:
    """A way to the app over HTTP: each request is POSTed to its request URL."""

    async def deliver(headers: dict[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(request_url, data=body, headers=headers) as answer,
        ):
            return answer.status, dict(answer.headers), await answer.read()

    return deliver


@dataclass(eq=False)
class Delivery:
    """The road from the workspace to the app: Socket Mode if it is connected, else HTTP."""

    signing_secret: str
    wall_clock: Callable[[], float]
    background: Background
    socket: SocketMode
    ack_timeout: float = 3.0
    deliver: Deliver | None = None
    hang_up: bool = False
    """Whether an answer that is late is dropped with its connection, as over HTTP."""

    @property
    def connected(self) -> bool:
        """Whether there is any way to the app."""
        return self.socket.connected or self.deliver is not None

    async def send(self, kind: Kind, payload: Json, retry: tuple[int, str] | None = None) -> Reply:
        """Send one payload and wait for its answer, for as long as Slack waits."""
        if self.socket.connected:
            work = self.socket.send(kind, payload, retry)
            return await self._in_time(asyncio.ensure_future(work), hang_up=True)
        if self.deliver is None:
            return Reply(failed="dispatch_failed", reason="connection_failed")
        body, content_type = encode(kind, payload)
        headers = self.sign(body) | {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        work_http = self._over_http(headers, body)
        return await self._in_time(asyncio.ensure_future(work_http), hang_up=self.hang_up)

    def sign(self, body: bytes) -> dict[str, str]:
        """The two headers by which an app knows that Slack sent this body."""
        timestamp = str(int(self.wall_clock()))
        base = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}

    async def _over_http(self, headers: dict[str, str], body: bytes) -> Reply:
        assert self.deliver is not None  # noqa: S101  (send has looked)
        status, answered, answer = await self.deliver(headers, body)
        failed = None if status == 200 else "dispatch_failed"
        return Reply(status, answered, answer, failed, "http_error" if failed else None)

    async def _in_time(self, work: asyncio.Task[Reply], *, hang_up: bool) -> Reply:
        await asyncio.wait({work}, timeout=self.ack_timeout)
        if not work.done():
            if hang_up:
                work.cancel()
            self.background.keep(work)
            return Reply(failed="operation_timeout", reason="http_timeout")
        try:
            return work.result()
        except (aiohttp.ClientError, OSError):
            return Reply(failed="dispatch_failed", reason="connection_failed")


def encode(kind: Kind, payload: Json) -> tuple[bytes, str]:
    """A payload as a request body, with its content type."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"
