"""Brings a database's schema to where the models are, and says whether it is there."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> tuple[str | None, str | None]:
    """Run every migration that is missing. Returns the revision before and after."""
    async with database.engine.connect() as connection:
        before = await connection.run_sync(_current)
        await connection.run_sync(_upgrade)
        await connection.commit()
        return before, await connection.run_sync(_current)


async def current_and_head(database: Database) -> tuple[str | None, str | None]:
    """The revision that the database has, and the one that this version of Tocsin wants.

    Raises DatabaseUnavailable.
    """
    async with database.reading() as session:
        current = await (await session.connection()).run_sync(_current)
    return current, ScriptDirectory.from_config(_config()).get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


def _current(connection: Connection) -> Any:
    return MigrationContext.configure(connection).get_current_revision()
