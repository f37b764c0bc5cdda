"""Declaring by the table of spec section 2: the number, the owner, the policy, the first pages."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from core import declaring, people
from core.errors import DomainError, InvalidTargetUser, NotFound, ValidationFailed
from core.policies import EscalationLayerDraft
from core.transaction import Actor
from storage.vocabulary import AuditType, EscalationState, Severity, Status
from tests.core import given
from tests.engine import Engine

EMOJI = "\U0001f525"


async def _refused(engine: Engine, **asked: Any) -> DomainError:
    """What declaring answers, having written nothing."""
    with pytest.raises(DomainError) as refusal:
        await engine.declare(**asked)
    with pytest.raises(NotFound):
        await engine.incident(1)
    assert await engine.deliveries() == []
    return refusal.value


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


async def test_somebody_has_to_be_paged(engine: Engine) -> None:
    refusal = await _refused(engine, owner_schedule_id=None)

    assert (refusal.code, refusal.field) == ("validation_error", "owner_schedule_id")


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("title", "", "Title is missing."),
        ("title", " \t\n\u00a0\u2003", "Title is missing."),
        ("title", EMOJI * 101, "Title has 101 characters; 100 fit."),
        ("title", "a\0b", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("title", "\0", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("title", "a\ud83d", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("title", "\udfffa", "Title holds a character that is none (U+0000 or half of a pair)."),
        ("description", "x" * 10_001, "Description has 10,001 characters; 10,000 fit."),
        (
            "description",
            "a\0",
            "Description holds a character that is none (U+0000 or half of a pair).",
        ),
    ],
    ids=lambda text: ascii(text)[:24],
)
async def test_text_that_can_not_be_kept_is_refused_at_its_field(
    engine: Engine, field: str, text: str, says: str
) -> None:
    refusal = await _refused(engine, **{field: text})

    assert (refusal.code, refusal.field, refusal.message) == ("validation_error", field, says)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (EMOJI * 100, EMOJI * 100),
        (f"  {'x' * 100}\n", "x" * 100),
        (" <!channel> *x*  <script> ", "<!channel> *x*  <script>"),
        ("x", "x"),
        ("\ud7ff\ue000", "\ud7ff\ue000"),
    ],
    ids=lambda text: ascii(text)[:24],
)
async def test_text_is_kept_as_typed_but_for_its_ends(
    engine: Engine, typed: str, kept: str
) -> None:
    await engine.declare(title=typed, description=typed)

    stored = await engine.incident()
    assert (stored.title, stored.description) == (kept, kept)


async def test_a_description_of_white_space_is_none(engine: Engine) -> None:
    assert (await engine.declare(description="  \n ")).description is None


async def test_a_description_may_be_ten_thousand_emoji(engine: Engine) -> None:
    await engine.declare(description=EMOJI * 10_000)

    assert (await engine.incident()).description == EMOJI * 10_000


@pytest.mark.parametrize("what", ["owner_schedule_id", "escalation_policy_id"])
async def test_an_unknown_schedule_or_policy_is_not_found(engine: Engine, what: str) -> None:
    assert isinstance(await _refused(engine, **{what: uuid4()}), NotFound)


async def test_only_a_member_can_own(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    await given.remove(engine, "dave")

    for owner in (uuid4(), mallory.id, engine.cast["dave"].id):
        assert isinstance(await _refused(engine, owner_id=owner), InvalidTargetUser)


async def test_what_is_refused_leaves_no_gap_in_the_numbers(engine: Engine) -> None:
    await engine.declare()
    with pytest.raises(ValidationFailed):
        await engine.declare(title="")
    with pytest.raises(InvalidTargetUser):
        await engine.declare(owner_id=uuid4())

    assert (await engine.declare()).number == 2


async def test_each_organization_has_numbers_of_its_own(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    await engine.declare()

    async with engine.core.transaction(mallory) as tx:
        theirs = await declaring.open_incident(
            tx, title="Theirs", severity=Severity.LOW, owner_id=mallory.id
        )

    assert theirs.number == 1
    assert (await engine.incident(1)).title == "Checkout is down"


async def test_another_organizations_schedule_and_policy_are_not_found(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    mine: dict[str, Any] = {"title": "x", "severity": Severity.LOW}

    for asked in (
        {"owner_schedule_id": engine.schedule_id},
        {"owner_id": mallory.id, "escalation_policy_id": engine.policy_id},
    ):
        with pytest.raises(NotFound):
            async with engine.core.transaction(mallory) as tx:
                await declaring.open_incident(tx, **mine, **asked)


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
