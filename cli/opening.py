"""A database, opened for one command, and the organization that the command is about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from assembly.clock import WallClock
from assembly.mail import person_channels
from assembly.settings import Settings, SettingsError
from core import people
from core.transaction import Actor, Core
from storage.database import Database, DatabaseUnavailable
from storage.migrate import current_and_head


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Core]:
    """Core on the database of the settings, closed in the end. Nothing runs in it."""
    database = Database(settings.database_url)
    try:
        yield Core(database, WallClock(), person_channels=person_channels(settings))
    finally:
        await database.dispose()


async def check_schema(database: Database) -> None:
    """Whether the tables are those of this version. Raises SettingsError, saying what to do."""
    try:
        current, head = await current_and_head(database)
    except DatabaseUnavailable as error:
        raise SettingsError(f"The database does not answer ({error}). Is it running?") from error
    if current != head:
        raise SettingsError("The tables are not there yet: run `python app.py migrate` first.")


async def known_organization(core: Core, wanted: str | None) -> UUID:
    """The organization by name, Slack team or id; else the only one. Slack is not asked.

    Raises SettingsError where it can't be known which one is meant.
    """
    async with core.reading(Actor.system()) as tx:
        known = await people.organizations(tx)
    found = [one for one in known if wanted in (None, str(one.id), one.slack_team_id, one.name)]
    if len(found) == 1:
        return found[0].id
    names = ", ".join(sorted(one.name for one in known)) or "none"
    if wanted:
        raise SettingsError(f"There is no organization “{wanted}”. There are: {names}.")
    if known:
        raise SettingsError(f"There are several organizations: say --org ({names}).")
    raise SettingsError("There is no organization yet: run `python app.py apply` or `serve` first.")
