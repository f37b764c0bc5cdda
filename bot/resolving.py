"""Resolving. Where customers can see it, it is asked once whether to publish a write-up."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bot import acts, modals
from bot.answering import Answer, Show
from bot.blocks import ids, simple
from bot.blocks.resolve import ResolveForm, read_resolve, resolve_modal
from bot.gesture import Gesture
from bot.updating import incident_of
from core import facts, incidents, public_surface, updates


async def resolve(gesture: Gesture, incident_id: UUID, *, note: str = "") -> Answer:
    """End it at once; one that affects components by its form (spec sections 3 and 7)."""
    async with gesture.core.reading(gesture.actor) as tx:
        incident = await incidents.get(tx, incident_id)
        asks = bool(incident.affected) and incident.resolved_at is None
    if not asks:
        return await acts.resolve(gesture, incident_id, body=note or None)

    async def build() -> dict[str, Any]:
        return await _view(gesture, incident_id, ResolveForm(note=note))

    return await gesture.open_modal("Resolve", build, push=gesture.in_a_modal)


async def submit_resolve(gesture: Gesture) -> Answer:
    """Resolve. A write-up is shown first, and published when what was shown is submitted again."""
    form, incident_id = read_resolve(gesture.view), incident_of(gesture)
    write_up = form.write_up if form.write_up.strip() else None
    if write_up and form.seen != form.shown:
        return Show(await _view(gesture, incident_id, form, foresees=True))
    async with gesture.core.transaction(gesture.actor) as tx:
        await updates.resolve(tx, incident_id, body=form.note, write_up=write_up)
    return await modals.show_below(gesture, incident_id)


async def _view(
    gesture: Gesture, incident_id: UUID, form: ResolveForm, *, foresees: bool = False
) -> dict[str, Any]:
    foresight = None
    async with gesture.core.reading(gesture.actor) as tx:
        incident = await incidents.get(tx, incident_id)
        found = await facts.of(tx, incident)
        pages = await public_surface.covering_incident(tx, incident)
        if foresees:
            foresight = await updates.foresee_public(tx, incident_id, body=form.write_up)
    if found.resolved:
        return simple.message_view("Resolve", f"#{found.number} is resolved already.")
    url = gesture.workspace.public_url
    return resolve_modal(found, form, pages, foresight=foresight, public_url=url)


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.RESOLVE_VIEW: submit_resolve,
}
