"""An event loop whose time is a number: it jumps to the next timer when nothing is ready."""

import heapq
from asyncio import Handle, base_events
from collections import deque
from typing import Any


class Deadlock(Exception):
    """Everybody waits, and no timer is set: nothing can ever happen again."""


class Endless(Exception):
    """Callbacks follow one another without end, as if somebody ran in circles."""


TURNS_MAX = 20_000
"""More turns of the loop than any history takes."""


class VirtualLoop(base_events.BaseEventLoop):
    """Runs callbacks in the order of their instants, and never waits for real.

    It has no files, no signals and no threads, so that the same work gives the same history.
    """

    _ready: deque[Handle]
    _scheduled: list[Any]
    _stopping: bool
    _timer_cancelled_count: int

    def __init__(self) -> None:
        super().__init__()
        self._elapsed = 0.0
        self._turns = 0
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since the loop was made, as far as it has jumped."""
        return self._elapsed

    @property
    def ended_at(self) -> float:
        """How many seconds have passed in it altogether."""
        return self._elapsed

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for its turn at this instant."""
        soon = self._elapsed + self._clock_resolution
        scheduled = self._scheduled
        return not self._ready and not (scheduled and scheduled[0]._when < soon)

    def _run_once(self) -> None:
        """Asyncio's own turn, without what it does for files. Raises Deadlock, Endless."""
        self._turns += 1
        if self._turns > TURNS_MAX:
            raise Endless
        ready, scheduled = self._ready, self._scheduled
        while scheduled and scheduled[0]._cancelled:
            heapq.heappop(scheduled)._scheduled = False
            self._timer_cancelled_count -= 1
        if not ready and not self._stopping:
            if not scheduled:
                raise Deadlock
            self._elapsed = max(self._elapsed, scheduled[0]._when)  # nothing is ready: jump ahead
        end = self._elapsed + self._clock_resolution
        while scheduled and scheduled[0]._when < end:
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            ready.append(handle)
        for _ in range(len(ready)):  # what they make ready in turn is run at the next turn
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _write_to_self(self) -> None:
        """Nobody has to be woken: there is one thread."""
