"""The stream that tells open pages of a change, for as long as its reader is signed in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit, people, sessions, team
from core.transaction import Actor, Core
from storage.database import Database, DatabaseUnavailable
from storage.vocabulary import AuditType
from tests.engine import Engine
from tests.web.dashboard.desk import desk, sign_in
from web.dashboard.live import TrailWatch

LOOK, BREATH = 0.03, 0.2
PATIENCE = 3


async def _other_organization(engine: Engine) -> UUID:
    made = await people.ensure_organization(engine.core, slack_team_id="T-OTHER", name="Other")
    return made.id


@asynccontextmanager
async def _always_changing(engine: Engine, organization_id: UUID) -> AsyncIterator[None]:
    """Something happens there all the time, more often than anybody looks."""

    async def change() -> None:
        while True:
            async with engine.core.transaction(Actor.system(organization_id)) as tx:
                audit.record(tx, AuditType.MEMBER_ADDED)
            await asyncio.sleep(LOOK / 10)

    changing = asyncio.create_task(change())
    try:
        yield
    finally:
        changing.cancel()
        with suppress(asyncio.CancelledError):
            await changing


def _watch(engine: Engine) -> TrailWatch:
    return TrailWatch(engine.core, look_seconds=LOOK, breath_seconds=BREATH)


@pytest.mark.parametrize("whose", ["ours", "another's"])
async def test_a_stream_breathes_at_its_time_however_much_happens(
    engine: Engine, whose: str
) -> None:
    ours, other = engine.organization_id, await _other_organization(engine)
    watch = _watch(engine)
    async with _always_changing(engine, ours if whose == "ours" else other):
        told = []
        async with asyncio.timeout(PATIENCE):
            async for last in watch.follow(ours):
                told.append(last)
                if told.count(None) == 2:
                    break
    await watch.stop()

    changes = len(told) - 2
    assert changes > 2 if whose == "ours" else changes == 1


@pytest.mark.parametrize("how", ["signed out", "removed"])
async def test_a_stream_ends_with_its_session_however_much_happens(
    engine: Engine, how: str
) -> None:
    always_changing = _always_changing(engine, engine.organization_id)
    async with desk(engine, watch=_watch(engine)) as client, always_changing:
        await sign_in(engine, client, "bob")
        stream = asyncio.create_task(client.get("/app/events"))
        await asyncio.sleep(BREATH)
        assert not stream.done()
        bob = engine.cast["bob"].id
        if how == "signed out":
            await engine.do("bob", sessions.end_all, bob)
        else:
            async with engine.core.transaction(engine.system) as tx:
                await team.remove_member(tx, bob)
        done, _ = await asyncio.wait({stream}, timeout=PATIENCE)
        assert done == {stream}

    assert stream.result().text.endswith("event: over\ndata: 0\n\n")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_change_that_is_committed_after_a_later_one_is_told(engine: Engine) -> None:
    """SQLite has one writer at a time, and so none that comes after a later one."""
    watch = _watch(engine)
    events = watch.follow(engine.organization_id)

    async def seen_otherwise_than(before: str) -> str:
        return await anext(last async for last in events if last not in (None, before))

    async with desk(engine, watch=watch) as client, asyncio.timeout(PATIENCE):
        await sign_in(engine, client, "bob")
        first = await seen_otherwise_than("")
        async with engine.core.transaction(engine.system) as slow:
            audit.record(slow, AuditType.MEMBER_ADDED)
            await slow.db.flush()
            async with engine.core.transaction(Actor.system(engine.organization_id)) as quick:
                audit.record(quick, AuditType.MEMBER_ADDED)
            after_one = await seen_otherwise_than(first)
            shown, polled = await client.get("/app/"), await client.get("/app/last")
            assert f'data-seen="{after_one}"' in shown.text
            assert polled.json() == {"last": after_one}
        after_both = await seen_otherwise_than(after_one)
        assert (await client.get("/app/last")).json() == {"last": after_both}
        await events.aclose()


async def test_nothing_is_kept_of_an_organization_that_nobody_watches_any_more(
    engine: Engine,
) -> None:
    line = Cut(engine.core.database)
    core = Core(line, engine.clock)  # type: ignore[arg-type]  # it stands before one
    watch = TrailWatch(core, look_seconds=LOOK, breath_seconds=BREATH)
    async with asyncio.timeout(PATIENCE):
        events = watch.follow(engine.organization_id)
        assert await anext(events)
        line.lets_by.clear()
        await line.is_asked.wait()
        await events.aclose()
        line.lets_by.set()
        await asyncio.sleep(3 * LOOK)
    await watch.stop()

    assert watch._last == {}


class Cut:
    """Stands before a database; while the line is cut nobody reads, or they wait to be let by."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_cut = False
        self.is_asked = asyncio.Event()
        self.lets_by = asyncio.Event()
        self.lets_by.set()

    def lane(self, **_: int) -> "Cut":
        return self

    def giving_way(self) -> "Cut":
        return self

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        if self.is_cut:
            raise DatabaseUnavailable("the line is cut")
        if not self.lets_by.is_set():
            self.is_asked.set()
        await self.lets_by.wait()
        async with self._database.reading() as session:
            yield session


async def test_nobody_is_signed_out_because_the_database_is_away(engine: Engine) -> None:
    line = Cut(engine.core.database)
    core = Core(line, engine.clock)  # type: ignore[arg-type]  # it stands before one
    async with desk(engine, core=core, watch=_watch(engine)) as client:
        await sign_in(engine, client, "bob")
        stream = asyncio.create_task(client.get("/app/events"))
        await asyncio.sleep(BREATH)
        line.is_cut = True
        again, asked = await client.get("/app/events"), await client.get("/app/last")
        await asyncio.sleep(2 * BREATH)
        assert not stream.done()
        line.is_cut = False
        assert (await client.get("/app/last")).status_code == 200
        stream.cancel()

    assert (again.status_code, again.text) == (200, ": not now\n\n")
    assert asked.status_code == 503
