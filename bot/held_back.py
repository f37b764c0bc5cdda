"""Slack's 429s, told of wherever they come from: the engine's calls and the answers to people."""

from collections.abc import Callable

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState


class HeldBack(AsyncRetryHandler):
    """Hears every answer of the Web API. Repeats nothing: the outbox decides what is repeated."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Never; but of which method Slack asked to wait is told."""
        body = (response.body if response else None) or {}
        if response and (response.status_code == 429 or body.get("error") == "ratelimited"):
            self._tell(request.url.rpartition("/")[2])
        return False
