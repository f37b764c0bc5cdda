"""Work that goes on by itself: kept track of, and ended with the workspace."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Background:
    """Tasks nobody waits for."""

    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let something run on its own."""
        return self.keep(asyncio.ensure_future(work))

    def keep(self, task: asyncio.Task[Any]) -> asyncio.Task[Any]:
        """Hold a task that runs already until it is done."""
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def end(self) -> None:
        """Stop everything that still runs."""
        running = list(self.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        # Nobody waits for it, so its exception would go unseen.
        if not task.cancelled() and (trouble := task.exception()) is not None:
            log.warning("the app could not be told", exc_info=trouble)
