"""Saying in Slack which components an incident affects."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bot import modals
from bot.answering import Answer
from bot.blocks import component_choice, ids, simple, values
from bot.blocks.affected import affected_modal
from bot.gesture import Gesture
from core import affected, components, facts, incidents, public_surface
from core.leaks import find_leaks


async def open_affected(gesture: Gesture, incident_id: UUID) -> Answer:
    """Open the form with what the incident affects now."""

    async def build() -> dict[str, Any]:
        found = await gesture.facts(incident_id)
        over = str(gesture.view.get("callback_id") or "")
        return await _view(gesture, incident_id, [one.id for one in found.components], over)

    return await gesture.open_modal("Affected components", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Say who will read of it, after something else was chosen."""
    chosen = component_choice.read(gesture.view, "components")
    incident_id = values.incident_of(gesture.view)
    await gesture.redraw(await _view(gesture, incident_id, chosen, _over(gesture)))
    return None


async def submit_affected(gesture: Gesture) -> Answer:
    """Have the incident affect what was chosen. Raises IncidentResolved, InvalidComponentId."""
    incident_id = values.incident_of(gesture.view)
    chosen = component_choice.read(gesture.view, "components")
    async with gesture.core.transaction(gesture.actor) as tx:
        await affected.set_components(tx, incident_id, chosen)
    if _over(gesture) != ids.INCIDENT_VIEW:
        return None  # a form lies below, with what was typed into it
    return await modals.show_below(gesture, incident_id)


def _over(gesture: Gesture) -> str:
    """The callback id of the view that the form lies over."""
    return str(values.metadata(gesture.view).get("over") or "")


async def _view(
    gesture: Gesture, incident_id: UUID, chosen: list[UUID], over: str
) -> dict[str, Any]:
    async with gesture.core.reading(gesture.actor) as tx:
        found = await facts.of(tx, await incidents.get(tx, incident_id))
        every = await components.list_components(tx)
        pages = await public_surface.covering(tx, chosen)
    if found.resolved:
        said = f"#{found.number} is resolved; nothing changes."
        return simple.message_view("Affected components", said)
    doubts = await asyncio.to_thread(find_leaks, found.title) if pages else ()
    url = gesture.workspace.public_url
    return affected_modal(found, every, chosen, pages, over=over, doubts=doubts, public_url=url)


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.AFFECTED: lambda gesture, value: open_affected(gesture, UUID(value)),
    ids.AFFECTED_FORM: lambda gesture, _: recompute(gesture),
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.AFFECTED_VIEW: submit_affected,
}
