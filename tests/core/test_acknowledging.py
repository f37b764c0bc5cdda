"""Acknowledging and resolving stop the clock, once, and say who did."""

from uuid import uuid4

import pytest

from core import escalation, updates
from core.errors import NotFound
from storage.vocabulary import AuditType, EscalationState, Status
from tests.cast import NOON
from tests.core import given
from tests.core.progress import clock, minutes
from tests.engine import Engine

# Acknowledging


async def test_acknowledging_stops_the_clock_and_says_who(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.clock.at = minutes(2)

    taken = await engine.do("dave", escalation.acknowledge, incident.id)
    await engine.pass_time(days=30)

    assert (taken.acknowledged_by, taken.acknowledged_by_id) == ("Dave", engine.cast["dave"].id)
    assert taken.acknowledged_at == minutes(2)
    assert taken.status is Status.INVESTIGATING
    assert await clock(engine) == (EscalationState.ACKNOWLEDGED, 1, None)
    assert engine.sender.pages() == [("Bob", 1)]
    assert (await engine.types())[3:] == [
        AuditType.INCIDENT_ACKNOWLEDGED,
        AuditType.ESCALATION_STOPPED,
    ]
    assert engine.sender.kinds().count("acknowledged") == 1


async def test_acknowledging_again_succeeds_and_the_first_wins(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("dave", escalation.acknowledge, incident.id)
    await engine.settle()
    before = await engine.types()
    engine.clock.at = minutes(1)

    again = await engine.do("carol", escalation.acknowledge, incident.id)
    await engine.settle()

    assert (again.acknowledged_by, again.acknowledged_at) == ("Dave", NOON)
    assert await engine.types() == before
    assert engine.sender.kinds().count("acknowledged") == 1


async def test_acknowledging_what_is_resolved_succeeds_and_does_nothing(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.resolve, incident.id)
    before = await engine.types()

    after = await engine.do("dave", escalation.acknowledge, incident.id)

    assert (after.acknowledged_by, after.acknowledged_at) == (None, None)
    assert after.escalation_state is EscalationState.STOPPED
    assert await engine.types() == before


async def test_acknowledging_an_exhausted_incident_records_who(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.pass_time(minutes=20)

    taken = await engine.do("dave", escalation.acknowledge, incident.id)

    assert taken.acknowledged_by == "Dave"
    assert await clock(engine) == (EscalationState.ACKNOWLEDGED, 2, None)
    assert AuditType.ESCALATION_STOPPED not in await engine.types()


async def test_acknowledging_without_a_policy_leaves_the_escalation_idle(engine: Engine) -> None:
    incident = await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)

    taken = await engine.do("dave", escalation.acknowledge, incident.id)

    assert (taken.acknowledged_by, taken.escalation_state) == ("Dave", EscalationState.IDLE)


async def test_nobody_acknowledges_an_incident_of_another_organization(engine: Engine) -> None:
    incident = await engine.declare()
    mallory = await given.stranger(engine)

    for unknown in (incident.id, uuid4()):
        with pytest.raises(NotFound):
            async with engine.core.transaction(mallory) as tx:
                await escalation.acknowledge(tx, unknown)

    assert (await engine.incident()).acknowledged_at is None


# Resolving


async def test_resolving_stops_everything(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    await engine.do("bob", updates.resolve, incident.id)
    await engine.pass_time(days=30)

    assert await clock(engine) == (EscalationState.STOPPED, 1, None)
    assert engine.sender.pages() == [("Bob", 1)]
    assert await given.data_of(engine, AuditType.ESCALATION_STOPPED) == [
        {"layer": 1, "reason": "resolved"}
    ]


async def test_resolving_without_a_policy_stops_too_and_claims_to_have_stopped_nothing(
    engine: Engine,
) -> None:
    incident = await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.do("dave", updates.resolve, incident.id)

    assert await clock(engine) == (EscalationState.STOPPED, None, None)
    assert await given.data_of(engine, AuditType.ESCALATION_STOPPED) == []
