"""The one clock. Nothing else in the product asks the machine what time it is."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class WallClock:
    """Wall time that never runs slower than a stopwatch: a step back of an hour delays nothing.

    `speed` is how many of its seconds pass in a real one.
    """

    def __init__(
        self,
        speed: float = 1.0,
        *,
        wall: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speed = speed
        self._wall = wall
        self._stopwatch = stopwatch
        self._shown = wall()
        self._measured = stopwatch()

    def now(self) -> datetime:
        """The instant it is, in UTC."""
        measured = self._stopwatch()
        self._shown += (measured - self._measured) * self._speed
        self._measured = measured
        if self._speed == 1:
            self._shown = max(self._shown, self._wall())
        return datetime.fromtimestamp(self._shown, UTC)

    def seconds_until(self, instant: datetime) -> float:
        """How long to wait, in real seconds, until the clock shows `instant`."""
        return (instant - self.now()).total_seconds() / self._speed
