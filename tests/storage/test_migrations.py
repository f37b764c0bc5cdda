"""The migrations make what the models say, from the first table on, on both databases."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import CheckConstraint, Connection, inspect

from storage.columns import Base
from storage.database import Database
from storage.migrate import MIGRATIONS, current_and_head, migrate

HEAD = "0008"

pytestmark = pytest.mark.own_database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database."""
    opened = Database(database_url)
    yield opened
    await opened.dispose()


async def _run(database: Database, act: Callable[[Connection], Any]) -> Any:
    async with database.engine.connect() as connection:
        answer = await connection.run_sync(act)
        await connection.commit()
        return answer


async def _alembic(database: Database, act: Callable[..., None], *args: str) -> None:
    """Run one of Alembic's commands."""

    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        act(config, *args)

    await _run(database, run)


async def _tables(database: Database) -> set[str]:
    return set(await _run(database, lambda connection: inspect(connection).get_table_names()))


async def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    await _alembic(database, command.check)  # raises where they differ


async def test_every_check_of_the_models_is_in_the_database(database: Database) -> None:
    def checks(connection: Connection) -> dict[str, set[str | None]]:
        found = inspect(connection)
        return {
            table: {one["name"] for one in found.get_check_constraints(table)}
            for table in Base.metadata.tables
        }

    assert await _run(database, checks) == {
        name: {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        for name, table in Base.metadata.tables.items()
    }


async def test_the_first_migrations_make_every_table_from_nothing(database: Database) -> None:
    await _alembic(database, command.downgrade, "base")
    assert await _tables(database) == {"alembic_version"}
    assert await current_and_head(database) == (None, HEAD)

    assert await migrate(database) == (None, HEAD)
    assert await _tables(database) == {"alembic_version", *Base.metadata.tables}
    await _alembic(database, command.check)


async def test_migrating_what_is_up_to_date_does_nothing(database: Database) -> None:
    assert await migrate(database) == (HEAD, HEAD)
    assert await current_and_head(database) == (HEAD, HEAD)


async def test_an_empty_file_gets_every_table(tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")

    assert await migrate(database) == (None, HEAD)
    assert await _tables(database) == {"alembic_version", *Base.metadata.tables}
    await database.dispose()
