"""What a schedule will do, stored or a draft: asked of the functions that really page."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from core import arranging, foresight, people, schedules, scheduling
from core.errors import NotFound, ValidationFailed
from core.staffing import Unowned
from storage.vocabulary import RotationType
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine


async def test_the_next_six_shifts_and_the_gaps_of_thirty_days_are_told(engine: Engine) -> None:
    bob, carol = engine.cast["bob"].id, engine.cast["carol"].id
    until = NOON + timedelta(days=20)
    id = await given.schedule(engine, "Search", given.rotation(bob, carol, until=until))
    await given.override(engine, id, "dave", hours=2)

    async with engine.core.reading(engine.actor("alice")) as tx:
        ahead = await foresight.of_schedule(tx, id)

    assert (ahead.owner, ahead.on_call, ahead.until) == (
        "Dave", ("Dave",), NOON + timedelta(hours=2),
    )  # fmt: skip
    assert [(one.person, one.runs, one.overrides) for one in ahead.shifts] == [
        ("Dave", True, True), ("Bob", False, False), ("Carol", False, False), ("Bob", False, False),
        ("Carol", False, False),
    ]  # fmt: skip
    assert ahead.shifts[-1].end_at == until
    assert ahead.gaps == (Unowned(until, NOON + timedelta(days=30), pages_others=False),)
    assert ahead.lasts_beyond(ahead.gaps[0])


async def test_a_shift_that_ends_later_than_anybody_looked_has_no_end(engine: Engine) -> None:
    layer = given.rotation(engine.cast["bob"].id)
    id = await given.schedule(
        engine, "Search", replace(layer, rotation_type=RotationType.CUSTOM, length_days=366,
                                  effective_from=NOON - timedelta(days=300))
    )  # fmt: skip
    async with engine.core.reading(engine.actor("alice")) as tx:
        ahead = await foresight.of_schedule(tx, id)
    assert [one.end_at is None for one in ahead.shifts] == [False, True]


async def test_a_draft_is_foreseen_with_the_overrides_there_are_and_nothing_is_written(
    engine: Engine,
) -> None:
    await given.override(engine, engine.schedule_id, "dave", hours=2)
    async with engine.core.reading(engine.actor("alice")) as tx:
        draft = scheduling.draft_of(await schedules.get_schedule(tx, engine.schedule_id))
        second = replace(given.rotation(engine.cast["carol"].id, name="Secondary"), id=uuid4())
        wanted = replace(draft, layers=(*draft.layers, second))
        ahead = await foresight.of_draft(tx, engine.schedule_id, wanted, layer_id=second.id)
        first = await foresight.of_draft(
            tx, engine.schedule_id, wanted, layer_id=draft.layers[0].id
        )
        assert scheduling.draft_of(await schedules.get_schedule(tx, engine.schedule_id)) == draft

    assert ahead.on_call == ("Dave", "Carol")
    assert {one.person for one in ahead.shifts} == {"Carol"}
    assert first.shifts[0].person == "Dave"


async def test_turns_that_nobody_can_take_are_refused(engine: Engine) -> None:
    async with engine.core.reading(engine.actor("alice")) as tx:
        draft = scheduling.draft_of(await schedules.get_schedule(tx, engine.schedule_id))
        empty = replace(draft, layers=(replace(draft.layers[0], participant_ids=()),))
        with pytest.raises(ValidationFailed):
            await foresight.of_draft(tx, engine.schedule_id, empty)
        with pytest.raises(NotFound):
            await foresight.of_draft(tx, uuid4(), draft)
        nobody = arranging.without_layer(draft, draft.layers[0].id or uuid4())
        ahead = await foresight.of_draft(tx, engine.schedule_id, nobody)
    assert (ahead.on_call, ahead.shifts, len(ahead.gaps)) == ((), (), 1)


async def test_each_layer_says_who_has_the_turn_and_who_follows(engine: Engine) -> None:
    bob, carol = engine.cast["bob"].id, engine.cast["carol"].id
    over = given.rotation(bob, name="Over", until=NOON - timedelta(days=1))
    id = await given.schedule(engine, "Search", given.rotation(bob, carol), over)
    async with engine.core.reading(engine.actor("alice")) as tx:
        first, last = (await foresight.layers_ahead(tx, id)).values()
    assert (first.now, first.then, first.until == first.then_from) == ("Bob", "Carol", True)
    assert (last.now, last.until, last.then, last.then_from) == (None, None, None, None)


async def test_a_member_whose_zone_is_no_zone_is_in_utc(engine: Engine) -> None:
    async with engine.core.transaction(engine.system) as tx:
        member = await people.get_member(tx, engine.cast["bob"].id)
        member.timezone = "Mars/Olympus"
        assert people.zone_of(member).key == "UTC"
