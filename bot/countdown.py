"""Views that show a time that runs out: redrawn as it does, for as long as they may be open."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from core.transaction import Clock

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""A clock may be set, and simulated time runs as it likes: so often it is looked at."""

TRIED_FOR = timedelta(minutes=5)
"""How long a redraw that Slack does not take is tried again."""

_OVER = {"not_found", "hash_conflict", "view_not_found"}
"""Slack's words for a view that was closed, or shows something newer."""

Redraw = Callable[[], Awaitable[datetime | None]]
"""Draws the view anew, and says when the next time is due; None when nothing runs any more."""


class Countdowns:
    """One for each view that needs it; to begin another for the same view ends the first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.look_seconds = LOOK_SECONDS
        self._running: dict[str, asyncio.Task[None]] = {}

    def begin(self, view_id: str, due_at: datetime | None, redraw: Redraw) -> None:
        """Redraw a view when it is due, and again whenever it then says so."""
        self.end(view_id)
        if due_at:
            task = asyncio.create_task(self._run(due_at, redraw))
            self._running[view_id] = task
            task.add_done_callback(lambda ended: self._forget(view_id, ended))

    def end(self, view_id: str) -> None:
        """Redraw it no more."""
        running = self._running.pop(view_id, None)
        if running:
            running.cancel()

    async def stop(self) -> None:
        """End them all."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _forget(self, view_id: str, ended: asyncio.Task[Any]) -> None:
        if self._running.get(view_id) is ended:
            del self._running[view_id]

    async def _run(self, due_at: datetime, redraw: Redraw) -> None:
        due: datetime | None = due_at
        while due:
            left = self._clock.seconds_until(due)
            if left > 0:
                await asyncio.sleep(min(left, self.look_seconds))
                continue
            try:
                due = await redraw()
            except SlackApiError as error:
                if error.response.get("error") in _OVER:
                    return
                log.warning("a view that counts down could not be redrawn: %s", error)
                await asyncio.sleep(_after(error, self.look_seconds))
            except Exception:
                log.exception("a view that counts down could not be redrawn")
                await asyncio.sleep(self.look_seconds)
            if due and self._clock.now() - due > TRIED_FOR:
                return


def _after(error: SlackApiError, moment: float) -> float:
    """How long Slack asks to wait, or a moment, in seconds."""
    asked = {name.lower(): value for name, value in (error.response.headers or {}).items()}
    after = asked.get("retry-after", moment)
    return float(after[0] if isinstance(after, list) else after)
