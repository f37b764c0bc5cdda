"""The database goes away and comes back: people are told, nothing typed is lost, nothing due is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from storage.vocabulary import AuditType
from tests.world import World

_OVERDUE = timedelta(minutes=6)

pytestmark = pytest.mark.own_database


@pytest.fixture
def backend() -> Iterator[str]:
    """An embedded database does not go away."""
    return "postgresql"  # type: ignore[return-value]  # pytest takes a value as well


@asynccontextmanager
async def _away(database_url: str) -> AsyncIterator[None]:
    """Every connection to the database is cut, and no new one let in."""
    url = make_url(database_url)
    dsn = url.set(database="postgres", drivername="postgresql")
    admin = await asyncpg.connect(dsn.render_as_string(hide_password=False))
    try:
        await admin.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
            url.database,
        )
        yield
        await admin.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
    finally:
        await admin.close()


async def test_people_are_told_and_what_they_typed_stays(world: World, database_url: str) -> None:
    await world.declare(world.alice)
    card = world.alerts.messages[0]
    view = (await world.dave.command("/incident new Search is slow")).view
    async with _away(database_url):
        pressed = await world.bob.click("Acknowledge", on=card)
        submission = await world.dave.submit(view)

        assert pressed.failed is None
        told = [message.plain for message in world.bob.ephemerals()]
        assert any("can't reach its database" in text for text in told)
        assert submission.failed is None
        assert any("can't reach its database" in text for text in submission.errors.values())
        assert world.dave.modal is not None

    again = await world.dave.submit(world.dave.modal)
    assert again.ok
    await world.settle()
    assert (await world.incident(2)).title == "Search is slow"


async def test_what_came_due_meanwhile_fires_once_when_it_is_back(
    world: World, database_url: str
) -> None:
    await world.declare(world.alice)
    running = asyncio.create_task(world.tocsin.worker.run())
    async with _away(database_url):
        world.clock.at += _OVERDUE
        world.tocsin.worker.wake()
        await asyncio.sleep(0.3)
        assert world.carol.dm() == []
    await world.slack.until(lambda: world.carol.dm(), timeout=10)
    world.tocsin.worker.finish()
    await running

    assert len(world.carol.dm()) == 1
    assert (await world.types()).count(AuditType.LAYER_PAGED) == 2
