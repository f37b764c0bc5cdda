"""An event loop whose time is a number: it jumps to the next timer when nothing is ready."""

from asyncio import base_events
from typing import Any


class Deadlock(Exception):
    """Everybody waits, and no timer is set: nothing can ever happen again."""


class Endless(Exception):
    """Callbacks follow one another without end, as if somebody ran in circles."""


TURNS_MAX = 100_000
"""More turns of the loop than any history takes."""


class VirtualLoop(base_events.BaseEventLoop):
    """Runs callbacks in the order of their instants, and never waits for real.

    It has no files, no signals and no threads, so that the same work gives the same history.
    """

    def __init__(self) -> None:
        super().__init__()
        self._elapsed = 0.0
        self._turns = 0
        self._selector = self
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since the loop was made, as far as it has jumped."""
        return self._elapsed

    @property
    def ended_at(self) -> float:
        """How many seconds have passed in it altogether."""
        return self._elapsed

    def select(self, timeout: float | None) -> list[Any]:
        """Jump ahead by what the loop would have waited for. Raises Deadlock, Endless."""
        self._turns += 1
        if self._turns > TURNS_MAX:
            raise Endless
        if timeout is None:
            raise Deadlock
        if timeout > 0:
            self._elapsed += timeout
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none: nothing here is a file."""

    def _write_to_self(self) -> None:
        """Nobody has to be woken: there is one thread."""
