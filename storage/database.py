"""Engines and sessions: every write sees the truth it decides on, and no read waits for a write."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, nullcontext
from copy import copy
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage import one_hop
from storage.lane import Lane

SQLITE_BUSY_SECONDS = 10
SQLITE_SYNCHRONOUS = "FULL"
"""A commit is on the disk before it is answered: NORMAL may undo one on power loss."""
POOL_SIZE = 8
COMMAND_SECONDS = 20
LANE_SECONDS = 20
"""So long somebody waits to be let into a lane."""

_PATIENCE = {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "20s"}
"""A replica that is frozen in the middle of a transaction must not hold the others for ever."""


class DatabaseUnavailable(Exception):
    """The database did not answer, or not in time. What was asked may not have happened."""


class Database:
    """One database, SQLite or PostgreSQL, behind the same two doors."""

    def __init__(self, url: str) -> None:
        self.url = normalize_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pool_size=1)
            self._reader = _sqlite_engine(self.url, begin="BEGIN", pool_size=4, read_only=True)
        else:
            self._writer = create_async_engine(
                self.url,
                pool_size=POOL_SIZE,
                max_overflow=0,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"command_timeout": COMMAND_SECONDS, "server_settings": _PATIENCE},
            )
            self._reader = self._writer.execution_options(postgresql_readonly=True)
        # SQLite lets one writer in at a time: queueing here is fair, and ten times faster at
        # the 99th percentile than colliding there.
        self._turn: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.is_sqlite else nullcontext()
        )
        self._lane: Lane | None = None

    def lane(self, *, reading: int, writing: int, seconds: float = LANE_SECONDS) -> "Database":
        """The same database for those who may be many, and can wait: of them so many at once.

        However many they are, the rest of its connections stay for everybody else, and those who
        read do not wait for those who write. Whoever has waited for so many `seconds` is sent away
        with LaneFull.
        """
        lane = copy(self)
        lane._lane = Lane(reading=reading, writing=writing, seconds=seconds)
        return lane

    def giving_way(self) -> "Database":
        """The same lane for those who come after all who wait in this one."""
        lane = copy(self)
        lane._lane = self._lane.giving_way() if self._lane else None
        return lane

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes: for migrations and checks."""
        return self._writer

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session that commits when its block ends, and rolls back if the block raises.

        On SQLite the first statement takes the write lock, so what was read stays true. On
        PostgreSQL lock the rows that a rule speaks about (`with_for_update`) first.
        """
        async with self._place_to_write(), self._turn, _session(self._writer) as session:
            await session.connection()  # a database that is away is noticed before anything else
            yield session
            await session.commit()

    @asynccontextmanager
    async def rehearsing(self) -> AsyncIterator[AsyncSession]:
        """A session that writes as `writing` does, and whose every change is undone.

        On SQLite it keeps all other writers waiting from its first statement to its end.
        """
        async with self._place_to_write(), self._turn, _session(self._writer) as session:
            await session.connection()
            yield session  # closed without a commit, it is rolled back

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that cannot write and never waits for one that does."""
        async with self._place_to_read(), _session(self._reader) as session:
            yield session

    def _place_to_read(self) -> AbstractAsyncContextManager[None]:
        return self._lane.reading() if self._lane else nullcontext()

    def _place_to_write(self) -> AbstractAsyncContextManager[None]:
        return self._lane.writing() if self._lane else nullcontext()

    async def scrub(self) -> bool:
        """Leave no byte behind of what was erased and committed. Returns whether it is done.

        SQLite overwrites in its file what is erased; older pages stand in the write-ahead log until
        it is emptied, which a transaction that runs meanwhile can put off: then ask again. What
        PostgreSQL keeps in its files is the operator's (docs/production.md).
        """
        if not self.is_sqlite or not self.url.database:
            return True
        return await asyncio.to_thread(_empty_log, self.url.database)

    async def dispose(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def _empty_log(path: str) -> bool:
    """By a connection of its own, which waits for nobody."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@asynccontextmanager
async def _session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    session = AsyncSession(engine, expire_on_commit=False)
    try:
        try:
            yield session
        finally:
            await _close(session)
    except (SQLAlchemyTimeoutError, OSError) as error:
        raise DatabaseUnavailable(str(error)) from error
    except DBAPIError as error:
        if not is_gone(error):
            raise
        raise DatabaseUnavailable(str(error.orig)) from error


async def _close(session: AsyncSession) -> None:
    """To its end, whoever is cancelled meanwhile; that takes a task where it has a connection."""
    if session.in_transaction():
        await session.__aexit__(None, None, None)
    else:
        session.sync_session.close()


def is_gone(error: DBAPIError) -> bool:
    """Whether the database, or the way to it, is what failed."""
    if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
        return True
    said = str(error.orig)
    state = str(getattr(error.orig, "sqlstate", "") or getattr(error.orig, "pgcode", ""))
    gone = (
        state[:2] in ("08", "28", "3D", "53") or state[:3] == "57P" or state in ("55000", "55P03")
    )
    return gone or "closed" in said or "cannot switch to state" in said


def normalize_url(url: str) -> URL:
    """Read `DATABASE_URL`; a plain `postgresql://` or `sqlite://` gets its async driver.

    Raises ValueError with a sentence for a database that is neither.
    """
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    parsed = make_url(url)
    driver = drivers.get("postgresql" if url.startswith("postgres") else parsed.drivername)
    driver = driver or (parsed.drivername if parsed.drivername in drivers.values() else None)
    if driver is None:
        raise ValueError(f"DATABASE_URL: {parsed.drivername!r} is neither SQLite nor PostgreSQL.")
    return parsed.set(drivername=driver)


def _sqlite_engine(url: URL, *, begin: str, pool_size: int, read_only: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        hide_parameters=True,  # what people wrote must not stand in a trace
        max_overflow=0 if not read_only else 8,
        connect_args={"timeout": SQLITE_BUSY_SECONDS, "async_creator_fn": one_hop.connect},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # sqlite3 begins a transaction at the first write only, so the read before it would
        # stand outside. With its own transactions off, ours begin where we say.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={SQLITE_SYNCHRONOUS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is redacted is overwritten
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()
        # Not by the engine's "begin" event: where there is one, every statement asks for more.
        connection.driver_connection.begins_with = begin

    return engine
