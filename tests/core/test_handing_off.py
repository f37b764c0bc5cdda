"""Handing off: the new owner alone is paged, the chain goes on from where it was, and who may."""

from uuid import uuid4

import pytest

from core import escalation, updates
from core.errors import AlreadyOwner, IncidentResolved, InvalidTargetUser, NotFound
from storage.vocabulary import AuditType, EscalationState, Status
from tests.core import given
from tests.core.progress import clock, minutes
from tests.engine import Engine


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
    assert await clock(engine) == (EscalationState.WAITING, 1, minutes(8))
    assert engine.sender.pages() == [("Bob", 1), ("Dave", 1)]
    assert engine.sender.kinds().count("handed_off") == 1

    await engine.pass_time(minutes=5)
    assert engine.sender.pages() == [("Bob", 1), ("Dave", 1), ("Carol", 2)]
    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(18))


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
    assert await clock(engine) == (EscalationState.WAITING, 1, minutes(65))
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
    assert await clock(engine) == (EscalationState.IDLE, None, None)


async def test_an_exhausted_chain_waits_its_last_timeout_once_more_after_a_handoff(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.pass_time(minutes=60)

    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(70))
    await engine.pass_time(days=1)

    assert await clock(engine) == (EscalationState.EXHAUSTED, 2, None)
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

    assert await clock(engine) == (EscalationState.EXHAUSTED, None, None)
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
