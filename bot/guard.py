"""Stands before Bolt: nothing unsigned, oversized, stale or repeated gets past it."""

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

BODY_MAX = 1024 * 1024
REMEMBERED_SECONDS = 600
"""Twice the five minutes either way for which a signature is good."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class Guard:
    """An ASGI app that passes on only what Slack signed, once."""

    def __init__(self, app: App, *, signing_secret: str, seconds: Callable[[], float]) -> None:
        """`seconds` is real time, as Slack has it: not a clock that never goes back."""
        self._app = app
        self._seconds = seconds
        self._verifier = SignatureVerifier(signing_secret, _Seconds(seconds))
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 or 401 in a sentence, or hand the request to Bolt as it came."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            await _refuse(send, 401, "This request is not signed by Slack.")
            return
        body = await _read(receive)
        if body is None:
            await _refuse(send, 413, "This request is over 1 MiB.")
            return
        if not self._verifier.is_valid(body, timestamp, signature):
            await _refuse(send, 401, "This signature is wrong, or older than five minutes.")
            return
        if self._is_copy(signature):
            await _refuse(send, 401, "This very request was received before.")
            return
        await self._app(scope, _replay(body), send)

    def _is_copy(self, signature: str) -> bool:
        now = self._seconds()
        while self._seen and next(iter(self._seen.values())) < now - REMEMBERED_SECONDS:
            self._seen.popitem(last=False)
        if signature in self._seen:
            return True
        self._seen[signature] = now
        return False


class _Seconds(SignatureClock):
    """Real time, in the words of Slack's verifier."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return self._seconds()


async def _read(receive: Receive) -> bytes | None:
    """The body, or None as soon as it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_MAX:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _refuse(send: Send, status: int, sentence: str) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"text/plain; charset=utf-8")],
        }
    )
    await send({"type": "http.response.body", "body": sentence.encode()})
