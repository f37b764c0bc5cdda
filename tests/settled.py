"""What setting up leaves in a database: kept the first time, and put there ever after.

Hundreds of tests begin with the same organization, and each statement that makes it costs a test
a millisecond. Only what was empty is filled or kept: whoever comes to a database in use sets up.
"""

import sqlite3
from collections.abc import Hashable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from storage.columns import Base

_FILES: dict[Hashable, bytes] = {}
_ROWS: dict[Hashable, dict[str, list[Any]]] = {}

_IN_USE = "SELECT EXISTS (SELECT 1 FROM organizations)"
_SERIAL = """
    SELECT setval(pg_get_serial_sequence('audit_events', 'sequence'), max(sequence))
    FROM audit_events
"""


@dataclass(frozen=True)
class Setup:
    """A setting up, by its name, of one database."""

    database_url: str
    what: Hashable
    is_done: bool
    was_empty: bool

    async def done(self) -> None:
        """Everything is there: keep it for the next who asks under this name."""
        if self.is_done or not self.was_empty:
            return
        if self.database_url.startswith("sqlite"):
            with closing(sqlite3.connect(_file(self.database_url))) as connection:
                _FILES[self.what] = connection.serialize()
        else:
            _ROWS[self.what] = await _read(self.database_url)


async def begin(database_url: str, what: Hashable) -> Setup:
    """Put there what is kept under this name, if anything is and the database is empty."""
    if database_url.startswith("sqlite"):
        path = _file(database_url)
        with closing(sqlite3.connect(path)) as connection:
            (in_use,) = connection.execute(_IN_USE).fetchone()
        content = _FILES.get(what)
        if content and not in_use:
            path.write_bytes(content)
        return Setup(database_url, what, bool(content and not in_use), not in_use)
    client = await asyncpg.connect(database_url)
    try:
        in_use = await client.fetchval(_IN_USE)
        rows = _ROWS.get(what)
        if rows and not in_use:
            await _write(client, rows)
        return Setup(database_url, what, bool(rows and not in_use), not in_use)
    finally:
        await client.close()


def _file(database_url: str) -> Path:
    return Path(str(make_url(database_url).database))


async def _read(database_url: str) -> dict[str, list[Any]]:
    client = await asyncpg.connect(database_url)
    try:
        return {
            table.name: rows
            for table in Base.metadata.sorted_tables
            if (rows := await client.fetch(f"SELECT * FROM {table.name}"))
        }
    finally:
        await client.close()


async def _write(client: Any, kept: dict[str, list[Any]]) -> None:
    await client.execute("SET session_replication_role = replica")  # in whatever order
    for name, rows in kept.items():
        await client.copy_records_to_table(name, records=rows, columns=list(rows[0].keys()))
    await client.execute(_SERIAL)
