"""aiosqlite with one trip to its thread per statement, where there would be four.

A cursor made, executed, fetched and closed is four trips, each of which wakes two threads. An
incident declared and paged is some twenty statements: the trips alone were a quarter of its time.
A transaction begins on the trip of its first statement, and one that never began needs no end.
"""

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

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


class _Cursor:
    """As much of a cursor as SQLAlchemy's adapter asks for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "_Cursor":
        await self._connection.run(partial(self._fetch, "execute", sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "_Cursor":
        await self._connection.run(partial(self._fetch, "executemany", sql, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []

    def _fetch(self, verb: str, sql: str, parameters: Iterable[Any]) -> None:
        """Runs in the connection's own thread."""
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


def connect(file: str, **arguments: Any) -> Connection:
    """A connection yet to be awaited, as SQLAlchemy's `async_creator_fn` wants it.

    `arguments` are those of `sqlite3.connect`.
    """
    connection = Connection(partial(sqlite3.connect, file, **arguments), iter_chunk_size=1)
    connection._thread.daemon = True  # a process that ends does not wait for it
    return connection
