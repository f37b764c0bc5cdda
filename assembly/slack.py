"""The client with which everything here speaks to Slack."""

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from assembly.settings import Settings

SLACK_TIMEOUT_SECONDS = 10


def slack_client(
    settings: Settings,
    session: aiohttp.ClientSession | None,
    timeout: float = SLACK_TIMEOUT_SECONDS,
) -> AsyncWebClient:
    """A Slack client that never repeats a call by itself: the outbox decides what is repeated."""
    client = AsyncWebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        session=session,
        timeout=int(timeout) or 1,
        retry_handlers=[],
    )
    client.retry_handlers.clear()
    return client
