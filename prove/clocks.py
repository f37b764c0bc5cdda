"""What time it is in a process: by its machine, or by the database that its replicas share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.transaction import Clock

Reads = Callable[[], float]
"""Gives the seconds that a wall clock or a stopwatch shows."""


class Follower(Clock, Protocol):
    """A clock that is told the database's time."""

    def hear(self, instant: datetime, *, asked: float, answered: float) -> bool:
        """The database said `instant` between two readings of the stopwatch; whether it leapt."""


@dataclass(frozen=True)
class Clocks:
    """The product's own clocks, each made from a machine's wall clock and its stopwatch."""

    alone: Callable[[Reads, Reads], Clock]
    follower: Callable[[Reads, Reads], Follower]
