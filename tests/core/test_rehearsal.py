"""A rehearsal leaves nothing behind, and keeps nobody waiting who need not wait."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core import audit, escalation, people, simulation
from core.errors import NotFound, Unavailable
from core.simulation import Faults
from storage.columns import Base
from storage.database import Database
from storage.vocabulary import AuditType
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine


async def _rows(engine: Engine) -> dict[str, int]:
    async with engine.core.reading(engine.system) as tx:
        return {
            name: (await tx.db.scalar(select(func.count()).select_from(table))) or 0
            for name, table in Base.metadata.tables.items()
        }


class CountedAnything:
    """Measures that nothing may be told to."""

    def __getattr__(self, name: str) -> None:
        raise AssertionError(f"{name} was counted")


async def _simulate(engine: Engine, at: datetime | None) -> None:
    """A simulation that ends in its own time, and one in which every page fails."""
    everybody = Faults(frozenset(member.id for member in engine.cast.values()))
    await simulation.simulate(engine.core, engine.system, engine.policy_id, at=at)
    await simulation.simulate(engine.core, engine.system, engine.policy_id, at=at, faults=everybody)


@pytest.mark.parametrize(
    "at",
    [None, datetime(2019, 3, 31, 0, 59, tzinfo=UTC), datetime(2035, 10, 28, 0, 58, tzinfo=UTC)],
    ids=["now", "in the past", "in the future"],
)
async def test_it_leaves_nothing_behind(
    engine: Engine, at: datetime | None, caplog: pytest.LogCaptureFixture
) -> None:
    await given.stand_by(engine, "alice")
    await engine.declare()
    await engine.settle()
    woken: list[datetime] = []
    engine.core.on_due = woken.append
    engine.core.measures = CountedAnything()  # type: ignore[assignment]
    caplog.set_level(logging.INFO)
    before, log = await _rows(engine), len(caplog.records)

    await _simulate(engine, at)

    assert await _rows(engine) == before
    assert woken == [], "nobody is woken"
    assert [one.getMessage() for one in caplog.records[log:]] == [], "and nothing is logged"
    async with engine.core.reading(engine.system) as tx:
        assert (await people.organization(tx)).last_incident_number == 1
        assert await escalation.earliest_due(tx) == NOON + timedelta(minutes=5)
    assert (await engine.declare()).number == 2


async def test_what_is_tried_out_is_seen_while_it_lasts_and_undone_when_it_ends(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    before = await engine.types()
    async with engine.core.rehearsing(engine.actor("bob")) as rehearsal:
        tx = rehearsal.at(NOON + timedelta(days=1))
        taken = await escalation.acknowledge(tx, incident.id)
        assert taken.acknowledged_at == NOON + timedelta(days=1)
        seen = await audit.trail(rehearsal.at(NOON + timedelta(days=2)), incident.id)
        assert AuditType.INCIDENT_ACKNOWLEDGED in [event.type for event in seen]

    assert await engine.types() == before
    assert (await engine.incident()).acknowledged_at is None


async def test_one_that_fails_is_undone_too(engine: Engine) -> None:
    async def stumble() -> None:
        async with engine.core.rehearsing(engine.actor("bob")) as rehearsal:
            await escalation.acknowledge(rehearsal.at(NOON), incident.id)
            raise KeyError

    incident = await engine.declare()
    with pytest.raises(KeyError):
        await stumble()

    assert (await engine.incident()).acknowledged_at is None


async def test_many_at_a_time_and_a_declaration_among_them_wait_for_nobody_for_long(
    engine: Engine,
) -> None:
    async def simulate() -> simulation.Simulation:
        return await simulation.simulate(engine.core, engine.system, engine.policy_id)

    async with asyncio.timeout(20):
        *found, incident = await asyncio.gather(*(simulate() for _ in range(8)), engine.declare())

    assert len(set(map(str, found))) == 1
    assert incident.number == 1


async def test_a_stranger_can_rehearse_nothing_of_ours(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    with pytest.raises(NotFound):
        await simulation.simulate(engine.core, mallory, engine.policy_id)


async def test_without_a_database_it_is_said_plainly(engine: Engine) -> None:
    engine.core.database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable):
        await simulation.simulate(engine.core, engine.system, engine.policy_id)
