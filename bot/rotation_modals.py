"""Rotation layers managed in Slack: added, changed, moved, removed, each with its consequence."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from bot import chosen
from bot.answering import Answer, Show
from bot.blocks import ids, simple, values
from bot.blocks.people_field import PEOPLE_MAX, Chosen, moved
from bot.blocks.rotation_form import (
    Consequence,
    RotationForm,
    consequence_blocks,
    form_of,
    read_rotation,
    rotation_modal,
)
from bot.blocks.schedules import remove_layer_modal
from bot.gesture import Gesture
from bot.schedule_modals import one_view, reader_zone, show_change
from core import arranging, foresight, layer_terms, schedule_facts, schedules, scheduling
from core.errors import ChangedMeanwhile, DomainError
from core.schedule_facts import ScheduleFacts
from core.transaction import Transaction


async def open_add(gesture: Gesture, schedule_id: UUID) -> Answer:
    """Open the form of a new rotation layer."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            facts = await schedule_facts.of(tx, schedule_id)
            form = RotationForm(
                schedule_id=schedule_id,
                layer_id=uuid4(),
                is_new=True,
                seen=arranging.layer_seen(facts.draft, None),
                over_list=values.metadata(gesture.view).get("list"),
                name=layer_terms.proposed_name([one.terms.name for one in facts.layers]),
                first_day=layer_terms.proposed_first_day(tx.now, facts.zone).isoformat(),
            )
        return await _view(gesture, form, {})

    return await gesture.open_modal("Add rotation layer", build, push=gesture.in_a_modal)


async def open_edit(gesture: Gesture, schedule_id: UUID, layer_id: UUID) -> Answer:
    """Open the form of a rotation layer. Raises ChangedMeanwhile if it is gone."""

    async def build() -> dict[str, Any]:
        facts, layer = await _found(gesture, schedule_id, layer_id)
        form = form_of(facts.id, layer, values.metadata(gesture.view).get("list"))
        if len(form.order) > PEOPLE_MAX:
            return simple.message_view("Edit rotation layer", _TOO_MANY)
        return await _view(gesture, form, await chosen.look_up(gesture, form.order,
                                                               shown=form.order))  # fmt: skip

    return await gesture.open_modal("Edit rotation layer", build, push=gesture.in_a_modal)


_TOO_MANY = (
    f"More than {PEOPLE_MAX} people take turns in this layer, which is more than Slack can show. "
    "Change it in a file, with app.py apply."
)


async def open_remove(gesture: Gesture, schedule_id: UUID, layer_id: UUID) -> Answer:
    """Open the question whether to remove a layer, with what that would lead to."""

    async def build() -> dict[str, Any]:
        facts, layer = await _found(gesture, schedule_id, layer_id)
        async with gesture.core.reading(gesture.actor) as tx:
            wanted = arranging.without_layer(facts.draft, layer_id)
            after = await foresight.of_draft(tx, schedule_id, wanted)
            told = consequence_blocks(
                Consequence(facts.ahead.on_call, after), await reader_zone(tx)
            )
        over_list = values.metadata(gesture.view).get("list")
        return remove_layer_modal(facts, layer, told, over_list=over_list)

    return await gesture.open_modal("Remove layer", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Say again what the layer would lead to, after something in the form changed."""
    return await _redraw(gesture, read_rotation(gesture.view))


async def arrange(gesture: Gesture, value: str) -> Answer:
    """Move somebody in the order of turns, or take them out of it."""
    form = read_rotation(gesture.view)
    how, _, place = value.partition(":")
    order = moved(form.order, how, int(place))
    again = form.revision + (1 if set(order) != set(form.order) else 0)
    return await _redraw(gesture, replace(form, order=order, revision=again))


async def submit(gesture: Gesture) -> Answer:
    """Add the layer, or change it; submitted twice it is done once."""
    form = read_rotation(gesture.view)
    known = await chosen.look_up(gesture, form.order, shown=_shown(gesture))
    if refused := chosen.refused_at_field(gesture, known):
        return refused
    terms = form.terms(chosen.member_ids(form.order, known))
    async with gesture.core.transaction(gesture.actor) as tx:
        await arranging.put_layer(tx, form.schedule_id, form.layer_id, terms, as_seen=form.seen)
    return await show_change(gesture, form.schedule_id, form.over_list)


async def submit_remove(gesture: Gesture) -> Answer:
    """Remove a layer."""
    carried = values.metadata(gesture.view)
    schedule_id = UUID(carried["id"])
    async with gesture.core.transaction(gesture.actor) as tx:
        await arranging.remove_layer(
            tx, schedule_id, UUID(carried["layer"]), as_seen=carried["seen"]
        )
    return await show_change(gesture, schedule_id, carried["list"])


async def menu(gesture: Gesture, value: str) -> Answer:
    """Carry out an entry of the menu beside a layer."""
    what, schedule, layer, *to = value.split(":")
    schedule_id, layer_id = UUID(schedule), UUID(layer)
    if what == "edit":
        return await open_edit(gesture, schedule_id, layer_id)
    if what == "remove":
        return await open_remove(gesture, schedule_id, layer_id)
    over_list = values.metadata(gesture.view).get("list")
    error = None
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            await arranging.move_layer(tx, schedule_id, layer_id, to=int(to[0]))
    except ChangedMeanwhile:
        error = "That layer was removed meanwhile."
    return Show(await one_view(gesture, schedule_id, over_list, error=error))


async def _redraw(gesture: Gesture, form: RotationForm) -> Answer:
    known = await chosen.look_up(gesture, form.order, shown=_shown(gesture))
    await gesture.redraw(await _view(gesture, form, known))
    return None


async def _view(
    gesture: Gesture, form: RotationForm, known: Mapping[str, Chosen]
) -> dict[str, Any]:
    async with gesture.core.reading(gesture.actor) as tx:
        facts = await schedule_facts.of(tx, form.schedule_id)
        told = await _consequence(tx, form, chosen.member_ids(form.order, known))
        reader = await reader_zone(tx)
    return rotation_modal(form, facts.draft.name, facts.zone, reader, known, told)


async def _consequence(
    tx: Transaction, form: RotationForm, member_ids: Sequence[UUID]
) -> Consequence:
    if not member_ids:
        return Consequence()
    stored = scheduling.draft_of(await schedules.get_schedule(tx, form.schedule_id))
    try:
        wanted = arranging.with_layer(stored, form.layer_id, form.terms(member_ids))
        after = await foresight.of_draft(tx, form.schedule_id, wanted, layer_id=form.layer_id)
    except DomainError as refusal:
        return Consequence(refusal=refusal.message)
    return Consequence((await foresight.of_schedule(tx, form.schedule_id)).on_call, after)


async def _found(
    gesture: Gesture, schedule_id: UUID, layer_id: UUID
) -> tuple[ScheduleFacts, schedule_facts.LayerFacts]:
    async with gesture.core.reading(gesture.actor) as tx:
        facts = await schedule_facts.of(tx, schedule_id)
    layer = facts.layer(layer_id)
    if layer is None:
        raise ChangedMeanwhile("That layer was removed meanwhile.")
    return facts, layer


def _shown(gesture: Gesture) -> list[str]:
    return str(values.metadata(gesture.view).get("order") or "").split()


def _on(
    act: Callable[[Gesture, UUID], Awaitable[Answer]],
) -> Callable[[Gesture, str], Awaitable[Answer]]:
    return lambda gesture, value: act(gesture, UUID(value))


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.ROTATION_ADD: _on(open_add),
    ids.ROTATION_MENU: menu,
    ids.ROTATION_FORM: lambda gesture, _: recompute(gesture),
    ids.ROTATION_PEOPLE: arrange,
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.ROTATION_FORM_VIEW: submit,
    ids.ROTATION_REMOVE_VIEW: submit_remove,
}
