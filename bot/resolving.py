"""Resolving. Where customers can see it, it is asked once whether to publish a write-up."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bot import acts, modals
from bot.answering import Answer, Show
from bot.blocks import ids, simple, values
from bot.blocks.resolve import ResolveForm, read_resolve, resolve_modal
from bot.gesture import Gesture
from core import facts, incidents, public_surface, updates
from core.errors import NotAsForeseen


async def resolve(gesture: Gesture, incident_id: UUID, *, note: str = "") -> Answer:
    """End it at once; where customers see it, by the form that asks for a write-up.

    Spec sections 3 and 7.
    """
    if not await asks_for_write_up(gesture, incident_id):
        return await acts.resolve(gesture, incident_id, body=note or None)
    return await _open(gesture, incident_id, note)


async def press_resolve(gesture: Gesture, incident_id: UUID) -> Answer:
    """The button: what affects components is confirmed in the form, all else was already."""
    found = await gesture.facts(incident_id)
    if not found.components or found.resolved:
        return await acts.resolve(gesture, incident_id)
    return await _open(gesture, incident_id, "")


async def submit_resolve(gesture: Gesture) -> Answer:
    """Resolve. A write-up is shown first, and published when what was shown is submitted again."""
    form, incident_id = read_resolve(gesture.view), values.incident_of(gesture.view)
    write_up = form.write_up if form.write_up.strip() else None
    if write_up and not form.seen:
        return Show(await resolve_view(gesture, incident_id, form, foresees=True))
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            await updates.resolve(
                tx, incident_id, body=form.note, write_up=write_up, foreseen=form.seen or None
            )
    except NotAsForeseen:
        return Show(await resolve_view(gesture, incident_id, form, foresees=True))
    return await modals.show_below(gesture, incident_id)


async def asks_for_write_up(gesture: Gesture, incident_id: UUID) -> bool:
    """Whether customers see it, and it is open: then its end is a last chance to tell them."""
    async with gesture.core.reading(gesture.actor) as tx:
        incident = await incidents.get(tx, incident_id)
        covered = await public_surface.covering_incident(tx, incident)
    return bool(covered) and incident.resolved_at is None


async def resolve_view(
    gesture: Gesture, incident_id: UUID, form: ResolveForm, *, foresees: bool = False
) -> dict[str, Any]:
    """The form as things are now; with `foresees` its second step, which shows the write-up.

    Raises what posting the write-up would raise.
    """
    foresight = None
    async with gesture.core.reading(gesture.actor) as tx:
        incident = await incidents.get(tx, incident_id)
        found = await facts.of(tx, incident)
        pages = await public_surface.covering_incident(tx, incident)
        if foresees:
            foresight = await updates.foresee_write_up(tx, incident_id, form.write_up)
    if found.resolved:
        return simple.message_view("Resolve", f"#{found.number} is resolved already.")
    url = gesture.workspace.public_url
    return resolve_modal(found, form, pages, foresight=foresight, public_url=url)


async def _open(gesture: Gesture, incident_id: UUID, note: str) -> Answer:
    async def build() -> dict[str, Any]:
        return await resolve_view(gesture, incident_id, ResolveForm(note=note))

    return await gesture.open_modal("Resolve", build, push=gesture.in_a_modal)


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.RESOLVE_VIEW: submit_resolve,
}
