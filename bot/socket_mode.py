"""Socket Mode: Slack without a public URL. The connection is watched, and made anew when silent."""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from core import logs

log = logging.getLogger(__name__)

WATCH_SECONDS = 10


async def listen(bolt: AsyncApp, app_token: str, *, watch_seconds: float = WATCH_SECONDS) -> None:
    """Stay connected until cancelled.

    The library reconnects by itself, but has been seen to stay silent; so a watchdog asks it
    whether it is connected, and connects it again if it is not.
    """
    handler = AsyncSocketModeHandler(bolt, app_token)

    async def hear(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """What is logged meanwhile is about this request: Slack's envelope has an id."""
        with logs.about(request_id=request.envelope_id):
            await handler.handle(client, request)  # type: ignore[arg-type]  # it is aiohttp's

    handler.client.socket_mode_request_listeners[:] = [hear]
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
        await handler.close_async()
