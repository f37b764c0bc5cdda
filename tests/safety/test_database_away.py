"""The database goes away and comes back: people are told, nothing typed is lost, nothing due is."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from core import calendars, incidents, schedules
from storage.vocabulary import AuditType
from tests.mail.post_office import post_office, text_of
from tests.stories.test_storms import let_it_storm
from tests.world import World, running_world, web_client

T = TypeVar("T")
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


@asynccontextmanager
async def _halfway(
    world: World,
    database_url: str,
    act: Callable[[], Coroutine[Any, Any, T]],
) -> AsyncIterator[T]:
    """Somebody acts on #2 and #3; the database goes away when #2 is written and #3 is not."""
    third, held = (await world.incident(3)).id, asyncio.Event()

    async def hold() -> None:
        async with world.tocsin.core.transaction(world.system) as tx:
            await incidents.lock(tx, third)
            held.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await held.wait()
    acting = asyncio.create_task(act())
    async with asyncio.timeout(10):
        while not (await world.incident(2)).acknowledged_at:
            await asyncio.sleep(0.01)
    async with _away(database_url):
        holding.cancel()
        yield await acting
    await asyncio.gather(holding, return_exceptions=True)


async def test_a_bundle_that_was_taken_halfway_says_what_is_left_and_takes_it_when_pressed_again(
    world: World, database_url: str
) -> None:
    await let_it_storm(world, "Search is slow", "Login fails")
    bundle = world.bob.dm()[1]
    async with _halfway(
        world, database_url, lambda: world.bob.click("Acknowledge all 2", on=bundle)
    ) as pressed:
        assert pressed.failed is None
        await world.slack.until(lambda: world.bob.ephemerals())
        said = world.bob.ephemerals()[-1].plain
        assert "You acknowledged #2." in said
        assert "#3 may not be acknowledged: press the button again" in said

    await world.settle()
    await world.bob.click("Acknowledge #3", on=world.bob.dm()[1])
    await world.settle()
    assert "None of 2" in world.bob.dm()[1].plain
    for number in (2, 3):
        assert (await world.types(number)).count(AuditType.INCIDENT_ACKNOWLEDGED) == 1


async def test_a_link_that_was_pressed_halfway_offers_the_rest(database_url: str) -> None:
    async with (
        post_office() as office,
        running_world(
            database_url,
            smtp_url=office.url,
            mail_from="tocsin@acme.example",
            public_url="http://tocsin.test",
        ) as world,
        web_client(world.tocsin) as browser,
    ):
        await let_it_storm(world, "Search is slow", "Login fails")
        (url,) = re.findall(r"^http\S+$", text_of(office.letters[1]), re.MULTILINE)
        async with _halfway(world, database_url, lambda: browser.post(url)) as pressed:
            assert pressed.status_code == 503
            assert "You acknowledged 1 of 2 incidents" in pressed.text
            assert "Press again to acknowledge the rest" in pressed.text
            assert "It may not have been acknowledged." in pressed.text
            assert "Acknowledge the other</button>" in pressed.text

        again = await browser.post(url)
        assert "You acknowledged #3" in again.text
        assert (await world.incident(3)).acknowledged_by == "Bob Okafor"


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


async def test_a_calendar_is_asked_to_come_again(world: World, database_url: str) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        (schedule,) = await schedules.list_schedules(tx)
        path = (await calendars.feed_for_schedule(tx, schedule.id)).path
    async with web_client(world.tocsin) as web:
        async with _away(database_url):
            away = await web.get(path)
            assert (away.status_code, away.headers["Retry-After"]) == (503, "60")
            assert "can't reach its database" in away.text
        assert (await web.get(path)).status_code == 200
