"""Whether this process can work, and what its metrics show: asked of the database, with patience.

Nothing here asks Slack: if that made a replica unready, its being down would take them all away.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from core import health
from core.errors import DomainError
from core.health import Health
from core.transaction import Actor, Core
from core.worker import Worker
from web.metrics import Look

BEAT_MAX_SECONDS = 30
"""The engine looks for work every second: so long is no hiccup of a database any more."""

OVERDUE_MAX_SECONDS = 60
"""A layer is given minutes, so nobody notices less; and a replica's death, a tick that failed and
a statement that timed out are all made up for sooner."""

GIVING_UP_SECONDS = 1
PATIENCE_SECONDS = 5
"""A database that has not answered by then does not answer, whatever its driver still hopes."""

Answer = TypeVar("Answer")


class Watch:
    """Looks at the engine of this process and at the work that waits for it."""

    def __init__(
        self, core: Core, worker: Worker, *, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        """`stopwatch` is the one by which the worker's beat is measured."""
        self._core = core
        self._worker = worker
        self._stopwatch = stopwatch
        self._overdue = _Question(self._read_overdue)
        self._health = _Question(self._read_health)

    async def ready(self) -> str | None:
        """What keeps this process from working, in a sentence, or None."""
        overdue = await self._overdue.answer()
        if overdue is None:
            return "the database does not answer"
        age = self._beat_age()
        if age is None:
            return "the engine is not running"
        if age > BEAT_MAX_SECONDS:
            return f"the engine has not looked for work for {age:.0f} seconds"
        if overdue > OVERDUE_MAX_SECONDS:
            return f"an escalation has been overdue for {overdue:.0f} seconds"
        return None

    async def look(self) -> Look:
        """What the metrics show of the engine and of the database."""
        return Look(await self._health.answer(), self._beat_age())

    async def stop(self) -> None:
        """Ask no more; what the database still owes an answer to is given up."""
        await self._overdue.give_up()
        await self._health.give_up()

    def _beat_age(self) -> float | None:
        beat = self._worker.last_beat
        return None if beat is None else self._stopwatch() - beat

    async def _read_overdue(self) -> float:
        async with self._core.reading(Actor.system()) as tx:
            return await health.worst_overdue_seconds(tx, self._worker.organization_id)

    async def _read_health(self) -> Health:
        async with self._core.reading(Actor.system()) as tx:
            return await health.read_health(tx, self._worker.organization_id)


class _Question(Generic[Answer]):
    """Something to ask the database, once at a time, for which nobody waits for ever."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> None:
        self._ask = ask
        self._asked: asyncio.Task[Answer] | None = None

    async def answer(self) -> Answer | None:
        """The answer, or None where the database gives none in time."""
        # Who comes while it is being asked waits for the same answer: probes must not pile up in
        # front of a database that hangs. And it is not cancelled, which would cost a connection.
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._ask())
        asked = self._asked
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE_SECONDS)
        if not done:
            return None
        try:
            return asked.result()
        except DomainError:
            return None

    async def give_up(self) -> None:
        """Wait for it no longer, but for the moment in which it gives its connection back."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.wait({self._asked}, timeout=GIVING_UP_SECONDS)
