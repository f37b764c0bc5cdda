"""A simulated PostgreSQL, as much of it as the bell asks for: its time, LISTEN and NOTIFY."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest import mock

import asyncpg

from prove.database import CURRENT
from storage import bell

if TYPE_CHECKING:
    from prove.life import Life

ASK_SECONDS = 60
"""How often the time is asked: the stopwatches of a history never drift."""

ARRIVES = 0.6
"""How much of what is said arrives. It is a hint; nothing may depend on it."""

URL = "postgresql://simulated/tocsin"


class _Line:
    """A process's own connection, on which it asks, says and hears."""

    def __init__(self, life: "Life") -> None:
        self._life = life
        self._world = life.world
        self._heard: Callable[..., None] | None = None
        self._is_closed = False
        self._world.lines_out.append(self)

    def add_termination_listener(self, _cut: Callable[..., None]) -> None:
        """It is only cut when the database goes away, and that is noticed at the next question."""

    async def add_listener(self, _channel: str, heard: Callable[..., None]) -> None:
        self._heard = heard

    async def fetchval(self, _question: str, *, timeout: float) -> datetime:
        """The database's time, which is right. On the way back a process may stand still."""
        await self._travel()
        instant = datetime.fromtimestamp(self._world.epoch + self._world.loop.time(), UTC)
        await self._travel()
        await self._life.thaw()
        return instant

    async def execute(self, _statement: str, channel: str, said: str, *, timeout: float) -> None:
        """Say something to all the others."""
        await self._travel()
        for other in self._world.lines_out:
            if other is not self and self._world.chance.random() < ARRIVES:
                self._world.loop.call_later(0.01, other.hear, channel, said, context=Context())

    def hear(self, channel: str, said: str) -> None:
        """Something was said."""
        if self._heard and not self.is_closed():
            self._heard(self, 0, channel, said)

    def is_closed(self) -> bool:
        return self._is_closed or self._life.dead

    async def close(self, *, timeout: float) -> None:
        self._is_closed = True

    async def _travel(self) -> None:
        await self._world.sleep_a_moment()
        self._life.check()
        if self._world.database_is_away:
            raise ConnectionResetError("the database is away")


async def _connect(_dsn: str, *, timeout: float) -> Any:
    life = CURRENT.get()
    assert life is not None  # noqa: S101  (bells hang in processes)
    if life.world.database_is_away:
        raise ConnectionRefusedError("the database is away")
    return _Line(life)


@contextmanager
def exchange() -> Iterator[None]:
    """Within the block every bell hangs at the simulated server of its world."""
    with (
        mock.patch.object(asyncpg, "connect", _connect),
        mock.patch.object(bell, "CHECK_SECONDS", ASK_SECONDS),
    ):
        yield
