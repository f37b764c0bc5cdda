"""The one clock. Nothing else in the product asks the machine what time it is."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial


def stopwatch() -> float:
    """Seconds since some instant, whatever the wall clock does, the machine's sleep counted."""
    return time.clock_gettime(_COUNTS_SLEEP) if _COUNTS_SLEEP else time.monotonic()


_COUNTS_SLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", None)


LEAP_SECONDS = 1
"""More than clocks ever drift apart between two looks."""


class WallClock:
    """Wall time that never runs slower than a stopwatch: a step back of an hour delays nothing.

    `speed` is how many of its seconds pass in a real one.
    """

    def __init__(
        self,
        speed: float = 1.0,
        *,
        wall: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = stopwatch,
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


class DatabaseClock(WallClock):
    """The time of the database that replicas share, so that none of them thinks a lease is over.

    Between two answers of the database it runs by the stopwatch; the machine's own wall clock
    plays no part. Until the first answer it shows the machine's time.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = stopwatch,
    ) -> None:
        self._ahead = wall() - stopwatch()
        self._heard = False
        super().__init__(wall=partial(self._estimate, stopwatch), stopwatch=stopwatch)

    def hear(self, instant: datetime, *, asked: float, answered: float) -> bool:
        """The database said `instant`, between two readings of the stopwatch.

        The first answer sets the clock; later ones move it forward only, as wall time does.
        Returns whether it leapt, so that something may be due that was waited for.
        """
        before = self._ahead
        self._ahead = instant.timestamp() - (asked + answered) / 2
        if not self._heard:
            self._heard = True
            self._measured = answered
            self._shown = answered + self._ahead
        return self._ahead - before > LEAP_SECONDS

    def _estimate(self, stopwatch: Callable[[], float]) -> float:
        return stopwatch() + self._ahead
