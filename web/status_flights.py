"""One step at a time for each name: who asks while it is under way waits for the same one.

A step that fails has failed for all of them, is logged once, and raises nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from core.errors import DomainError

log = logging.getLogger(__name__)

Step = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class _Flight:
    task: asyncio.Task[None]
    began: float


class Flights:
    """What is under way, by name."""

    def __init__(self, stopwatch: Callable[[], float]) -> None:
        self._stopwatch = stopwatch
        self._flights: dict[object, _Flight] = {}
        self._is_away = False

    async def take(self, name: object, step: Step, *, patience: float | None = None) -> None:
        """Wait for the one that is under way, or begin it; no longer than `patience` after that."""
        flight = self._flights.get(name)
        if flight is None:
            task = asyncio.create_task(self._fly(name, step))
            flight = self._flights[name] = _Flight(task, self._stopwatch())
        if patience is not None:
            patience = max(0.0, patience - (self._stopwatch() - flight.began))
        await asyncio.wait([flight.task], timeout=patience)

    def is_under_way(self, name: object) -> bool:
        """Whether one has begun and not ended."""
        return name in self._flights

    async def land(self, name: object) -> None:
        """Wait for the one that is under way, if there is one."""
        if flight := self._flights.get(name):
            await asyncio.wait([flight.task])

    async def finish(self, seconds: float) -> None:
        """Let all come to their end; what has not after so long is given up."""
        if self._flights:
            tasks = [one.task for one in self._flights.values()]
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _fly(self, name: object, step: Step) -> None:
        try:
            await step()
        except DomainError as error:
            if not self._is_away:  # once, and not twice a second for as long as it lasts
                log.warning("status pages show what was known: %s", error)
            self._is_away = True
        except Exception:
            log.exception("a status page could not be brought up to date")
        else:
            self._is_away = False
        finally:
            del self._flights[name]
