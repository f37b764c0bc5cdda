"""A policy's layers managed in Slack: added, changed, moved, removed, each with what follows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from bot import chosen
from bot.answering import Answer, FieldErrors, Show
from bot.blocks import ids, values
from bot.blocks.people_field import Chosen, moved
from bot.blocks.policies import remove_layer_modal
from bot.blocks.policy_form import LayerForm, form_of, layer_modal, read_layer
from bot.gesture import Gesture
from bot.policy_modals import one_view, show_change
from core import durations, escalation_order, policy_facts, preview
from core.errors import ChangedMeanwhile
from core.policies import EscalationLayerDraft
from core.policy_facts import EscalationLayerFacts, PolicyFacts
from core.preview import Preview
from storage.vocabulary import TargetType


async def open_add(gesture: Gesture, policy_id: UUID) -> Answer:
    """Open the form of a new layer, which comes after all others."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            schedules = await policy_facts.schedule_choices(tx)
        form = LayerForm(
            policy_id=policy_id,
            layer_id=uuid4(),
            is_new=True,
            seen=escalation_order.layer_seen(None),
            over_list=values.metadata(gesture.view).get("list"),
            target=(TargetType.SCHEDULE if schedules else TargetType.USERS).value,
            schedule_id=str(schedules[0][0]) if len(schedules) == 1 else None,
        )
        return await _view(gesture, form, {})

    return await gesture.open_modal("Add layer", build, push=gesture.in_a_modal)


async def open_edit(gesture: Gesture, policy_id: UUID, layer_id: UUID) -> Answer:
    """Open the form of a layer. Raises ChangedMeanwhile if it is gone."""

    async def build() -> dict[str, Any]:
        facts, layer = await _found(gesture, policy_id, layer_id)
        form = form_of(facts.id, layer, values.metadata(gesture.view).get("list"))
        known = await chosen.look_up(gesture, form.order, shown=form.order)
        return await _view(gesture, form, known)

    return await gesture.open_modal("Edit layer", build, push=gesture.in_a_modal)


async def open_remove(gesture: Gesture, policy_id: UUID, layer_id: UUID) -> Answer:
    """Open the question whether to remove a layer, with what that would lead to."""

    async def build() -> dict[str, Any]:
        facts, layer = await _found(gesture, policy_id, layer_id)
        async with gesture.core.reading(gesture.actor) as tx:
            wanted = escalation_order.without_layer(facts.draft, layer_id)
            told = await preview.preview_policy(tx, wanted)
        over_list = values.metadata(gesture.view).get("list")
        return remove_layer_modal(facts, layer, told, over_list=over_list)

    return await gesture.open_modal("Remove layer", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Say again whom the policy would page, after something in the form changed."""
    return await _redraw(gesture, read_layer(gesture.view))


async def take_out(gesture: Gesture, value: str) -> Answer:
    """Take somebody out of the people of a layer."""
    form = read_layer(gesture.view)
    how, _, place = value.partition(":")
    order = moved(form.order, how, int(place))
    return await _redraw(gesture, replace(form, order=order, revision=form.revision + 1))


async def submit(gesture: Gesture) -> Answer:
    """Add the layer, or change it; submitted twice it is done once."""
    form = read_layer(gesture.view)
    known: dict[str, Chosen] = {}
    if form.pages_people:
        known = await chosen.look_up(gesture, form.order, shown=_shown(gesture))
        if refused := chosen.refused_at_field(gesture, known):
            return refused
    try:
        draft = _draft(form, known)
    except ValueError as wrong:
        return FieldErrors({"timeout": str(wrong)})
    async with gesture.core.transaction(gesture.actor) as tx:
        await escalation_order.put_layer(tx, form.policy_id, draft, as_seen=form.seen)
    return await show_change(gesture, form.policy_id, form.over_list)


async def submit_remove(gesture: Gesture) -> Answer:
    """Remove a layer."""
    carried = values.metadata(gesture.view)
    policy_id = UUID(carried["id"])
    async with gesture.core.transaction(gesture.actor) as tx:
        await escalation_order.remove_layer(
            tx, policy_id, UUID(carried["layer"]), as_seen=carried["seen"]
        )
    return await show_change(gesture, policy_id, carried["list"])


async def menu(gesture: Gesture, value: str) -> Answer:
    """Carry out an entry of the menu beside a layer."""
    what, policy, layer, *to = value.split(":")
    policy_id, layer_id = UUID(policy), UUID(layer)
    if what == "edit":
        return await open_edit(gesture, policy_id, layer_id)
    if what == "remove":
        return await open_remove(gesture, policy_id, layer_id)
    over_list = values.metadata(gesture.view).get("list")
    error = None
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            await escalation_order.move_layer(tx, policy_id, layer_id, to=int(to[0]))
    except ChangedMeanwhile:
        error = "That layer was removed meanwhile."
    return Show(await one_view(gesture, policy_id, over_list, error=error))


async def _redraw(gesture: Gesture, form: LayerForm) -> Answer:
    known = await chosen.look_up(gesture, form.order, shown=_shown(gesture))
    await gesture.redraw(await _view(gesture, form, known))
    return None


async def _view(gesture: Gesture, form: LayerForm, known: Mapping[str, Chosen]) -> dict[str, Any]:
    async with gesture.core.reading(gesture.actor) as tx:
        facts = await policy_facts.of(tx, form.policy_id)
        schedules = await policy_facts.schedule_choices(tx)
        told: Preview | str | None = None
        try:
            draft = _draft(form, known)
            if draft.schedule_id or draft.member_ids:
                wanted = escalation_order.with_layer(facts.draft, draft)
                told = await preview.preview_policy(tx, wanted)
        except ValueError as wrong:
            told = str(wrong)
    return layer_modal(form, facts.draft.name, schedules, known, told)


def _draft(form: LayerForm, known: Mapping[str, Chosen]) -> EscalationLayerDraft:
    """The layer that the form asks for. Raises ValueError for what is no timeout."""
    timeout = durations.minutes(form.timeout.strip())
    if form.pages_people:
        people = tuple(chosen.member_ids(form.order, known))
        return EscalationLayerDraft(timeout, None, people, id=form.layer_id)
    schedule_id = UUID(form.schedule_id) if form.schedule_id else None
    return EscalationLayerDraft(timeout, schedule_id, (), id=form.layer_id)


async def _found(
    gesture: Gesture, policy_id: UUID, layer_id: UUID
) -> tuple[PolicyFacts, EscalationLayerFacts]:
    async with gesture.core.reading(gesture.actor) as tx:
        facts = await policy_facts.of(tx, policy_id)
    layer = facts.layer(layer_id)
    if layer is None:
        raise ChangedMeanwhile("That layer was removed meanwhile.")
    return facts, layer


def _shown(gesture: Gesture) -> list[str]:
    return str(values.metadata(gesture.view).get("order") or "").split()


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.ESCALATION_ADD: lambda gesture, value: open_add(gesture, UUID(value)),
    ids.ESCALATION_MENU: menu,
    ids.ESCALATION_FORM: lambda gesture, _: recompute(gesture),
    ids.ESCALATION_PEOPLE: take_out,
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.ESCALATION_FORM_VIEW: submit,
    ids.ESCALATION_REMOVE_VIEW: submit_remove,
}
