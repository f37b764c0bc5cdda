"""The outbound heartbeat: somebody outside hears, about once a minute, that nothing is overdue.

What is inside can't report its own death. So a URL of a monitor that expects to be called is
called after an engine's cycle that left no escalation overdue, and the monitor alerts when it was
not. Slack being down does not stop it; a database that is away does.
"""

import asyncio
import logging
import time
from urllib.parse import urlsplit

import aiohttp

log = logging.getLogger(__name__)

EVERY_SECONDS = 60
TIMEOUT_SECONDS = 10


class Heartbeat:
    """Calls the URL at most once in `every` seconds. The URL is a secret: only its host is said."""

    def __init__(
        self, url: str, session: aiohttp.ClientSession, *, every: float = EVERY_SECONDS
    ) -> None:
        self._url = url
        self._session = session
        self._every = every
        self._last: float | None = None
        self._calling: asyncio.Task[None] | None = None

    def beat(self) -> None:
        """The engine's cycle left nothing overdue: call, unless that was done just now."""
        now = time.monotonic()
        if self._last is not None and now - self._last < self._every:
            return
        if self._calling is not None and not self._calling.done():
            return
        self._last = now
        self._calling = asyncio.create_task(self._call())

    async def stop(self) -> None:
        """Call no more."""
        self._last = float("inf")
        if self._calling is not None:
            self._calling.cancel()
            await asyncio.gather(self._calling, return_exceptions=True)

    async def _call(self) -> None:
        try:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
            async with self._session.get(self._url, timeout=timeout) as answer:
                wrong = None if answer.status < 400 else f"it answered {answer.status}"
        except Exception as error:
            wrong = type(error).__name__  # its text may hold the URL
        if wrong:
            log.warning(
                "the outbound heartbeat did not reach %s: %s", urlsplit(self._url).hostname, wrong
            )
