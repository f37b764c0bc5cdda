"""The clock: layer after layer, each after its timeout, past those that page nobody, to the end."""

from datetime import timedelta
from uuid import uuid4

from core import escalation, firing, policies
from core.policies import EscalationLayerDraft
from core.targets import LayerSnapshot
from storage.models import Incident
from storage.vocabulary import AuditType, EscalationState, Severity, Status
from tests.cast import NOON
from tests.core import given
from tests.core.progress import clock, minutes, paged_at
from tests.engine import Engine

# Layer after layer


async def test_layers_page_in_order_each_after_the_timeout_of_the_one_before(
    engine: Engine,
) -> None:
    await engine.declare()
    assert await clock(engine) == (EscalationState.WAITING, 1, minutes(5))

    await engine.pass_time(minutes=4, seconds=59)
    assert await paged_at(engine) == [(1, NOON)]

    await engine.pass_time(seconds=1)
    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(15))
    assert await paged_at(engine) == [(1, NOON), (2, minutes(5))]
    assert engine.sender.pages() == [("Bob", 1), ("Carol", 2)]


async def test_after_the_last_timeout_it_is_exhausted_once_and_loudly(engine: Engine) -> None:
    await engine.declare()
    await engine.pass_time(days=30)

    assert await clock(engine) == (EscalationState.EXHAUSTED, 2, None)
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
    assert await paged_at(engine) == [(1, NOON), (2, minutes(5))]


async def test_an_hour_of_downtime_is_followed_by_one_layer(engine: Engine) -> None:
    long = await given.policy(
        engine, "Long", *(given.pages(engine, name) for name in ("alice", "bob", "carol", "dave"))
    )
    await engine.declare(escalation_policy_id=long)
    await engine.settle()

    engine.clock.at = minutes(65)
    await engine.settle()

    assert engine.sender.pages() == [("Alice", 1), ("Bob", 2)]
    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(70))


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
    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(5))


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
    assert await paged_at(engine) == [(1, NOON), (3, minutes(5))]
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

    assert await clock(engine) == (EscalationState.EXHAUSTED, 2, None)
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
