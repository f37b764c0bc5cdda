"""PostgreSQL's LISTEN and NOTIFY: one process says when something becomes due, all others hear it.

It is a hint, never the memory. What it misses, the sweep finds: a bell that is down costs seconds.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import asyncpg
from sqlalchemy.engine import URL

log = logging.getLogger(__name__)

CHANNEL = "tocsin_due"
CHECK_SECONDS = 1
"""How often the connection is tried, and the database asked for its time: what is due once its
clock was set forward is late by no more."""
RETRY_SECONDS = 1
ANSWER_SECONDS = 10
PROMPT_SECONDS = 2
"""An answer that took longer does not say what time it is: the clocks of replicas, each set by
half the way of an answer, would be that far apart. So if the process stood still meanwhile."""


class Bell:
    """One connection of its own: it hears what becomes due, says it, and asks what time it is."""

    def __init__(
        self,
        url: URL,
        *,
        on_due: Callable[[datetime], None],
        on_time: Callable[..., None],
        stopwatch: Callable[[], float],
    ) -> None:
        """`on_time` is told the database's time, and when it was `asked` and `answered`."""
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._on_due = on_due
        self._on_time = on_time
        self._stopwatch = stopwatch
        self._earliest: datetime | None = None
        self._to_say = asyncio.Event()

    def ring(self, instant: datetime) -> None:
        """Tell the other processes, as soon as the connection is free for it."""
        if self._earliest is None or instant < self._earliest:
            self._earliest = instant
        self._to_say.set()

    async def run(self, ready: asyncio.Event) -> None:
        """Listen until cancelled, connecting anew whenever the database was away.

        `ready` is set when the time was learnt for the first time.
        """
        while True:
            try:
                connection = await asyncpg.connect(self._dsn, timeout=ANSWER_SECONDS)
                try:
                    connection.add_termination_listener(lambda _cut: self._to_say.set())
                    await connection.add_listener(CHANNEL, self._hear)
                    # What was said while nobody listened is looked for now.
                    while True:
                        await self._ask_the_time(connection)
                        ready.set()
                        await self._say(connection)
                finally:
                    with suppress(Exception):
                        await connection.close(timeout=1)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the bell is down, the sweep goes on: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _ask_the_time(self, connection: "asyncpg.Connection") -> None:
        question = "SELECT clock_timestamp()"
        while True:
            asked = self._stopwatch()
            instant = await connection.fetchval(question, timeout=ANSWER_SECONDS)
            answered = self._stopwatch()
            if answered - asked <= PROMPT_SECONDS:
                self._on_time(instant, asked=asked, answered=answered)
                return
            log.warning("it took %.1f s to learn the time; it is asked anew", answered - asked)

    async def _say(self, connection: "asyncpg.Connection") -> None:
        """Say what is to be said for the next seconds, many instants as their earliest."""
        until = self._stopwatch() + CHECK_SECONDS
        while (left := until - self._stopwatch()) > 0:
            with suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it may swallow a cancellation, and never end.
                async with asyncio.timeout(left):
                    await self._to_say.wait()
            self._to_say.clear()
            if connection.is_closed():
                raise ConnectionResetError("its connection was cut")
            earliest, self._earliest = self._earliest, None
            if earliest:
                await connection.execute(
                    "SELECT pg_notify($1, $2)",
                    CHANNEL,
                    earliest.isoformat(),
                    timeout=ANSWER_SECONDS,
                )

    def _hear(self, connection: object, pid: int, _channel: str, payload: object) -> None:
        own = getattr(connection, "get_server_pid", lambda: None)()
        if pid == own:
            return
        with suppress(ValueError):
            self._on_due(datetime.fromisoformat(str(payload)))
