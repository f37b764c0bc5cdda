"""A change that another process commits is on this one's page too; readers cost no query."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import event

from core import status_pages, updates
from core.publishing import Publishing
from core.status_pages import StatusPageDraft
from core.transaction import Core
from storage.database import Database
from storage.vocabulary import Visibility
from tests.core import public
from tests.engine import Engine
from web.status_pages import StatusPages


async def nobody(_scope: object, _receive: object, _send: object) -> None:
    """What lies behind the status pages, and is never asked here."""
    raise AssertionError("only status pages are asked for")


@asynccontextmanager
async def another_process(engine: Engine) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    """The pages as another process on the same database serves them."""
    url = engine.core.database.url.render_as_string(hide_password=False)
    database = Database(url)
    pages = Publishing(Core(database, engine.clock))
    served = StatusPages(nobody, pages, public_url=None, now=engine.clock.now)
    await served.start()
    transport = httpx.ASGITransport(app=served)
    async with httpx.AsyncClient(transport=transport, base_url="http://status.test") as client:
        try:
            yield client, database
        finally:
            await served.stop()
            await database.dispose()


async def test_what_another_process_commits_is_on_the_page(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    incident = await engine.declare(title="Checkout is down", component_ids=[api])
    async with another_process(engine) as (reader, _):
        before = await reader.get("/status/acme")
        await engine.do(
            "bob", updates.post_update, incident.id, body="Found it", visibility=Visibility.PUBLIC
        )
        async with asyncio.timeout(20):  # two seconds are promised; a machine may be busy
            while "Found it" not in (after := await reader.get("/status/acme")).text:
                await asyncio.sleep(0.05)
        await engine.do(
            "alice", status_pages.change_page, page, StatusPageDraft("acme", "Acme", (api,), False)
        )
        async with asyncio.timeout(20):
            while (await reader.get("/status/acme")).status_code != 404:
                await asyncio.sleep(0.05)

    assert "Checkout is down" in before.text
    assert before.headers["etag"] != after.headers["etag"]


@pytest.mark.parametrize("path", ["/status/acme", "/status/acme.json", "/status/nothing"])
async def test_a_request_asks_the_database_nothing(engine: Engine, path: str) -> None:
    await public.page(engine, await public.component(engine))
    async with another_process(engine) as (reader, database):
        await reader.get(path)
        asked: list[str] = []

        @event.listens_for(database._reader.sync_engine, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        answers = [await reader.get(path) for _ in range(300)]

    loads = [one for one in asked if "status_pages.version" not in one and "SELECT" in one]
    assert len({one.status_code for one in answers}) == 1
    assert loads == [], "the look for newer versions, twice a second, is all there is"
    assert len(asked) < len(answers) / 10
