"""The database as `serve` needs it: its own alone where it is a file, with the tables of today."""

import asyncio
import fcntl
import logging
from pathlib import Path
from typing import IO

from assembly.settings import SettingsError
from storage.database import Database, DatabaseUnavailable
from storage.migrate import current_and_head, migrate

log = logging.getLogger(__name__)

RETRY_SECONDS = 3


def only_one(file: Path | None) -> IO[str] | None:
    """Hold a SQLite file for this process alone. Raises SettingsError if another serves it."""
    if file is None:
        return None
    lock = file.with_name(f"{file.name}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise SettingsError(
            f"Another `serve` is running on {file}. SQLite is for one process: stop that one, "
            "or set DATABASE_URL to a PostgreSQL to run several."
        ) from None
    return lock


async def have_tables(database: Database) -> None:
    """SQLite is brought up to date; PostgreSQL is asked to be: replicas must not race.

    Waits for a database that does not answer yet. Raises SettingsError for other tables.
    """
    if database.is_sqlite:
        await migrate(database)
        return
    while True:
        try:
            current, head = await current_and_head(database)
        except DatabaseUnavailable as error:
            log.error("the database does not answer yet: %s", error)
            await asyncio.sleep(RETRY_SECONDS)
            continue
        if current != head:
            raise SettingsError(
                f"The database is at {current or 'no'} revision and this version of Tocsin "
                f"needs {head}: run `python app.py migrate` first."
            )
        return
