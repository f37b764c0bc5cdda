"""The real database code on a SQLite whose statements run inline, in the task that asks for them.

Sessions are those of the product, without the thread and the greenlets that carry its statements
there. Between one call of a session and the next everybody else may go on, in an order that the
seed decides; and a process can die at any statement, before a commit, and after it unanswered.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import session as async_sessions

from prove.plan import Point
from storage import database, one_hop
from storage.database import Database

if TYPE_CHECKING:
    from prove.life import Life

CURRENT: ContextVar["Life | None"] = ContextVar("life", default=None)
"""In whose process the running task is; None for the world."""


class Connection:
    """A connection of one life: what it began is undone when that life ends."""

    isolation_level: str | None = None
    begins_with: str | None = None
    """Told by the product, as of `one_hop.Connection`."""

    def __init__(self, life: "Life", use: str) -> None:
        life.check()
        self.life = life
        self._conn = life.world.ground.take(use)
        self._is_open = True
        life.connections.append(self)

    @property
    def driver_connection(self) -> "Connection":
        """Itself: there is nothing between it and SQLite."""
        return self

    def create_function(self, *_given: Any, **_options: Any) -> None:
        """SQLAlchemy brings functions that nobody here calls."""

    def cursor(self) -> "_Cursor":
        """A cursor that fetches everything as it executes."""
        return _Cursor(self)

    def commit(self) -> None:
        """End the transaction; the answer may never come."""
        self.life.check()
        if not self._conn.in_transaction:
            return
        self.life.may_die(Point.COMMIT)
        world = self.life.world
        answers = world.commits_at_all()
        self._conn.commit()
        world.committed()
        self.life.may_die(Point.COMMITTED)
        if not answers:
            world.check_database()

    def rollback(self) -> None:
        """Undo the transaction, if it began."""
        if self._is_open:
            self._conn.rollback()

    def close(self) -> None:
        """Close; what was not committed is undone. So it is when the process is gone."""
        if self._is_open:
            self._is_open = False
            self.life.world.ground.give_back(self._conn)


class _Cursor(one_hop.Carried):
    """A cursor as the product has it, at which a process may die."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._life = connection.life
        self._set_up = connection._conn.set_up

    def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "_Cursor":
        self._do("execute", sql, parameters)
        return self

    def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "_Cursor":
        self._do("executemany", sql, parameters)
        return self

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    def fetchone(self) -> Any:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def close(self) -> None:
        self._rows = []

    async def _async_soft_close(self) -> None:
        """A session asks for it, so that nothing is left to await: nothing ever is."""

    def _do(self, verb: str, sql: str, parameters: Iterable[Any]) -> None:
        life = self._life
        life.check()
        if sql.startswith("PRAGMA"):  # so a connection is set up: nobody dies at that
            self._set_up(sql)
            return
        life.may_die(Point.STATEMENT)
        life.world.check_database()
        life.statements += 1
        self.carry_out(verb, sql, parameters)


class _Session(AsyncSession):
    """A session as the product has it, but for what asks for an asynchronous driver."""

    async def connection(self, *_given: Any, **_named: Any) -> Any:
        """Have a connection from here on."""
        return self.sync_session.connection()


async def _inline(work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Where a session hands its work to a greenlet: do it here, and let others go on after it."""
    life = CURRENT.get()
    if life is None:
        return work(*given, **named)
    commits = getattr(work, "__name__", "") == "commit"
    if commits:
        await life.step()
    before = life.statements
    done = work(*given, **named)
    if commits or life.statements > before:
        await life.step()
    return done


@contextmanager
def inline() -> Iterator[None]:
    """Within the block sessions do their work in the task that asks for it."""
    with ExitStack() as stack:
        for where, name, here in (
            (async_sessions, "greenlet_spawn", _inline),
            (database, "AsyncSession", _Session),
            (database, "_close", AsyncSession.close),  # it awaits nothing: nobody can be cancelled
        ):
            stack.enter_context(mock.patch.object(where, name, here))
        yield


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

    def engine(self, _url: URL, *, pool_size: int, max_overflow: int, **_given: Any) -> Any:
        """An engine whose connections are those of this life."""
        use = "reading" if max_overflow else "writing"  # there is one writer, and never more
        made = create_engine(
            "sqlite:///on-the-ground.db",
            creator=lambda: Connection(self.life, use),
            pool_size=pool_size,
            max_overflow=max_overflow,
        )
        return SimpleNamespace(sync_engine=made)


class Shared:
    """What serves one life after the other: making engines and compiling takes long."""

    def __init__(self) -> None:
        self._idle: list[tuple[Database, _Door]] = []
        self._first: dict[str, Engine] = {}

    def open(self, life: "Life") -> Database:
        """A database object for one life of one replica, until that life's history is over."""
        made, door = self._idle.pop() if self._idle else self._make()
        door.life = life
        made._turn = _Turn(life)
        life.world.over.append(partial(self._keep, made, door))
        return made

    def _make(self) -> tuple[Database, _Door]:
        door = _Door()
        with mock.patch.object(database, "create_async_engine", door.engine):
            made = Database("sqlite:///on-the-ground.db")
        for name, engine in (("writer", made._writer), ("reader", made._reader)):
            self._adopt(name, engine.sync_engine)
        return made, door

    def _adopt(self, name: str, engine: Engine) -> None:
        first = self._first.setdefault(name, engine)
        if first is not engine:
            engine.dialect = first.dialect
            engine._compiled_cache = first._compiled_cache

    def _keep(self, made: Database, door: _Door) -> None:
        for engine in (made._writer, made._reader):
            engine.sync_engine.dispose(close=False)  # a new pool: its connections are gone
        del door.life, made._turn
        self._idle.append((made, door))


SHARED = Shared()
