"""Escalation policies: checked, changed as a whole, on the trail, and matched to a schedule."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from core import policies, policy_parts, updates
from core.errors import (
    DomainError,
    InUse,
    InvalidTarget,
    InvalidTargetUser,
    NameConflict,
    NotFound,
    ValidationFailed,
)
from core.policies import EscalationLayerDraft, PolicyDraft
from storage.vocabulary import AuditType, TargetType
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _draft_of(engine: Engine, policy_id: UUID) -> PolicyDraft:
    async with engine.core.reading(engine.system) as tx:
        return policies.draft_of(await policies.get_policy(tx, policy_id))


async def _change(engine: Engine, draft: PolicyDraft) -> None:
    async with engine.core.transaction(engine.actor("alice")) as tx:
        policy = await policies.get_policy(tx, engine.policy_id)
        await policies.change_policy(tx, policy, draft)


async def _types(engine: Engine) -> list[AuditType]:
    return [
        event.type
        for event in await given.organization_trail(engine)
        if event.type.value.startswith("policy")
    ]


async def test_a_policy_is_kept_as_it_was_asked_for(engine: Engine) -> None:
    draft = PolicyDraft(
        "Everything",
        "All of it",
        (
            EscalationLayerDraft(1, engine.schedule_id),
            given.pages(engine, "dave", "alice", after=10_080),
        ),
    )
    made = await engine.do("alice", policies.create_policy, draft)

    assert await _draft_of(engine, made.id) == draft
    event = (await given.organization_trail(engine))[-1]
    assert (event.type, event.actor_name) == (AuditType.POLICY_CREATED, "Alice")
    assert event.data == {
        "policyId": str(made.id),
        "after": {
            "name": "Everything",
            "description": "All of it",
            "layers": [
                {
                    "position": 1,
                    "ackTimeoutMinutes": 1,
                    "target": {"type": "schedule", "scheduleId": str(engine.schedule_id)},
                },
                {
                    "position": 2,
                    "ackTimeoutMinutes": 10_080,
                    "target": {
                        "type": "users",
                        "userIds": [str(engine.cast[name].id) for name in ("dave", "alice")],
                    },
                },
            ],
        },
    }


def _wrong(engine: Engine, what: str) -> tuple[PolicyDraft, type[DomainError]]:
    bob = (engine.cast["bob"].id,)
    layers: dict[str, tuple[EscalationLayerDraft, type[DomainError]]] = {
        "no timeout": (EscalationLayerDraft(0, None, bob), ValidationFailed),
        "a timeout of over a week": (EscalationLayerDraft(10_081, None, bob), ValidationFailed),
        "nobody": (EscalationLayerDraft(5), InvalidTarget),
        "both": (EscalationLayerDraft(5, engine.schedule_id, bob), InvalidTarget),
        "an unknown schedule": (EscalationLayerDraft(5, uuid4()), NotFound),
        "an unknown member": (EscalationLayerDraft(5, None, (uuid4(),)), InvalidTargetUser),
    }
    if what in layers:
        layer, refusal = layers[what]
        return PolicyDraft("Wrong", None, (layer,)), refusal
    return PolicyDraft({"no name": "", "a long name": "x" * 256}[what], None, ()), ValidationFailed


@pytest.mark.parametrize(
    "what",
    [
        "no name",
        "a long name",
        "no timeout",
        "a timeout of over a week",
        "nobody",
        "both",
        "an unknown schedule",
        "an unknown member",
    ],
)
async def test_what_is_wrong_with_a_policy_is_refused(engine: Engine, what: str) -> None:
    draft, refusal = _wrong(engine, what)

    for act in (engine.do("alice", policies.create_policy, draft), _change(engine, draft)):
        with pytest.raises(DomainError) as refused:
            await act
        assert type(refused.value) is refusal

    assert await _types(engine) == [AuditType.POLICY_CREATED]


async def test_a_name_that_is_taken_is_refused(engine: Engine) -> None:
    with pytest.raises(NameConflict):
        await given.policy(engine, "Payments")

    await given.policy(engine, "Other")
    with pytest.raises(NameConflict):
        await _change(engine, PolicyDraft("Other", None, ()))


async def test_another_organizations_policies_are_not_found(engine: Engine) -> None:
    mallory = await given.stranger(engine)

    async with engine.core.reading(mallory) as tx:
        assert await policies.list_policies(tx) == []
        assert await policies.policy_for_schedule(tx, engine.schedule_id) is None
        with pytest.raises(NotFound):
            await policies.get_policy(tx, engine.policy_id)


async def test_policies_are_listed_by_name(engine: Engine) -> None:
    await given.policy(engine, "Zebra")
    await given.policy(engine, "Apple")

    async with engine.core.reading(engine.system) as tx:
        assert [one.name for one in await policies.list_policies(tx)] == [
            "Apple",
            "Payments",
            "Zebra",
        ]


async def _matched(engine: Engine, schedule_id: UUID) -> str | None:
    async with engine.core.reading(engine.system) as tx:
        found = await policies.policy_for_schedule(tx, schedule_id)
        return found.name if found else None


async def test_the_policy_that_pages_the_schedule_in_its_lowest_layer_is_matched(
    engine: Engine,
) -> None:
    search = await given.schedule(engine, "Search", given.rotation(engine.cast["bob"].id))
    assert await _matched(engine, search) is None
    layer = EscalationLayerDraft(5, search)
    for name, layers in (
        ("Third", (given.pages(engine, "bob"), given.pages(engine, "bob"), layer)),
        ("Second", (given.pages(engine, "bob"), layer)),
        ("First", (layer,)),
    ):
        await given.policy(engine, name, *layers)
        assert await _matched(engine, search) == name
        engine.clock.at = engine.clock.at.replace(minute=engine.clock.at.minute + 1)

    await given.policy(engine, "A later first", layer)
    assert await _matched(engine, search) == "First"


async def test_changing_a_policy_makes_it_be_as_the_draft_says(engine: Engine) -> None:
    draft = PolicyDraft(
        "Money",
        "New",
        (given.pages(engine, "dave", "bob"), EscalationLayerDraft(7, engine.schedule_id)),
    )
    await _change(engine, draft)

    assert await _draft_of(engine, engine.policy_id) == draft
    event = (await given.organization_trail(engine))[-1]
    assert event.type is AuditType.POLICY_CHANGED
    assert [layer["ackTimeoutMinutes"] for layer in event.data["before"]["layers"]] == [5, 10]
    assert [layer["ackTimeoutMinutes"] for layer in event.data["after"]["layers"]] == [5, 7]


async def test_asking_for_what_is_already_so_changes_nothing(engine: Engine) -> None:
    await _change(engine, await _draft_of(engine, engine.policy_id))

    assert await _types(engine) == [AuditType.POLICY_CREATED]


async def _remove(engine: Engine, policy_id: UUID) -> None:
    async with engine.core.transaction(engine.actor("alice")) as tx:
        await policies.remove_policy(tx, await policies.get_policy(tx, policy_id))


async def test_a_policy_that_open_incidents_run_can_not_be_removed(engine: Engine) -> None:
    numbers: list[Any] = [await engine.declare() for _ in range(2)]

    with pytest.raises(InUse) as refused:
        await _remove(engine, engine.policy_id)
    assert (
        refused.value.message
        == "“Payments” is in use by the open incidents #1, #2. Resolve them first."
    )

    for incident in numbers:
        await engine.do("bob", updates.resolve, incident.id)
    await _remove(engine, engine.policy_id)

    kept = await engine.incident()
    assert (kept.escalation_policy_id, kept.escalation_policy_name) == (None, "Payments")
    assert await _types(engine) == [AuditType.POLICY_CREATED, AuditType.POLICY_REMOVED]
    with pytest.raises(NotFound):
        await _remove(engine, engine.policy_id)


async def test_layers_that_are_alike_change_places_and_keep_their_ids(engine: Engine) -> None:
    policy_id = await given.policy(
        engine, "Twins", given.pages(engine, "dave"), given.pages(engine, "dave")
    )
    first, second = (layer.id for layer in (await _draft_of(engine, policy_id)).layers)

    await engine.do("alice", policy_parts.order_layers, policy_id, layer_ids=[second, first])
    found = (await _draft_of(engine, policy_id)).layers
    assert [layer.id for layer in found] == [second, first]


async def test_positions_of_layers_are_counted_from_one(engine: Engine) -> None:
    target = {"type": TargetType.USERS, "user_ids": [engine.cast["dave"].id]}
    with pytest.raises(ValidationFailed) as refused:
        await engine.do(
            "alice", policy_parts.add_layer, engine.policy_id,
            ack_timeout_minutes=5, target=target, position=0,
        )  # fmt: skip
    assert refused.value.field == "position"
