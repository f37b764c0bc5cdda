"""Stored schedules: changed as a whole, on the trail, found, and read as the values of oncall."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from core import escalation, oncall, policies, schedules, scheduling, updates
from core.errors import InUse, NotFound
from core.scheduling import ScheduleDraft
from storage.vocabulary import AuditType, RotationType
from tests.cast import NOON
from tests.core import given
from tests.core.schedule_drafts import changed, draft_of, schedule_events
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def test_a_schedule_is_kept_as_it_was_asked_for(engine: Engine) -> None:
    bob, carol = engine.cast["bob"].id, engine.cast["carol"].id
    draft = draft_of(bob, carol, bob)
    made = await engine.do("alice", scheduling.create_schedule, draft)

    async with engine.core.reading(engine.system) as tx:
        assert scheduling.draft_of(await schedules.get_schedule(tx, made.id)) == draft
    event = (await given.organization_trail(engine))[-1]
    assert (event.type, event.actor_name) == (AuditType.SCHEDULE_CREATED, "Alice")
    assert event.data == {
        "scheduleId": str(made.id),
        "after": {
            "name": "Search",
            "timezone": "Europe/Berlin",
            "description": "Who looks",
            "layers": [
                {
                    "name": "Primary",
                    "rotationType": "weekly",
                    "rotationLengthDays": 7,
                    "handoffTime": "09:00",
                    "effectiveFrom": "2026-11-16T12:00:00+00:00",
                    "effectiveUntil": None,
                    "participantIds": [str(bob), str(carol), str(bob)],
                }
            ],
        },
    }


async def test_it_is_read_as_the_value_that_oncall_reckons_with(engine: Engine) -> None:
    bob = engine.cast["bob"].id
    await given.override(engine, engine.schedule_id, "dave", hours=1)
    await given.remove(engine, "bob")

    async with engine.core.reading(engine.system) as tx:
        stored = await schedules.get_schedule(tx, engine.schedule_id)
        loaded = await schedules.load(tx, [engine.schedule_id, uuid4()])

    (value,) = loaded.values()
    assert (value.id, value.name, value.timezone.key) == (
        engine.schedule_id,
        "Payments",
        "Europe/Berlin",
    )
    assert value.layers == (
        oncall.RotationLayer(
            id=stored.layers[0].id,
            name="Primary",
            position=0,
            length_days=7,
            handoff=time(9),
            effective_from=NOON - timedelta(days=2),
            effective_until=None,
            participants=(oncall.Participant(bob, NOON),),
        ),
    )
    assert [(one.member, one.start_at, one.end_at) for one in value.overrides] == [
        (oncall.Participant(engine.cast["dave"].id), NOON, NOON + timedelta(hours=1))
    ]


async def test_an_override_that_has_ended_is_read_only_when_the_past_is_asked_for(
    engine: Engine,
) -> None:
    await given.override(engine, engine.schedule_id, "dave", hours=1)
    other = await given.schedule(engine, "Other", given.rotation(engine.cast["bob"].id))
    engine.clock.at = NOON + timedelta(hours=1)

    async with engine.core.reading(engine.system) as tx:
        now = await schedules.load(tx, [engine.schedule_id, other])
        past = await schedules.load(tx, [engine.schedule_id, other], overrides_from=NOON)

    assert [len(now[one].overrides) for one in (engine.schedule_id, other)] == [0, 0]
    assert [len(past[one].overrides) for one in (engine.schedule_id, other)] == [1, 0]


async def test_reading_no_schedules_reads_none(engine: Engine) -> None:
    async with engine.core.reading(engine.system) as tx:
        assert await schedules.load(tx, []) == {}


async def test_another_organizations_schedule_is_not_found(engine: Engine) -> None:
    mallory = await given.stranger(engine)

    async with engine.core.reading(mallory) as tx:
        assert await schedules.list_schedules(tx) == []
        with pytest.raises(NotFound):
            await schedules.get_schedule(tx, engine.schedule_id)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Payments", "Payments"),
        (" payments ", "Payments"),
        ("pay", "Pay"),
        ("paym", "Payments"),
        ("S", "Straße"),
        ("STRASSE", "Straße"),
    ],
)
async def test_a_schedule_is_found_by_what_people_type(
    engine: Engine, typed: str, found: str
) -> None:
    for name in ("Pay", "Straße"):
        await given.schedule(engine, name, given.rotation(engine.cast["bob"].id))

    async with engine.core.reading(engine.system) as tx:
        assert (await schedules.find_schedule(tx, typed)).name == found


@pytest.mark.parametrize("typed", ["p", "Nothing"])
async def test_what_could_be_several_or_none_is_refused_naming_them_all(
    engine: Engine, typed: str
) -> None:
    await given.schedule(engine, "Pay", given.rotation(engine.cast["bob"].id))

    async with engine.core.reading(engine.system) as tx:
        with pytest.raises(NotFound) as refused:
            await schedules.find_schedule(tx, typed)

    assert refused.value.message == (
        f"There is no schedule called “{typed}”. The schedules are: Pay, Payments."
    )


async def test_where_there_are_no_schedules_the_refusal_says_so(engine: Engine) -> None:
    mallory = await given.stranger(engine)

    async with engine.core.reading(mallory) as tx:
        with pytest.raises(NotFound, match="The schedules are: none yet"):
            await schedules.find_schedule(tx, "Payments")


async def test_changing_a_schedule_makes_it_be_as_the_draft_says(engine: Engine) -> None:
    bob, carol = engine.cast["bob"].id, engine.cast["carol"].id
    secondary = replace(
        given.rotation(bob, name="Secondary", until=datetime(2027, 1, 1, tzinfo=UTC)),
        rotation_type=RotationType.DAILY,
        length_days=1,
    )
    draft = ScheduleDraft(
        "Money", "America/New_York", "New", (secondary, given.rotation(carol, bob))
    )

    assert await changed(engine, engine.schedule_id, draft) == draft

    shorter = replace(draft, layers=(given.rotation(carol),))
    assert await changed(engine, engine.schedule_id, shorter) == shorter
    event = (await given.organization_trail(engine))[-1]
    assert event.type is AuditType.SCHEDULE_CHANGED
    assert [layer["name"] for layer in event.data["before"]["layers"]] == ["Secondary", "Primary"]
    assert [layer["name"] for layer in event.data["after"]["layers"]] == ["Primary"]


async def test_a_layer_that_stays_is_the_same_layer(engine: Engine) -> None:
    async with engine.core.reading(engine.system) as tx:
        before = (await schedules.get_schedule(tx, engine.schedule_id)).layers[0].id
    bob = engine.cast["bob"].id
    first = given.rotation(bob, name="New first")
    await changed(
        engine, engine.schedule_id, draft_of(layers=(first, given.rotation(bob)), name="Payments")
    )

    async with engine.core.reading(engine.system) as tx:
        layers = (await schedules.get_schedule(tx, engine.schedule_id)).layers
    assert [(layer.name, layer.id == before) for layer in layers] == [
        ("New first", False),
        ("Primary", True),
    ]


async def test_asking_for_what_is_already_so_changes_nothing(engine: Engine) -> None:
    async with engine.core.reading(engine.system) as tx:
        draft = scheduling.draft_of(await schedules.get_schedule(tx, engine.schedule_id))

    await changed(engine, engine.schedule_id, draft)

    assert await schedule_events(engine) == [AuditType.SCHEDULE_CREATED]


async def _remove(engine: Engine, schedule_id: UUID) -> None:
    async with engine.core.transaction(engine.actor("alice")) as tx:
        await scheduling.remove_schedule(tx, await schedules.get_schedule(tx, schedule_id))


async def test_a_schedule_that_a_policy_pages_can_not_be_removed(engine: Engine) -> None:
    with pytest.raises(InUse) as refused:
        await _remove(engine, engine.schedule_id)

    assert refused.value.message == (
        "“Payments” is in use by the policy “Payments”. Change that first."
    )


async def test_a_schedule_that_a_running_escalation_will_page_can_not_be_removed(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    other = await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.do("dave", escalation.acknowledge, other.id)
    async with engine.core.transaction(engine.actor("alice")) as tx:
        policy = await policies.get_policy(tx, engine.policy_id)
        without = policies.PolicyDraft("Payments", None, (given.pages(engine, "bob"),))
        await policies.change_policy(tx, policy, without)

    with pytest.raises(InUse, match="in use by the open incident #1"):
        await _remove(engine, engine.schedule_id)

    await engine.do("bob", updates.resolve, incident.id)
    await given.override(engine, engine.schedule_id, "dave", hours=1)
    await _remove(engine, engine.schedule_id)
    assert (await engine.incident()).owner_schedule_name == "Payments"
    assert await schedule_events(engine) == [AuditType.SCHEDULE_CREATED, AuditType.SCHEDULE_REMOVED]
    (ahead,) = (await given.organization_trail(engine))[-1].data["before"]["overrides"]
    assert ahead["userId"] == str(engine.cast["dave"].id), "what went with it is on the trail"
    with pytest.raises(NotFound):
        await _remove(engine, engine.schedule_id)
