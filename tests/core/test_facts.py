"""What a card says of an incident: who owns it, who was paged, and what happens next."""

from datetime import timedelta

import pytest

from core import escalation, facts, updates
from core.facts import Copy, IncidentFacts, NextStep
from core.policies import EscalationLayerDraft
from storage.vocabulary import EscalationState
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _facts(engine: Engine) -> IncidentFacts:
    incident = await engine.incident()
    async with engine.core.reading(engine.system) as tx:
        return await facts.of(tx, incident)


async def test_the_facts_are_those_of_the_incident(engine: Engine) -> None:
    incident = await engine.declare(description="500s")
    await engine.settle()
    told = await _facts(engine)

    assert (told.number, told.title, told.description) == (1, "Checkout is down", "500s")
    assert (told.owner and told.owner.name, told.schedule, told.policy) == (
        "Bob",
        "Payments",
        "Payments",
    )
    assert (told.escalation_state, told.layer, told.layers, told.round) == (
        EscalationState.WAITING,
        1,
        2,
        1,
    )
    assert (told.acknowledged, told.resolved, told.version) == (False, False, incident.version)
    assert told.pages == (Copy("Bob", engine.cast["bob"].id, 1, 1, NOON),)


async def test_what_comes_next_is_the_next_layer_that_pages_anybody(engine: Engine) -> None:
    nights = await given.empty_schedule(engine)
    policy = await given.policy(
        engine,
        "Long",
        given.pages(engine, "bob"),
        EscalationLayerDraft(5, nights),
        given.pages(engine, "carol", "dave", after=9),
    )
    await engine.declare(escalation_policy_id=policy)
    assert (await _facts(engine)).next_step == NextStep(
        NOON + timedelta(minutes=5), 3, ("Carol", "Dave")
    )

    await engine.pass_time(minutes=5)
    assert (await _facts(engine)).next_step == NextStep(NOON + timedelta(minutes=14), None, ())

    await engine.pass_time(minutes=9)
    assert (await _facts(engine)).next_step is None


async def test_an_acknowledged_and_a_resolved_incident_have_no_next_step(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("carol", escalation.acknowledge, incident.id)
    taken = await _facts(engine)
    await engine.do("carol", updates.resolve, incident.id)
    over = await _facts(engine)

    assert (taken.acknowledged, taken.acknowledged_by, taken.next_step) == (True, "Carol", None)
    assert (over.resolved, over.resolved_at, over.next_step) == (True, NOON, None)
    assert over.pages == ()  # superseded: nobody was paged


async def test_an_incident_nobody_owns_says_so(engine: Engine) -> None:
    await engine.declare(owner_schedule_id=await given.empty_schedule(engine))

    assert (await _facts(engine)).owner is None
