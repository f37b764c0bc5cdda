"""A lane: so many of those who may be many at once, so that all others find a connection."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import copy
from heapq import heappop, heappush
from itertools import count
from typing import Any

log = logging.getLogger(__name__)

SAID_SECONDS = 60
"""A lane that is full says so that often at most, however many it sends away."""


class LaneFull(Exception):
    """Too many were before them, for too long. What was asked has not happened."""


class Lane:
    """Two entrances, so that nobody who reads waits for those who write."""

    def __init__(self, *, reading: int, writing: int, seconds: float) -> None:
        self._readers = _Entrance(reading, seconds)
        self._writers = _Entrance(writing, seconds)
        self._rank = 0
        self._inside: set[asyncio.Task[Any] | None] = set()

    def giving_way(self) -> "Lane":
        """The same lane for those who come after all who wait in this one."""
        lane = copy(self)
        lane._rank += 1
        return lane

    def reading(self) -> AbstractAsyncContextManager[None]:
        """A place among those who read. Raises LaneFull, and RuntimeError for who has one."""
        return self._place(self._readers)

    def writing(self) -> AbstractAsyncContextManager[None]:
        """A place among those who write. Raises LaneFull, and RuntimeError for who has one."""
        return self._place(self._writers)

    @asynccontextmanager
    async def _place(self, entrance: "_Entrance") -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task in self._inside:
            raise RuntimeError("whoever is in a lane must not enter it again")
        await entrance.enter(self._rank)
        self._inside.add(task)
        try:
            yield
        finally:
            self._inside.discard(task)
            entrance.leave()


class _Entrance:
    """Lets so many in at once: of those who wait the lowest rank, and of that who came first."""

    def __init__(self, at_once: int, seconds: float) -> None:
        self._free = at_once
        self._seconds = seconds
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._came = count()
        self._said_at = float("-inf")

    async def enter(self, rank: int) -> None:
        if self._free:
            self._free -= 1
            return
        let_in = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank, next(self._came), let_in))
        try:
            async with asyncio.timeout(self._seconds):
                await let_in
        except BaseException as error:
            if not let_in.cancelled():  # it was let in at the very moment at which it went away
                self.leave()
            if not isinstance(error, TimeoutError):
                raise
            self._say_that_it_is_full()
            raise LaneFull(f"no place within {self._seconds:g} s") from None

    def leave(self) -> None:
        while self._waiting:
            *_, let_in = heappop(self._waiting)
            if not let_in.done():  # who went away meanwhile is done
                let_in.set_result(None)
                return
        self._free += 1

    def _say_that_it_is_full(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._said_at < SAID_SECONDS:
            return
        self._said_at = now
        waiting = sum(not let_in.done() for *_, let_in in self._waiting)
        log.warning(
            "somebody waited %g s for a place at the database, with %d more, and was sent away",
            self._seconds, waiting,
        )  # fmt: skip
