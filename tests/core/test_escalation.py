"""The clock: layer after layer until somebody acknowledges, and what stops or restarts it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from core import escalation, firing, policies, updates
from core.errors import AlreadyOwner, IncidentResolved, InvalidTargetUser, NotFound
from core.policies import EscalationLayerDraft
from core.targets import LayerSnapshot
from storage.models import Incident
from storage.vocabulary import AuditType, DeliveryState, EscalationState, Severity, Status
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine


def minutes(amount: float) -> datetime:
    """So many minutes after every story began."""
    return NOON + timedelta(minutes=amount)


async def _paged_at(engine: Engine) -> list[tuple[int, datetime]]:
    """Which layer was paged when."""
    return [
        (event.data["layer"], event.at)
        for event in await engine.trail()
        if event.type is AuditType.LAYER_PAGED
    ]


async def _clock(engine: Engine) -> tuple[EscalationState, int | None, datetime | None]:
    incident = await engine.incident()
    return incident.escalation_state, incident.escalation_layer, incident.next_escalation_at


# Layer after layer


async def test_layers_page_in_order_each_after_the_timeout_of_the_one_before(
    engine: Engine,
) -> None:
    await engine.declare()
    assert await _clock(engine) == (EscalationState.WAITING, 1, minutes(5))

    await engine.pass_time(minutes=4, seconds=59)
    assert await _paged_at(engine) == [(1, NOON)]

    await engine.pass_time(seconds=1)
    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(15))
    assert await _paged_at(engine) == [(1, NOON), (2, minutes(5))]
    assert engine.sender.pages() == [("Bob", 1), ("Carol", 2)]


async def test_after_the_last_timeout_it_is_exhausted_once_and_loudly(engine: Engine) -> None:
    await engine.declare()
    await engine.pass_time(days=30)

    assert await _clock(engine) == (EscalationState.EXHAUSTED, 2, None)
    assert (await engine.incident()).status is Status.INVESTIGATING
    assert [
        event.at for event in await engine.trail() if event.type is AuditType.ESCALATION_EXHAUSTED
    ] == [minutes(15)]
    assert engine.sender.kinds().count("exhausted") == 1
    assert engine.sender.pages() == [("Bob", 1), ("Carol", 2)]


async def test_every_step_is_on_the_trail_and_said(engine: Engine) -> None:
    await engine.declare()
    await engine.pass_time(minutes=20)

    assert await engine.types() == [
        AuditType.INCIDENT_CREATED,
        AuditType.LAYER_PAGED,
        AuditType.RESPONDER_PAGED,
        AuditType.ESCALATED,
        AuditType.LAYER_PAGED,
        AuditType.RESPONDER_PAGED,
        AuditType.ESCALATION_EXHAUSTED,
    ]
    assert await given.data_of(engine, AuditType.ESCALATED) == [
        {"fromLayer": 1, "toLayer": 2, "reason": "timeout"}
    ]
    said = [kind for kind in engine.sender.kinds() if kind != "page"]
    assert said == ["card", "layer_paged", "layer_paged", "exhausted"]


async def test_everybody_on_call_for_a_schedule_is_paged(engine: Engine) -> None:
    both = await given.schedule(
        engine,
        "Both",
        given.rotation(engine.cast["dave"].id, name="Primary"),
        given.rotation(engine.cast["alice"].id, name="Secondary"),
    )
    await given.policy(engine, "Both", EscalationLayerDraft(5, both))

    incident = await engine.declare(owner_schedule_id=both)
    await engine.settle()

    assert incident.owner_id == engine.cast["dave"].id
    assert sorted(engine.sender.pages()) == [("Alice", 1), ("Dave", 1)]


async def test_a_schedule_is_asked_at_the_moment_its_layer_fires(engine: Engine) -> None:
    late = await given.policy(
        engine,
        "Then the schedule",
        given.pages(engine, "alice"),
        EscalationLayerDraft(5, engine.schedule_id),
    )
    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["alice"].id,
                         escalation_policy_id=late)  # fmt: skip
    await given.override(engine, engine.schedule_id, "dave", hours=1)

    await engine.pass_time(minutes=5)

    assert engine.sender.pages() == [("Alice", 1), ("Dave", 2)]


async def test_the_layers_are_those_that_the_policy_had_when_the_escalation_began(
    engine: Engine,
) -> None:
    await engine.declare()
    async with engine.core.transaction(engine.actor("alice")) as tx:
        policy = await policies.get_policy(tx, engine.policy_id)
        draft = policies.PolicyDraft("Payments", None, (given.pages(engine, "dave", after=1),))
        await policies.change_policy(tx, policy, draft)

    await engine.pass_time(minutes=20)

    assert engine.sender.pages() == [("Bob", 1), ("Carol", 2)]
    assert await _paged_at(engine) == [(1, NOON), (2, minutes(5))]


async def test_an_hour_of_downtime_is_followed_by_one_layer(engine: Engine) -> None:
    long = await given.policy(
        engine, "Long", *(given.pages(engine, name) for name in ("alice", "bob", "carol", "dave"))
    )
    await engine.declare(escalation_policy_id=long)
    await engine.settle()

    engine.clock.at = minutes(65)
    await engine.settle()

    assert engine.sender.pages() == [("Alice", 1), ("Bob", 2)]
    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(70))


async def test_what_was_due_while_the_process_was_down_fires_by_severity_then_by_due_time(
    engine: Engine,
) -> None:
    for severity in (Severity.LOW, Severity.HIGH, Severity.HIGH, Severity.CRITICAL):
        await engine.declare(severity=severity)
        engine.clock.at += timedelta(seconds=1)
    engine.clock.at = minutes(65)

    async with engine.core.transaction(engine.system) as tx:
        assert await escalation.escalate_due(tx, limit=2) == 2

    fired = [number for number in (1, 2, 3, 4)
             if (await engine.incident(number)).escalation_layer == 2]  # fmt: skip
    assert fired == [2, 4]


async def test_nothing_is_due_before_its_time(engine: Engine) -> None:
    await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        assert await escalation.escalate_due(tx) == 0
        assert await escalation.earliest_due(tx) == minutes(5)


def test_after_the_last_layer_there_is_none() -> None:
    layers = [LayerSnapshot(position, 5, None, None, ()) for position in (1, 2)]

    assert [firing.next_layer(layers, fired) for fired in (None, 0, 1, 2, 3)] == [
        layers[0],
        layers[0],
        layers[1],
        None,
        None,
    ]


# Unstaffed


async def test_a_layer_that_pages_nobody_is_skipped_at_once_and_said(engine: Engine) -> None:
    nights = await given.empty_schedule(engine)
    skipping = await given.policy(
        engine, "Skipping", EscalationLayerDraft(5, nights), given.pages(engine, "dave")
    )
    await engine.declare(escalation_policy_id=skipping)
    await engine.settle()

    assert engine.sender.pages() == [("Dave", 2)]
    assert await given.data_of(engine, AuditType.LAYER_UNSTAFFED) == [
        {"layer": 1, "round": 1, "target": "Nights"}
    ]
    assert sorted(engine.sender.kinds()) == ["card", "layer_paged", "layer_unstaffed", "page"]
    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(5))


async def test_a_layer_in_the_middle_that_pages_nobody_costs_no_time(engine: Engine) -> None:
    skipping = await given.policy(
        engine,
        "Skipping",
        given.pages(engine, "alice"),
        given.pages(engine, "bob"),
        given.pages(engine, "dave"),
    )
    await engine.declare(escalation_policy_id=skipping)
    await given.remove(engine, "bob")
    await engine.pass_time(minutes=5)

    assert engine.sender.pages() == [("Alice", 1), ("Dave", 3)]
    assert await _paged_at(engine) == [(1, NOON), (3, minutes(5))]
    assert await given.data_of(engine, AuditType.LAYER_UNSTAFFED) == [
        {"layer": 2, "round": 1, "target": "its members"}
    ]


async def test_a_policy_of_nothing_but_empty_layers_is_exhausted_at_once(engine: Engine) -> None:
    nights = await given.empty_schedule(engine)
    await given.policy(
        engine, "Nights", EscalationLayerDraft(5, nights), EscalationLayerDraft(5, nights)
    )
    await engine.declare(owner_schedule_id=nights)
    await engine.settle()

    assert await _clock(engine) == (EscalationState.EXHAUSTED, 2, None)
    assert await engine.types() == [
        AuditType.INCIDENT_CREATED,
        AuditType.LAYER_UNSTAFFED,
        AuditType.LAYER_UNSTAFFED,
        AuditType.ESCALATION_EXHAUSTED,
        AuditType.NOBODY_PAGED,
    ]
    assert engine.sender.kinds() == [
        "card",
        "layer_unstaffed",
        "layer_unstaffed",
        "exhausted",
        "nobody_paged",
    ]


async def test_a_schedule_that_was_deleted_under_a_running_escalation_pages_nobody(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        row = await tx.db.get_one(Incident, incident.id)
        row.escalation_layers = [
            {**layer, "schedule_id": str(uuid4()), "schedule_name": "Gone", "member_ids": []}
            for layer in row.escalation_layers
        ]

    await engine.pass_time(minutes=5)

    assert await given.data_of(engine, AuditType.LAYER_UNSTAFFED) == [
        {"layer": 2, "round": 1, "target": "Gone"}
    ]


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
    assert await _clock(engine) == (EscalationState.ACKNOWLEDGED, 1, None)
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
    assert await _clock(engine) == (EscalationState.ACKNOWLEDGED, 2, None)
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


# Handing off


async def test_handing_off_pages_the_new_owner_alone_and_starts_the_layers_clock_anew(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.clock.at = minutes(3)

    handed = await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.settle()

    assert handed.owner_id == engine.cast["dave"].id
    assert handed.status is Status.INVESTIGATING
    assert await _clock(engine) == (EscalationState.WAITING, 1, minutes(8))
    assert engine.sender.pages() == [("Bob", 1), ("Dave", 1)]
    assert engine.sender.kinds().count("handed_off") == 1

    await engine.pass_time(minutes=5)
    assert engine.sender.pages() == [("Bob", 1), ("Dave", 1), ("Carol", 2)]
    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(18))


async def test_a_handoff_names_the_previous_the_new_and_the_initiator(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["dave"].id)

    who = {
        "previousOwnerId": str(engine.cast["bob"].id),
        "previousOwner": "Bob",
        "newOwnerId": str(engine.cast["dave"].id),
        "newOwner": "Dave",
    }
    told = [event for event in await engine.trail() if event.data == who]
    assert [(event.type, event.actor_name) for event in told] == [
        (AuditType.INCIDENT_HANDED_OFF, "Alice"),
        (AuditType.OWNER_CHANGED, "Alice"),
    ]


async def test_an_incident_without_an_owner_can_be_handed_off(engine: Engine) -> None:
    incident = await engine.declare(owner_schedule_id=await given.empty_schedule(engine))

    handed = await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["bob"].id)

    assert handed.owner_id == engine.cast["bob"].id
    assert await given.data_of(engine, AuditType.OWNER_CHANGED) == [
        {
            "previousOwnerId": None,
            "previousOwner": None,
            "newOwnerId": str(engine.cast["bob"].id),
            "newOwner": "Bob",
        }
    ]


async def test_handing_off_clears_the_acknowledgement_and_the_chain_goes_on(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.do("bob", escalation.acknowledge, incident.id)
    engine.clock.at = minutes(60)

    handed = await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)

    assert (handed.acknowledged_by, handed.acknowledged_by_id, handed.acknowledged_at) == (
        None,
        None,
        None,
    )
    assert await _clock(engine) == (EscalationState.WAITING, 1, minutes(65))
    await engine.pass_time(minutes=5)
    assert engine.sender.pages()[-2:] == [("Dave", 1), ("Carol", 2)]


async def test_the_new_owner_can_acknowledge_in_turn(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)

    taken = await engine.do("dave", escalation.acknowledge, incident.id)
    await engine.pass_time(days=1)

    assert taken.acknowledged_by == "Dave"
    assert engine.sender.kinds().count("acknowledged") == 2
    assert ("Carol", 2) not in engine.sender.pages()


async def test_handing_off_without_a_policy_pages_the_new_owner_once(engine: Engine) -> None:
    incident = await engine.declare(owner_schedule_id=None, owner_id=engine.cast["alice"].id)
    await engine.settle()

    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.pass_time(days=1)

    assert engine.sender.pages() == [("Alice", None), ("Dave", None)]
    assert await _clock(engine) == (EscalationState.IDLE, None, None)


async def test_an_exhausted_chain_waits_its_last_timeout_once_more_after_a_handoff(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.pass_time(minutes=60)

    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(70))
    await engine.pass_time(days=1)

    assert await _clock(engine) == (EscalationState.EXHAUSTED, 2, None)
    assert engine.sender.pages() == [("Bob", 1), ("Carol", 2), ("Dave", 2)]
    assert [
        event.at for event in await engine.trail() if event.type is AuditType.ESCALATION_EXHAUSTED
    ] == [minutes(15), minutes(70)]
    assert engine.sender.kinds().count("exhausted") == 2


async def test_a_policy_without_layers_is_exhausted_again_when_it_was_handed_off(
    engine: Engine,
) -> None:
    empty = await given.policy(engine, "Empty")
    incident = await engine.declare(escalation_policy_id=empty)
    await engine.do("bob", escalation.acknowledge, incident.id)

    await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.settle()

    assert await _clock(engine) == (EscalationState.EXHAUSTED, None, None)
    assert engine.sender.pages() == [("Dave", None)]


async def test_handing_back_and_forth_pages_each_time(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    for name in ("dave", "bob", "dave"):
        await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast[name].id)
        await engine.settle()

    assert engine.sender.pages() == [("Bob", 1), ("Dave", 1), ("Bob", 1), ("Dave", 1)]


async def test_handing_off_to_the_owner_is_refused(engine: Engine) -> None:
    incident = await engine.declare()
    before = await engine.types()

    with pytest.raises(AlreadyOwner):
        await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["bob"].id)

    assert await engine.types() == before


async def test_handing_off_to_somebody_who_is_no_member_is_refused(engine: Engine) -> None:
    incident = await engine.declare()
    mallory = await given.stranger(engine)
    await given.remove(engine, "dave")

    for nobody in (uuid4(), mallory.id, engine.cast["dave"].id):
        with pytest.raises(InvalidTargetUser):
            await engine.do("alice", escalation.hand_off, incident.id, to=nobody)

    assert (await engine.incident()).owner_id == engine.cast["bob"].id


async def test_what_is_resolved_can_not_be_handed_off_to_anybody(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.resolve, incident.id)

    for anybody in (engine.cast["dave"].id, engine.cast["bob"].id, uuid4()):
        with pytest.raises(IncidentResolved):
            await engine.do("alice", escalation.hand_off, incident.id, to=anybody)


async def test_what_is_not_there_can_not_be_handed_off(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await engine.do("alice", escalation.hand_off, uuid4(), to=engine.cast["dave"].id)


async def test_an_owner_who_was_removed_keeps_the_incident_until_it_is_handed_on(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await given.remove(engine, "bob")
    assert (await engine.incident()).owner_id == engine.cast["bob"].id

    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["dave"].id)

    assert (await engine.incident()).owner_id == engine.cast["dave"].id


# Resolving


async def test_resolving_stops_everything(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    await engine.do("bob", updates.resolve, incident.id)
    await engine.pass_time(days=30)

    assert await _clock(engine) == (EscalationState.STOPPED, 1, None)
    assert engine.sender.pages() == [("Bob", 1)]
    assert await given.data_of(engine, AuditType.ESCALATION_STOPPED) == [
        {"layer": 1, "reason": "resolved"}
    ]


async def test_resolving_without_a_policy_stops_too_and_claims_to_have_stopped_nothing(
    engine: Engine,
) -> None:
    incident = await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.do("dave", updates.resolve, incident.id)

    assert await _clock(engine) == (EscalationState.STOPPED, None, None)
    assert await given.data_of(engine, AuditType.ESCALATION_STOPPED) == []


# Undeliverable


async def test_a_page_that_can_not_be_delivered_escalates_at_once(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, name="Bob")

    await engine.declare()
    await engine.settle()

    assert engine.sender.pages() == [("Carol", 2)]
    assert await _paged_at(engine) == [(1, NOON), (2, NOON)]
    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(10))
    assert await given.data_of(engine, AuditType.ESCALATED) == [
        {"fromLayer": 1, "toLayer": 2, "reason": "undeliverable"}
    ]


async def test_if_nobody_at_all_can_be_paged_it_is_exhausted_at_once(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="page")

    await engine.declare()
    await engine.settle()

    assert await _clock(engine) == (EscalationState.EXHAUSTED, 2, None)
    assert engine.sender.kinds().count("exhausted") == 1
    assert engine.sender.kinds().count("page_failed") == 2


async def test_a_layer_goes_on_waiting_while_somebody_else_of_it_was_reached(
    engine: Engine,
) -> None:
    two = await given.policy(
        engine, "Two", given.pages(engine, "bob", "dave"), given.pages(engine, "carol")
    )
    engine.sender.before = given.failing(given.NEVER, name="Bob")

    await engine.declare(escalation_policy_id=two)
    await engine.settle()

    assert engine.sender.pages() == [("Dave", 1)]
    assert await _clock(engine) == (EscalationState.WAITING, 1, minutes(5))


async def test_a_layer_whose_last_hope_fails_escalates_then(engine: Engine) -> None:
    two = await given.policy(
        engine, "Two", given.pages(engine, "bob", "dave"), given.pages(engine, "carol")
    )
    engine.sender.before = given.failing(given.NEVER, kind="page")

    await engine.declare(escalation_policy_id=two)
    await engine.settle()

    assert [event.data["toLayer"] for event in await engine.trail()
            if event.type is AuditType.ESCALATED] == [2]  # fmt: skip


async def test_a_new_owner_who_can_not_be_reached_escalates_at_once(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.sender.before = given.failing(given.NEVER, name="Dave")

    await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.settle()

    assert engine.sender.pages() == [("Bob", 1), ("Carol", 2)]


async def test_a_page_of_a_layer_that_is_over_does_not_escalate_again(engine: Engine) -> None:
    failing = given.failing(given.LATER, name="Bob")
    engine.sender.before = failing
    await engine.declare()
    await engine.pass_time(minutes=6)
    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(15))

    engine.sender.before = given.failing(given.NEVER, name="Bob")
    await engine.pass_time(minutes=2)

    assert await _clock(engine) == (EscalationState.WAITING, 2, minutes(15))
    states = {one.layer: one.state for one in await engine.deliveries() if one.kind == "page"}
    assert states == {1: DeliveryState.FAILED, 2: DeliveryState.SENT}


async def test_without_a_policy_a_page_that_fails_is_said_and_that_is_all(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="page")

    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.settle()

    assert await _clock(engine) == (EscalationState.IDLE, None, None)
    assert engine.sender.kinds() == ["card", "page_failed"]
