"""One part of a schedule or a policy is changed, and nothing that was not before one's eyes."""

from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from core import (
    arranging,
    escalation_order,
    people,
    policies,
    policy_facts,
    schedule_facts,
    schedules,
    scheduling,
)
from core.errors import ChangedMeanwhile, NameConflict, NotFound, ValidationFailed
from core.layer_order import layer_of
from core.layer_terms import LayerTerms, terms_of
from core.schedule_drafts import ScheduleDraft
from storage.vocabulary import RotationType
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def _draft(engine: Engine, schedule_id: UUID | None = None) -> ScheduleDraft:
    async with engine.core.reading(engine.system) as tx:
        found = await schedules.get_schedule(tx, schedule_id or engine.schedule_id)
        return scheduling.draft_of(found)


def _terms(*people: UUID, name: str = "Nights", **changes: Any) -> LayerTerms:
    terms = LayerTerms(name, RotationType.DAILY, 1, time(21), date(2026, 11, 18), None, people)
    return replace(terms, **changes)


async def _put(engine: Engine, id: UUID, terms: LayerTerms, seen: str | None = None) -> None:
    draft = await _draft(engine)
    as_seen = seen or arranging.layer_seen(draft, layer_of(draft.layers, id))
    await engine.do("dave", arranging.put_layer, engine.schedule_id, id, terms, as_seen=as_seen)


async def test_a_layer_is_added_after_the_others_and_asked_for_twice_is_there_once(
    engine: Engine,
) -> None:
    id, carol = uuid4(), engine.cast["carol"].id
    seen = arranging.layer_seen(await _draft(engine), None)
    for _ in range(2):
        await _put(engine, id, _terms(carol), seen)

    layers = (await _draft(engine)).layers
    assert [(one.name, one.id == id) for one in layers] == [("Primary", False), ("Nights", True)]


async def test_two_layers_can_change_names_with_one_another(engine: Engine) -> None:
    await _put(engine, uuid4(), _terms(engine.cast["carol"].id))
    before = await _draft(engine)
    first, second = before.layers
    swapped = (replace(first, name="Nights"), replace(second, name="Primary"))
    async with engine.core.transaction(engine.actor("alice")) as tx:
        schedule = await scheduling.lock_schedule(tx, engine.schedule_id)
        await scheduling.change_schedule(tx, schedule, replace(before, layers=swapped))

    after = (await _draft(engine)).layers
    assert [(one.id, one.name) for one in after] == [(first.id, "Nights"), (second.id, "Primary")]


async def test_a_new_layer_may_have_the_name_of_one_that_goes(engine: Engine) -> None:
    before = await _draft(engine)
    layer = replace(before.layers[0], id=uuid4())
    async with engine.core.transaction(engine.actor("alice")) as tx:
        schedule = await scheduling.lock_schedule(tx, engine.schedule_id)
        await scheduling.change_schedule(
            tx, schedule, replace(before, name="Money", layers=(layer,))
        )

    assert [one.id for one in (await _draft(engine)).layers] == [layer.id]


async def test_a_name_that_another_layer_has_is_refused_at_the_field(engine: Engine) -> None:
    with pytest.raises(NameConflict) as refused:
        await _put(engine, uuid4(), _terms(engine.cast["carol"].id, name="Primary"))
    assert refused.value.field == "name"


async def test_what_was_changed_meanwhile_is_refused_before_what_is_wrong(engine: Engine) -> None:
    layer = (await _draft(engine)).layers[0]
    assert layer.id
    terms = terms_of(layer, ZoneInfo("Europe/Berlin"))
    for wanted in (
        replace(terms, handoff=time(10)),
        replace(terms, first_day=date.max, handoff=time(23)),
    ):
        with pytest.raises(ChangedMeanwhile):
            await _put(engine, layer.id, wanted, "something else")
    await _put(engine, layer.id, terms, "something else")  # it is so already


async def test_a_layer_moves_to_a_position_and_stays_there(engine: Engine) -> None:
    id = uuid4()
    await _put(engine, id, _terms(engine.cast["carol"].id))
    for _ in range(2):
        await engine.do("dave", arranging.move_layer, engine.schedule_id, id, to=0)
    assert [one.name for one in (await _draft(engine)).layers] == ["Nights", "Primary"]

    await engine.do("dave", arranging.move_layer, engine.schedule_id, uuid4(), to=0)


async def test_a_removed_layer_stays_removed_and_a_changed_one_stays(engine: Engine) -> None:
    draft = await _draft(engine)
    (layer,) = draft.layers
    assert layer.id

    async def remove(seen: str) -> None:
        await engine.do("dave", arranging.remove_layer, engine.schedule_id, layer.id, as_seen=seen)

    with pytest.raises(ChangedMeanwhile):
        await remove("something else")
    for _ in range(2):
        await remove(arranging.layer_seen(draft, layer))
    assert (await _draft(engine)).layers == ()


async def test_details_are_changed_and_refused_if_somebody_was_quicker(engine: Engine) -> None:
    seen = arranging.details_seen(await _draft(engine))

    async def change(name: str, zone: str = "Europe/Berlin") -> None:
        await engine.do(
            "dave", arranging.change_details, engine.schedule_id, name=name, timezone=zone,
            description=" ", as_seen=seen,
        )  # fmt: skip

    with pytest.raises(ValidationFailed) as refused:
        await change("Money", "Europe/Berlinn")
    assert refused.value.field == "timezone"
    await change("Money")
    await change("Money")
    with pytest.raises(ChangedMeanwhile):
        await change("Search")


async def test_made_twice_with_one_id_there_is_one(engine: Engine) -> None:
    id = uuid4()
    draft = ScheduleDraft("Search", "UTC", None, ())
    made = [await engine.do("dave", scheduling.create_schedule, draft, id=id) for _ in range(2)]
    assert {one.id for one in made} == {id}
    policy = policies.PolicyDraft("Search", None, ())
    found = [await engine.do("dave", policies.create_policy, policy, id=id) for _ in range(2)]
    assert {one.id for one in found} == {id}


async def _policy(engine: Engine) -> policies.PolicyDraft:
    async with engine.core.reading(engine.system) as tx:
        return policies.draft_of(await policies.get_policy(tx, engine.policy_id))


async def test_a_policys_layers_keep_their_ids_wherever_they_go(engine: Engine) -> None:
    first, second = (await _policy(engine)).layers
    third = policies.EscalationLayerDraft(7, None, (engine.cast["dave"].id,), id=uuid4())
    seen = escalation_order.layer_seen(None)
    for _ in range(2):
        await engine.do("dave", escalation_order.put_layer, engine.policy_id, third, as_seen=seen)
    await engine.do("dave", escalation_order.move_layer, engine.policy_id, third.id, to=1)
    assert [one.id for one in (await _policy(engine)).layers] == [third.id, first.id, second.id]

    with pytest.raises(ChangedMeanwhile):
        await engine.do(
            "dave", escalation_order.remove_layer, engine.policy_id, first.id, as_seen="else"
        )
    for _ in range(2):
        await engine.do(
            "dave", escalation_order.remove_layer, engine.policy_id, first.id,
            as_seen=escalation_order.layer_seen(first),
        )  # fmt: skip
    await engine.do("dave", escalation_order.move_layer, engine.policy_id, first.id, to=1)
    assert [one.id for one in (await _policy(engine)).layers] == [third.id, second.id]


async def test_a_policys_details_are_changed_once(engine: Engine) -> None:
    seen = escalation_order.details_seen(await _policy(engine))

    async def change(name: str) -> None:
        await engine.do(
            "dave", escalation_order.change_details, engine.policy_id, name=name,
            description="Who", as_seen=seen,
        )  # fmt: skip

    await change("Money")
    await change("Money")
    with pytest.raises(ChangedMeanwhile):
        await change("Search")


async def test_a_policy_is_found_by_its_name_or_its_start(engine: Engine) -> None:
    async with engine.core.reading(engine.actor("dave")) as tx:
        assert await policy_facts.find_policy(tx, "pay") == engine.policy_id
        with pytest.raises(NotFound, match="The policies are: Payments"):
            await policy_facts.find_policy(tx, "search")


async def test_facts_tell_those_who_left_apart(engine: Engine) -> None:
    draft = await _draft(engine)
    (layer,) = draft.layers
    carol = engine.cast["carol"].id
    assert layer.id
    terms = terms_of(layer, ZoneInfo(draft.timezone))
    await _put(engine, layer.id, replace(terms, participant_ids=(*layer.participant_ids, carol)))
    await given.remove(engine, "carol")

    async with engine.core.reading(engine.actor("dave")) as tx:
        facts = await schedule_facts.of(tx, engine.schedule_id)
        policy = await policy_facts.of(tx, engine.policy_id)
        (line,) = await policy_facts.lines(tx)
    assert [one.left for one in facts.layers[0].people][-1] is True
    assert facts.layer(uuid4()) is None
    assert policy.layer(uuid4()) is None
    assert [one.left for one in policy.layers] == [(), ("Carol",)]
    assert (line.name, line.layers, line.pages_first) == ("Payments", 2, ("Bob",))


async def test_a_list_says_who_is_on_call_until_when_and_zones_that_are_used_come_first(
    engine: Engine,
) -> None:
    nights = await given.empty_schedule(engine)
    async with engine.core.transaction(engine.system) as tx:
        (await people.get_member(tx, engine.cast["dave"].id)).timezone = "Asia/Tokyo"
        (await people.get_member(tx, engine.cast["alice"].id)).timezone = "Mars/Olympus"

    async with engine.core.reading(engine.actor("dave")) as tx:
        nobody, payments = await schedule_facts.lines(tx)
        assert await schedule_facts.zones_in_use(tx) == ["Asia/Tokyo", "Europe/Berlin", "UTC"]
        assert (await policy_facts.schedule_choices(tx))[0] == (nights, "Nights")
    assert (nobody.name, nobody.on_call) == ("Nights", ())
    assert (payments.name, payments.on_call) == ("Payments", ("Bob",))
