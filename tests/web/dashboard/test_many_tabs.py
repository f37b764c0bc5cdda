"""Many tabs that refresh at once: each is shown; nobody who is paged or who acts waits for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.pool import QueuePool
from starlette.types import Message

from core import audit, people
from storage.database import Database
from storage.models import DashboardSession
from storage.vocabulary import AuditType
from tests.engine import Engine
from tests.web.dashboard.desk import desk, sign_in
from tests.web.dashboard.forms import forms_of
from web.dashboard import READING, WRITING
from web.dashboard.live import SPREAD_SECONDS, TrailWatch

TABS = 100
PATIENCE = 10
FEW = 8
"""So many are answered during the trips of one act to the database, two at a time."""


on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
"""It is PostgreSQL whose connections all share; an embedded database has some for reading."""


@asynccontextmanager
async def _nobody_reads(table: str, database_url: str) -> AsyncIterator[None]:
    """Whoever asks for what stands there waits, and keeps their connection meanwhile."""
    other = Database(database_url)
    async with other.writing() as session:
        await session.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield
    await other.dispose()


@on_postgresql
@pytest.mark.parametrize("asks", ["for pages", "whether anything happened"])
async def test_people_are_paged_while_every_tab_refreshes(
    engine: Engine, database_url: str, asks: str
) -> None:
    paths = ["/", "/on-call", "/policies", "/publishing", f"/policies/{engine.policy_id}"]
    if asks == "whether anything happened":
        paths = ["/last"]
    async with desk(engine) as client:
        await sign_in(engine, client, "bob")
        async with _nobody_reads("dashboard_sessions", database_url):
            tabs = [
                asyncio.create_task(client.get(f"/app{paths[tab % len(paths)]}"))
                for tab in range(TABS)
            ]
            await asyncio.sleep(0.1)
            async with asyncio.timeout(PATIENCE):
                await engine.declare()
                await engine.worker.settle()
            assert not any(tab.done() for tab in tabs)
        async with asyncio.timeout(3 * PATIENCE):
            shown = await asyncio.gather(*tabs)

    assert engine.sender.pages() == [("Bob", 1)]
    assert {answer.status_code for answer in shown} == {200}


@on_postgresql
async def test_however_many_ask_whether_anything_happened_they_take_few_connections(
    engine: Engine, database_url: str
) -> None:
    pool = engine.core.database.engine.pool
    assert isinstance(pool, QueuePool)
    async with desk(engine) as client:
        await sign_in(engine, client, "bob")
        async with _nobody_reads("audit_events", database_url):
            tabs = [asyncio.create_task(client.get("/app/last")) for _ in range(TABS)]
            await asyncio.sleep(0.4)  # time enough to open all the connections that there may be
            assert pool.checkedout() == READING
        answers = await asyncio.gather(*tabs)

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("tabs", [40, pytest.param(200, marks=pytest.mark.long)])
@pytest.mark.parametrize("by_themselves", [True, False], ids=["by themselves", "because we look"])
async def test_an_acknowledgement_comes_before_tabs_that_ask_for_pages(
    engine: Engine, tabs: int, by_themselves: bool
) -> None:
    await engine.declare()
    path = "/app/incidents/1"
    headers = {"X-Live": "1"} if by_themselves else {}
    async with desk(engine) as client:
        await sign_in(engine, client, "bob")
        form = forms_of((await client.get(path)).text)["acknowledge"].fields
        asking = [asyncio.create_task(client.get(path, headers=headers)) for _ in range(tabs)]
        await asyncio.sleep(0)  # all of them came first
        answer = await client.post(
            f"{path}/acknowledge", headers={"Sec-Fetch-Site": "same-origin"}, data=form
        )
        before = sum(tab.done() for tab in asking)
        await asyncio.gather(*asking)

    assert answer.status_code == 303
    assert before <= FEW


async def test_no_page_waits_for_forms_that_wait_for_who_writes(engine: Engine) -> None:
    forms = 2 * (READING + WRITING)
    async with desk(engine) as client:
        await sign_in(engine, client, "bob")
        form = next(
            form.fields
            for form in forms_of((await client.get("/app/policies/new")).text).values()
            if "name" in form.fields
        )
        async with engine.core.transaction(engine.system) as tx:
            await people.lock_organization(tx)
            sent = [
                asyncio.create_task(
                    client.post(
                        "/app/policies/new",
                        headers={"Sec-Fetch-Site": "same-origin"},
                        data={**form, "name": f"Policy {number}"},
                    )
                )
                for number in range(forms)
            ]
            await asyncio.sleep(0.1)
            async with asyncio.timeout(PATIENCE):
                shown = [await client.get(f"/app{path}") for path in ("/", "/last", "/policies")]
            assert not any(one.done() for one in sent)
        made = await asyncio.gather(*sent)

    assert {answer.status_code for answer in shown} == {200}
    assert {answer.status_code for answer in made} == {303}


async def test_tabs_are_told_of_a_change_one_after_the_other(engine: Engine) -> None:
    watch = TrailWatch(engine.core, look_seconds=0.01)
    seconds = asyncio.get_running_loop().time

    async def told_at() -> float:
        events = watch.follow(engine.organization_id)
        first = await anext(events)
        assert first is not None
        listening.release()
        assert await anext(events) != first
        await events.aclose()
        return seconds()

    listening = asyncio.Semaphore(0)
    tabs = [asyncio.create_task(told_at()) for _ in range(TABS)]
    async with asyncio.timeout(PATIENCE):
        for _ in range(TABS):
            await listening.acquire()
        async with engine.core.transaction(engine.system) as tx:
            audit.record(tx, AuditType.MEMBER_ADDED)
        changed = seconds()
        moments = sorted(await asyncio.gather(*tabs))
    await watch.stop()

    assert moments[-1] - moments[0] > SPREAD_SECONDS / 2
    assert moments[-1] - changed < 1


async def test_a_page_is_shown_before_it_is_kept_that_somebody_looked(engine: Engine) -> None:
    async with desk(engine) as client:
        await sign_in(engine, client, "bob")
        engine.clock.at += timedelta(minutes=2)
        transport, shown = client._transport, asyncio.Event()
        assert isinstance(transport, httpx.ASGITransport)

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                shown.set()

        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        scope = {
            "type": "http", "method": "GET", "path": "/app/", "query_string": b"",
            "headers": [(b"host", b"tocsin.test"), (b"cookie", cookies.encode())],
        }  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            async with engine.core.transaction(engine.system) as tx:
                await people.lock_organization(tx)
                await tx.db.execute(update(DashboardSession).values(began_at=tx.now))
                looking = asyncio.create_task(transport.app(scope, _nothing, send))
                await shown.wait()
                assert not looking.done()
            await looking
    async with engine.core.reading(engine.system) as tx:
        assert await tx.db.scalar(select(DashboardSession.seen_at)) == engine.clock.at


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
