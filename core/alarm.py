"""The alarm clock that wakes the engine: APScheduler, which rings and remembers nothing."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from apscheduler import events
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.worker import Worker

log = logging.getLogger(__name__)

SWEEP_SECONDS = 5


class Alarm:
    """APScheduler as an alarm clock: one job at the earliest due instant, one sweep."""

    def __init__(self, worker: Worker, *, seconds_until: Callable[[datetime], float],
                 real_now: Callable[[], datetime]) -> None:  # fmt: skip
        self._worker = worker
        self._seconds_until = seconds_until
        self._real_now = real_now
        self._armed: datetime | None = None
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # A late job runs all the same, and runs once: the default would skip it.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(
            self._say_loudly,
            events.EVENT_JOB_MISSED | events.EVENT_JOB_ERROR | events.EVENT_JOB_MAX_INSTANCES,
        )

    def start(self) -> None:
        """Begin to ring. Must be called inside the running event loop."""
        self._scheduler.add_job(self._sweep, "interval", seconds=SWEEP_SECONDS, id="sweep")
        self._scheduler.start()

    def arm(self, instant: datetime) -> None:
        """Ring at this instant, unless it rings earlier already."""
        if self._armed is not None and self._armed <= instant and not self._is_past(self._armed):
            return
        self._armed = instant
        at = self._real_now() + timedelta(seconds=max(0, self._seconds_until(instant)))
        self._scheduler.add_job(self._ring, "date", run_date=at, id="alarm", replace_existing=True)

    def _is_past(self, instant: datetime) -> bool:
        return self._seconds_until(instant) < 0

    def stop(self) -> None:
        """Ring no more."""
        with suppress(Exception):
            self._scheduler.shutdown(wait=False)

    async def _ring(self) -> None:
        self._armed = None
        self._worker.wake()

    async def _sweep(self) -> None:
        self._worker.wake()

    def _say_loudly(self, event: Any) -> None:
        log.error("the alarm's job %s: %s", event.job_id, event)
        self._worker.wake()
