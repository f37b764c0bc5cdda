"""Telling who waits that something changed: a test's condition, or a browser's event stream."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """What changed, in the words of the browser's event stream; `user=None` concerns everybody."""

    conversations: frozenset[str] = frozenset()
    views: bool = False
    home: bool = False
    user: str | None = None


@dataclass
class Changes:
    """A notice board: every change wakes all who wait and is queued for all who listen."""

    _waiting: set[asyncio.Future[None]] = field(default_factory=set)
    _listening: list[asyncio.Queue[Change | None]] = field(default_factory=list)

    def tell(
        self,
        *conversations: str,
        views: bool = False,
        home: bool = False,
        user: str | None = None,
    ) -> None:
        """Announce a change."""
        change = Change(frozenset(conversations), views=views, home=home, user=user)
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        for queue in self._listening:
            queue.put_nowait(change)

    async def until(self, condition: Callable[[], Any], timeout: float) -> Any:
        """Wait until the condition holds, looking again at every change; returns its value.

        What the condition asks may lie outside the sandbox, so it is also asked at the end.
        """
        deadline = asyncio.get_running_loop().time() + timeout
        while not (value := condition()):
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.add(waiting)
            try:
                async with asyncio.timeout_at(deadline):
                    await waiting
            except TimeoutError:
                if value := condition():
                    return value
                message = f"what was waited for did not happen within {timeout:g} seconds"
                raise TimeoutError(message) from None
            finally:
                self._waiting.discard(waiting)
        return value

    def listen(self) -> asyncio.Queue[Change | None]:
        """A queue that receives every change from now on, and None when the sandbox closes."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._listening.append(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Change | None]) -> None:
        """Stop filling a queue."""
        with suppress(ValueError):
            self._listening.remove(queue)

    def close(self) -> None:
        """Let every listener end."""
        for queue in self._listening:
            queue.put_nowait(None)
