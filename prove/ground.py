"""The file on which histories take place, one after the other, each on the stage as it was set.

The file and the connections to it are made once: what SQLite knows of the tables, and the
statements that it has prepared, then serve every history. Before each the rows of every table are
made those of the stage again.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import Any

MEMORY = Path("/dev/shm")  # noqa: S108  (a folder of one's own is made in it)

PREPARED = 512
"""More statements than the product has."""

_TABLES = "SELECT name FROM stage.sqlite_master WHERE type = 'table' ORDER BY name LIKE 'sqlite_%'"
"""SQLite's own table last: it counts what is put into the others."""


class Ground:
    """A database file of this process, and its connections, which nobody but it closes."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._stage = b""
        self._again: tuple[str, ...] = ()
        """What makes the file what it was."""
        self._idle: defaultdict[str, list[Connection]] = defaultdict(list)
        self._taken: dict[Connection, str] = {}

    def set(self, stage: bytes) -> None:
        """Make the tables what they are before a history. Nobody has a connection any more."""
        if stage != self._stage or self._folder is None or self._taken:
            self.clear()
            self._make(stage)
        else:
            for statement in self._again:
                self._cleaner.execute(statement)

    def take(self, use: str) -> "Connection":
        """A connection, as if it were new, but for how those of the same use have set it up."""
        idle = self._idle[use]
        connection = idle.pop() if idle else self._connect("tocsin.db")
        self._taken[connection] = use
        return connection

    def give_back(self, connection: "Connection") -> None:
        """Undo what was not committed; another of the same use may have the connection."""
        connection.rollback()
        self._idle[self._taken.pop(connection)].append(connection)

    def clear(self) -> None:
        """Close every connection, and remove the file."""
        if self._folder is None:
            return
        for connection in (*chain(*self._idle.values()), *self._taken, self._cleaner):
            connection.close()
        self._idle.clear()
        self._taken.clear()
        shutil.rmtree(self._folder)
        self._folder = None

    def _make(self, stage: bytes) -> None:
        memory = MEMORY if os.access(MEMORY, os.W_OK) else None
        self._folder = Path(tempfile.mkdtemp(prefix="tocsin-prove-", dir=memory))
        for name in ("stage.db", "tocsin.db"):
            (self._folder / name).write_bytes(stage)
        self._stage = stage
        self._cleaner = self._connect("tocsin.db")
        self._cleaner.execute("ATTACH ? AS stage", (str(self._folder / "stage.db"),))
        self._cleaner.set_authorizer(_trail_may_be_undone)
        tables = [name for (name,) in self._cleaner.execute(_TABLES)]
        rows = [
            (f"DELETE FROM main.{name}", f"INSERT INTO main.{name} SELECT * FROM stage.{name}")  # noqa: S608  (our own tables)
            for name in tables
        ]
        self._again = ("BEGIN IMMEDIATE", *(one for both in rows for one in both), "COMMIT")

    def _connect(self, name: str) -> "Connection":
        assert self._folder is not None  # noqa: S101  (made before anybody connects)
        return sqlite3.connect(
            self._folder / name,
            timeout=0,
            isolation_level=None,
            cached_statements=PREPARED,
            factory=Connection,
        )


class Connection(sqlite3.Connection):
    """A connection that is set up once: each time anew, SQLite forgets what it has prepared."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._set: set[str] = set()

    def set_up(self, pragma: str) -> None:
        """Carry out a PRAGMA, unless it was before."""
        if pragma not in self._set:
            self.execute(pragma)
            self._set.add(pragma)


def _trail_may_be_undone(
    action: int, _1: str | None, _2: str | None, _database: str | None, trigger: str | None
) -> int:
    """Leave out what the triggers do that keep the audit trail: they refuse, by a SELECT."""
    return (
        sqlite3.SQLITE_IGNORE if trigger and action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_OK
    )


GROUND = Ground()
atexit.register(GROUND.clear)
