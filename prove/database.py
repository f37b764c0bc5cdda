"""The real database code on a SQLite whose statements run inline, each between two awaits.

So everything interleaves as it would with a thread or a server, in an order that the seed decides,
and a process can die before a statement, after it, before a commit, and after it unanswered.
"""

import sqlite3
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

from sqlalchemy.ext.asyncio import AsyncEngine

from prove.plan import Point
from storage import one_hop
from storage.database import Database

if TYPE_CHECKING:
    from prove.life import Life


class Connection(one_hop.Connection):
    """A connection of one life: what it began is undone when that life ends."""

    def __init__(self, life: "Life") -> None:
        super().__init__(life.world.ground.take, iter_chunk_size=1)
        self._life = life
        self._tx = _Inline()  # type: ignore[assignment]  # where aiosqlite hands work to its thread
        self._connection: sqlite3.Connection | None = None

    def __await__(self) -> Generator[Any, None, "Connection"]:
        return self._open().__await__()

    async def _open(self) -> "Connection":
        self._life.check()
        self._connection = self._connector()
        self._life.connections.append(self)
        return self

    async def run(self, work: Callable[[], None]) -> None:
        """Have a statement carried out, with an await before and after it."""
        if _greets(work):
            work()
            return
        await self._life.step(Point.STATEMENT)
        self._life.world.check_database()
        work()
        await self._life.step(None)

    async def commit(self) -> None:
        """End the transaction; the answer may never come."""
        if not self._conn.in_transaction:
            return
        await self._life.step(Point.COMMIT)
        world = self._life.world
        answers = world.commits_at_all()
        self._conn.commit()
        world.committed()
        await self._life.step(Point.COMMITTED)
        if not answers:
            world.check_database()

    async def rollback(self) -> None:
        """Undo the transaction, if it began."""
        if self._connection is not None:
            self._conn.rollback()

    async def close(self) -> None:
        """Close; what was not committed is undone."""
        self.kill()

    def stop(self) -> None:
        """Close, without a loop to wait on."""
        self.kill()

    def kill(self) -> None:
        """What happens to a connection when its process is gone."""
        if self._connection is not None:
            self._life.world.ground.give_back(self._connection)
            self._connection = None


def _greets(work: Callable[[], None]) -> bool:
    """Whether this is how a connection is set up: nobody dies at that, nothing is done yet."""
    return isinstance(work, partial) and str(work.args[1]).startswith("PRAGMA")


class _Inline:
    """Stands where aiosqlite has the queue of its thread."""

    def put_nowait(self, item: tuple[Any, Callable[[], Any]]) -> None:
        future, work = item
        result = work()
        if future:
            future.set_result(result)


class _Turn:
    """The one writer's turn, which all replicas share: SQLite has one writer."""

    def __init__(self, life: "Life") -> None:
        self._life = life

    async def __aenter__(self) -> None:
        await self._life.thaw()
        await self._life.world.turn.acquire()

    async def __aexit__(self, *_error: object) -> None:
        self._life.world.turn.release()
        await self._life.thaw()


class _Door:
    """How a database object connects: for the life that has it."""

    life: "Life"

    def connect(self, _file: str, **_given: Any) -> Connection:
        return Connection(self.life)


class Shared:
    """What serves one life after the other: making engines and compiling takes long."""

    def __init__(self) -> None:
        self._idle: list[tuple[Database, _Door]] = []
        self._dialects: dict[str, Any] = {}

    def open(self, life: "Life") -> Database:
        """A database object for one life of one replica, until that life's history is over."""
        database, door = self._idle.pop() if self._idle else self._make()
        door.life = life
        database._turn = _Turn(life)
        life.world.over.append(partial(self._keep, database, door))
        return database

    def _make(self) -> tuple[Database, _Door]:
        door = _Door()
        with mock.patch.object(one_hop, "connect", door.connect):
            database = Database("sqlite:///on-the-ground.db")
        for name, engine in (("writer", database._writer), ("reader", database._reader)):
            self._adopt(name, engine)
        return database, door

    def _adopt(self, name: str, engine: AsyncEngine) -> None:
        sync = engine.sync_engine
        first = self._dialects.setdefault(name, sync)
        if first is not sync:
            sync.dialect = first.dialect
            sync._compiled_cache = first._compiled_cache

    def _keep(self, database: Database, door: _Door) -> None:
        for engine in (database._writer, database._reader):
            engine.sync_engine.dispose(close=False)  # a new pool: its connections are gone
        del door.life, database._turn
        self._idle.append((database, door))


SHARED = Shared()
