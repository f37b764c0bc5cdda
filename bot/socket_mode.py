"""Socket Mode: Slack without a public URL. The connection is watched, and made anew when silent.

It is given up only once what came through it is answered; what still comes then is not begun, so
that nothing is done of which Slack says that it failed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from core import logs

log = logging.getLogger(__name__)

WATCH_SECONDS = 10
GRACE_SECONDS = 3
"""Slack waits no longer for an answer either: so long whoever is at work may keep us busy, and so
long, from then on, what is under way has to come to its answer."""


async def listen(bolt: AsyncApp, app_token: str, *, watch_seconds: float = WATCH_SECONDS) -> None:
    """Stay connected until cancelled, and then until what is under way is answered.

    The library reconnects by itself, but has been seen to stay silent; so a watchdog asks it
    whether it is connected, and connects it again if it is not.
    """
    handler = AsyncSocketModeHandler(bolt, app_token)
    requests = _Requests(handler.handle)
    handler.client.socket_mode_request_listeners[:] = [requests.answer]
    connected = False
    try:
        while True:
            try:
                if not await handler.client.is_connected():
                    if connected:
                        log.warning("Socket Mode lost its connection; connecting again")
                    await handler.connect_async()
                    log.info("Socket Mode is connected")
                connected = True
            except Exception as error:
                log.error("Socket Mode can't connect: %s", error)
            await asyncio.sleep(watch_seconds)
    finally:
        await requests.finish()
        await handler.close_async()


class _Requests:
    """Slack's requests, counted while they are being answered."""

    def __init__(self, answer: Callable[[Any, Any], Awaitable[None]]) -> None:
        self._answer = answer
        self._under_way = 0
        self._none_under_way = asyncio.Event()
        self._none_under_way.set()
        self._finishing = False

    async def answer(self, client: Any, request: Any) -> None:
        """Have it answered. What is logged meanwhile is about it: Slack's envelope has an id."""
        if self._finishing:
            log.info("a request came too late for this connection; whoever sent it tries again")
            return
        self._under_way += 1
        self._none_under_way.clear()
        try:
            with logs.about(request_id=request.envelope_id):
                await self._answer(client, request)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._none_under_way.set()

    async def finish(self) -> None:
        """Until everything is answered. If that has no end, begin nothing more."""
        await self._rest()
        self._finishing = True
        await self._rest()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self._none_under_way.wait()
