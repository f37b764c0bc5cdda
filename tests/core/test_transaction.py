"""One command, one transaction, one actor, one instant; and what a missing database is called."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from core import escalation, incidents, people, updates
from core.errors import NotReady, Unavailable
from core.transaction import Actor, Core, Transaction
from storage.database import Database, DatabaseUnavailable
from storage.models import AuditEvent, Incident
from storage.vocabulary import Status
from tests.cast import NOON, StoryClock
from tests.engine import Engine


class TickingClock:
    """A clock on which every look finds a second more."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.at).total_seconds()


async def _events(engine: Engine) -> int:
    async with engine.core.reading(engine.system) as tx:
        return (await tx.db.scalar(select(func.count()).select_from(AuditEvent))) or 0


async def test_leaving_by_an_exception_writes_nothing_and_wakes_nobody(engine: Engine) -> None:
    incident = await engine.declare()
    woken: list[datetime] = []
    engine.core.on_due = woken.append
    before = await engine.types()

    async def stumble(tx: Transaction) -> None:
        await updates.post_update(tx, incident.id, status_change=Status.IDENTIFIED)
        await escalation.acknowledge(tx, incident.id)
        raise KeyError

    with pytest.raises(KeyError):
        await engine.do("bob", stumble)

    after = await engine.incident()
    assert (after.status, after.acknowledged_at) == (Status.INVESTIGATING, None)
    assert await engine.types() == before
    assert woken == []


async def test_whoever_waits_is_told_the_earliest_instant_after_the_commit(
    engine: Engine,
) -> None:
    told: list[datetime] = []
    engine.core.on_due = told.append
    async with engine.core.transaction(engine.system) as tx:
        tx.due += [NOON + timedelta(minutes=2), NOON + timedelta(minutes=1)]
        assert told == []

    assert told == [NOON + timedelta(minutes=1)]


async def test_with_nothing_due_nobody_is_told(engine: Engine) -> None:
    told: list[datetime] = []
    engine.core.on_due = told.append
    async with engine.core.transaction(engine.system):
        pass

    assert told == []


async def test_what_a_lane_commits_is_told_to_who_listens_by_then(engine: Engine) -> None:
    lane, told = engine.core.lane(reading=1, writing=1), []
    engine.core.on_due = told.append
    async with lane.transaction(engine.system) as tx:
        tx.due.append(NOON)

    assert told == [NOON]


async def test_until_somebody_listens_what_is_due_is_told_to_nobody(database_url: str) -> None:
    core = Core(Database(database_url), StoryClock())
    async with core.transaction(Actor.system()) as tx:
        tx.due.append(NOON)
    await core.database.dispose()

    assert tx.due == [NOON]


async def test_a_transaction_has_one_instant(engine: Engine) -> None:
    engine.core.clock = TickingClock()
    async with engine.core.transaction(engine.system) as tx:
        assert tx.now == tx.now == NOON + timedelta(seconds=1)
    async with engine.core.reading(engine.system) as tx:
        assert tx.now == NOON + timedelta(seconds=2)


async def test_the_instant_is_read_after_the_lock_is_held(engine: Engine) -> None:
    incident = await engine.declare()
    async with engine.core.transaction(engine.actor("alice")) as holding:
        await incidents.lock(holding, incident.id)
        waiting = asyncio.create_task(engine.do("bob", escalation.acknowledge, incident.id))
        for _ in range(50):
            await asyncio.sleep(0)
        engine.clock.at = NOON + timedelta(seconds=9)
        assert not waiting.done()

    taken = await waiting
    assert taken.acknowledged_at == NOON + timedelta(seconds=9)


async def test_a_reading_can_not_write(engine: Engine) -> None:
    incident = await engine.declare()

    async with engine.core.reading(engine.actor("bob")) as tx:
        row = await tx.db.get_one(Incident, incident.id)
        row.title = "Changed"
        with pytest.raises(DBAPIError):
            await tx.db.flush()

    assert (await engine.incident()).title == "Checkout is down"


async def test_a_reading_does_not_wait_for_a_writer(engine: Engine) -> None:
    incident = await engine.declare()
    async with engine.core.transaction(engine.actor("alice")) as writing:
        held = await incidents.lock(writing, incident.id)
        held.title = "Changed"
        await writing.db.flush()
        async with asyncio.timeout(2):
            assert (await engine.incident()).title == "Checkout is down"

    assert (await engine.incident()).title == "Changed"


async def test_a_naive_instant_is_refused_and_nothing_is_written(engine: Engine) -> None:
    before = await _events(engine)
    engine.clock.at = datetime(2026, 11, 18, 12)  # noqa: DTZ001  (naive on purpose)

    with pytest.raises(StatementError, match="an instant without a time zone"):
        await engine.do("alice", people.ensure_by_email, "eve@example.com")

    engine.clock.at = NOON
    assert await _events(engine) == before


async def test_an_instant_of_another_zone_comes_back_as_the_same_one_in_utc(
    engine: Engine,
) -> None:
    class Tokyo(StoryClock):
        """Shows the time of Tokyo."""

        def now(self) -> datetime:
            return self.at.astimezone(ZoneInfo("Asia/Tokyo"))

    engine.core.clock = Tokyo()
    await engine.declare()

    stored = (await engine.incident()).created_at
    assert (stored, stored.tzinfo) == (NOON, UTC)


async def test_an_actor_without_an_organization_is_asked_to_wait(engine: Engine) -> None:
    async with engine.core.reading(Actor.system()) as tx:
        with pytest.raises(NotReady):
            _ = tx.organization_id


@pytest.mark.parametrize("door", ["transaction", "reading"])
async def test_a_database_that_does_not_answer_is_said_plainly(
    engine: Engine, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable) as refused:
        async with getattr(engine.core, door)(engine.system):
            raise DatabaseUnavailable("it is away")

    assert refused.value.code == "server_error"
    assert [(one.levelno, one.getMessage()) for one in caplog.records] == [
        (logging.ERROR, "the database does not answer: it is away")
    ]


async def test_a_database_that_is_not_there_is_said_plainly(tmp_path: Any) -> None:
    for url in (
        f"sqlite:///{tmp_path}/no/such/folder/tocsin.db",
        f"postgresql://tocsin@/tocsin?host={tmp_path}",
        "postgresql://tocsin@127.0.0.1:1/tocsin",
    ):
        core = Core(Database(url), StoryClock())
        with pytest.raises(Unavailable):
            async with core.transaction(Actor.system()):
                pass
        with pytest.raises(Unavailable):
            async with core.reading(Actor.system()) as tx:
                await tx.db.execute(text("SELECT 1"))
        await core.database.dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("door", ["transaction", "reading"])
async def test_a_database_that_goes_away_in_the_middle_is_said_plainly_and_may_come_back(
    engine: Engine, door: str
) -> None:
    async def read_and_be_cut_off() -> None:
        async with getattr(engine.core, door)(engine.system) as tx:
            mine = await tx.db.scalar(text("SELECT pg_backend_pid()"))
            async with engine.core.transaction(engine.system) as killer:
                await killer.db.execute(text(f"SELECT pg_terminate_backend({mine})"))
            await people.members(tx)

    for _ in range(10):  # how a driver learns of it is a race
        with pytest.raises(Unavailable):
            await read_and_be_cut_off()

    assert (await engine.declare()).number == 1
