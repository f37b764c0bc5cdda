"""Declaring by the table of spec section 2: the number, the owner, the policy, the first pages."""

from dataclasses import dataclass
from typing import Any

import pytest

from core import declaring, people
from core.errors import DomainError
from core.policies import EscalationLayerDraft
from core.transaction import Actor
from storage.vocabulary import AuditType, EscalationState, Severity, Status
from tests.core import given
from tests.engine import Engine


@dataclass(frozen=True)
class Row:
    """One row of the table: what is given, and what follows."""

    gives: tuple[str, ...]
    owner: str | None
    policy: str | None
    pages: tuple[tuple[str, int | None], ...]


TABLE = (
    Row(("owner",), "dave", None, (("Dave", None),)),
    Row(("owner", "other policy"), "dave", "Other", (("Alice", 1), ("Dave", 1))),
    Row(("schedule",), "bob", "Payments", (("Bob", 1),)),
    Row(("schedule", "other policy"), "bob", "Other", (("Alice", 1),)),
    Row(("empty schedule",), None, None, ()),
    Row(("empty schedule with policy",), None, "Nights", ()),
    Row(("schedule without policy",), "carol", None, (("Carol", None),)),
    Row(("owner", "schedule"), "dave", "Payments", (("Bob", 1), ("Dave", 1))),
    Row(("owner", "schedule", "other policy"), "dave", "Other", (("Alice", 1), ("Dave", 1))),
    Row(("owner", "schedule without policy"), "dave", None, (("Dave", None),)),
    Row(("owner", "empty schedule"), "dave", None, (("Dave", None),)),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: " and ".join(row.gives))
async def test_owner_policy_and_pages_follow_from_what_is_given(engine: Engine, row: Row) -> None:
    asked: dict[str, Any] = {"owner_schedule_id": None}
    for what in row.gives:
        match what:
            case "owner":
                asked["owner_id"] = engine.cast["dave"].id
            case "schedule":
                asked["owner_schedule_id"] = engine.schedule_id
            case "schedule without policy":
                asked["owner_schedule_id"] = await given.schedule(
                    engine, "Search", given.rotation(engine.cast["carol"].id)
                )
            case "other policy":
                asked["escalation_policy_id"] = await given.policy(
                    engine, "Other", given.pages(engine, "alice")
                )
            case _:
                asked["owner_schedule_id"] = nights = await given.empty_schedule(engine)
                if what == "empty schedule with policy":
                    await given.policy(engine, "Nights", EscalationLayerDraft(5, nights))

    incident = await engine.declare(**asked)
    await engine.settle()

    assert incident.owner_id == (engine.cast[row.owner].id if row.owner else None)
    assert incident.escalation_policy_name == row.policy
    assert sorted(engine.sender.pages()) == list(row.pages)


async def test_an_override_is_honoured_when_the_owner_is_found(engine: Engine) -> None:
    await given.override(engine, engine.schedule_id, "dave", hours=1)

    incident = await engine.declare()
    await engine.settle()

    assert incident.owner_id == engine.cast["dave"].id
    assert engine.sender.pages() == [("Dave", 1)]


async def test_an_owner_who_is_on_call_too_is_paged_once(engine: Engine) -> None:
    await engine.declare(owner_id=engine.cast["bob"].id)
    await engine.settle()

    assert engine.sender.pages() == [("Bob", 1)]


async def test_a_person_named_twice_in_a_layer_is_paged_once(engine: Engine) -> None:
    twice = await given.policy(engine, "Twice", given.pages(engine, "carol", "carol"))

    await engine.declare(escalation_policy_id=twice)
    await engine.settle()

    assert engine.sender.pages() == [("Carol", 1)]


async def test_the_incident_begins_investigating_and_waits_for_its_first_layer(
    engine: Engine,
) -> None:
    incident = await engine.declare(description="  500s  ")

    assert (incident.number, incident.status) == (1, Status.INVESTIGATING)
    assert incident.description == "500s"
    assert (incident.created_by, incident.created_by_id) == ("Alice", engine.cast["alice"].id)
    assert incident.created_at == incident.updated_at == engine.clock.at
    assert incident.escalation_state is EscalationState.WAITING
    assert (incident.escalation_layer, incident.owner_schedule_name) == (1, "Payments")
    assert await given.data_of(engine, AuditType.INCIDENT_CREATED) == [
        {
            "number": 1,
            "title": "Checkout is down",
            "severity": "critical",
            "ownerId": str(engine.cast["bob"].id),
            "schedule": "Payments",
            "policy": "Payments",
            "components": [],
        }
    ]


async def test_an_incident_without_a_policy_has_no_clock(engine: Engine) -> None:
    incident = await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.pass_time(days=30)

    assert incident.escalation_state is EscalationState.IDLE
    assert engine.sender.pages() == [("Dave", None)]
    assert await engine.types() == [
        AuditType.INCIDENT_CREATED,
        AuditType.OWNER_PAGED,
        AuditType.RESPONDER_PAGED,
    ]


async def test_an_incident_that_pages_nobody_says_so_loudly(engine: Engine) -> None:
    await engine.declare(owner_schedule_id=await given.empty_schedule(engine))
    await engine.settle()

    assert await engine.types() == [AuditType.INCIDENT_CREATED, AuditType.NOBODY_PAGED]
    assert engine.sender.kinds() == ["card", "nobody_paged"]


async def test_a_policy_without_layers_is_exhausted_at_once_and_loudly(engine: Engine) -> None:
    empty = await given.policy(engine, "Empty")

    incident = await engine.declare(escalation_policy_id=empty)
    await engine.settle()

    assert incident.escalation_state is EscalationState.EXHAUSTED
    assert await engine.types() == [
        AuditType.INCIDENT_CREATED,
        AuditType.ESCALATION_EXHAUSTED,
        AuditType.NOBODY_PAGED,
    ]
    assert engine.sender.kinds() == ["card", "exhausted", "nobody_paged"]


async def test_an_owner_is_paged_though_the_policy_has_no_layers(engine: Engine) -> None:
    empty = await given.policy(engine, "Empty")

    await engine.declare(owner_id=engine.cast["dave"].id, escalation_policy_id=empty)
    await engine.settle()

    assert engine.sender.pages() == [("Dave", None)]
    assert sorted(engine.sender.kinds()) == ["card", "exhausted", "page"]


async def test_without_an_alerts_channel_only_people_are_told(engine: Engine) -> None:
    await engine.do("alice", people.set_alerts_channel, None)

    await engine.declare()
    await engine.settle()

    assert engine.sender.kinds() == ["page"]


async def test_each_organization_has_numbers_of_its_own(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    await engine.declare()

    async with engine.core.transaction(mallory) as tx:
        theirs = await declaring.open_incident(
            tx, title="Theirs", severity=Severity.LOW, owner_id=mallory.id
        )

    assert theirs.number == 1
    assert (await engine.incident(1)).title == "Checkout is down"


async def test_the_same_gesture_again_returns_the_incident_that_it_made(engine: Engine) -> None:
    first = await engine.declare(dedup_key="slack:V1")
    again = await engine.declare(dedup_key="slack:V1", title="Another title")
    await engine.settle()

    assert (again.id, again.title) == (first.id, "Checkout is down")
    assert engine.sender.pages() == [("Bob", 1)]
    assert (await engine.declare()).number == 2


async def test_a_key_belongs_to_one_organization(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    ours = await engine.declare(dedup_key="slack:V1")

    async with engine.core.transaction(mallory) as tx:
        theirs = await declaring.open_incident(
            tx, title="x", severity=Severity.LOW, owner_id=mallory.id, dedup_key="slack:V1"
        )

    assert theirs.id != ours.id


async def test_who_has_no_organization_yet_is_told_to_wait(engine: Engine) -> None:
    with pytest.raises(DomainError) as refusal:
        async with engine.core.transaction(Actor.system()) as tx:
            await declaring.open_incident(
                tx, title="x", severity=Severity.LOW, owner_id=engine.cast["bob"].id
            )

    assert refusal.value.code == "server_error"
