"""aiosqlite with one trip to its thread per statement, where there would be four.

A cursor made, executed, fetched and closed is four trips, each of which wakes two threads. An
incident declared and paged is some twenty statements: the trips alone were a quarter of its time.
A transaction begins on the trip of its first statement, and one that never began needs no end.
"""

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

import aiosqlite


class Connection(aiosqlite.Connection):
    """A connection whose cursors fetch everything as they execute."""

    begins_with: str | None = None
    """The statement that begins a transaction, just before the first statement in it."""

    def cursor(self) -> "_Cursor":  # type: ignore[override]  # SQLAlchemy enters it, no more
        """A cursor, made without a trip."""
        return _Cursor(self)

    async def run(self, work: Callable[[], None]) -> None:
        """Have something done in the connection's thread."""
        await self._execute(work)  # type: ignore[no-untyped-call]  # aiosqlite says nothing of it

    async def commit(self) -> None:
        """End the transaction, if it began."""
        if self._conn.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Undo the transaction, if it began."""
        if self._conn.in_transaction:
            await super().rollback()


class Carrier(Protocol):
    """What a statement is carried out on."""

    begins_with: str | None

    @property
    def _conn(self) -> sqlite3.Connection: ...


class Carried:
    """What came of a statement, fetched whole as it was executed."""

    def __init__(self, connection: Carrier) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def carry_out(self, verb: str, sql: str, parameters: Iterable[Any]) -> None:
        """Execute a statement, the first one after its transaction's beginning."""
        connection = self._connection._conn
        cursor = connection.cursor()
        try:
            if self._connection.begins_with and not connection.in_transaction:
                cursor.execute(self._connection.begins_with)
            getattr(cursor, verb)(sql, parameters)
            self.description = cursor.description
            self.rowcount = cursor.rowcount
            self.lastrowid = cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()


class _Cursor(Carried):
    """As much of a cursor as SQLAlchemy's adapter asks for."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._run = connection.run

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "_Cursor":
        await self._run(partial(self.carry_out, "execute", sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "_Cursor":
        await self._run(partial(self.carry_out, "executemany", sql, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []


def connect(file: str, **arguments: Any) -> Connection:
    """A connection yet to be awaited, as SQLAlchemy's `async_creator_fn` wants it.

    `arguments` are those of `sqlite3.connect`.
    """
    connection = Connection(partial(sqlite3.connect, file, **arguments), iter_chunk_size=1)
    connection._thread.daemon = True  # a process that ends does not wait for it
    return connection
