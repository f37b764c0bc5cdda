"""The file on which histories take place, one after the other, each on the stage as it was set.

The file and the connections to it are made once: what SQLite knows of the tables, and the
statements that it has prepared, then serve every history. What a history wrote is undone to the
byte: its log is emptied into the file, and the stage is written over it.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  (a folder of one's own is made in it)

PREPARED = 512
"""More statements than the product has."""


class Ground:
    """A database file of this process, and its connections, which nobody but it closes."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._stage = b""
        self._idle: list[sqlite3.Connection] = []
        self._taken: set[sqlite3.Connection] = set()

    def set(self, stage: bytes) -> None:
        """Make the file what it is before a history. Nobody has a connection any more."""
        if stage != self._stage or self._taken or not self._is_emptied():
            self.clear()
            self._stage = stage
            memory = MEMORY if os.access(MEMORY, os.W_OK) else None
            self._folder = Path(tempfile.mkdtemp(prefix="tocsin-prove-", dir=memory))
        # The log is empty, and whoever reads next sees that it was begun anew: SQLite then
        # forgets what it has read of the file. The tables are the same, and so is their version.
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(stage)
            file.truncate()

    def take(self) -> sqlite3.Connection:
        """A connection, as if it were new."""
        if self._idle:
            connection = self._idle.pop()
            connection.execute("PRAGMA query_only=OFF")
        else:
            connection = sqlite3.connect(
                self._file, timeout=0, isolation_level=None, cached_statements=PREPARED
            )
        self._taken.add(connection)
        return connection

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Undo what was not committed; another may have the connection."""
        connection.rollback()
        self._taken.discard(connection)
        self._idle.append(connection)

    def clear(self) -> None:
        """Close every connection, and remove the file."""
        for connection in (*self._idle, *self._taken):
            connection.close()
        self._idle.clear()
        self._taken.clear()
        if self._folder:
            shutil.rmtree(self._folder)
            self._folder = None

    @property
    def _file(self) -> Path:
        assert self._folder is not None  # noqa: S101  (set before it is asked)
        return self._folder / "tocsin.db"

    def _is_emptied(self) -> bool:
        """Empty the log, by a connection of its own: one that does so forgets nothing."""
        with closing(sqlite3.connect(self._file, timeout=0, isolation_level=None)) as connection:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


GROUND = Ground()
atexit.register(GROUND.clear)
