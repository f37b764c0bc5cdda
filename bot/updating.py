"""Posting an update. What is public is shown as customers will read it first, and confirmed."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bot import modals, resolving
from bot.answering import Answer, FieldErrors, Show
from bot.blocks import ids, publish, simple, update, values
from bot.blocks.resolve import ResolveForm
from bot.blocks.text import Block
from bot.blocks.update import UpdateForm
from bot.gesture import Gesture
from core import facts, incidents, public_surface, updates
from core.errors import (
    IncidentResolved,
    InvalidStatusTransition,
    NoPublicSurface,
    NotAsForeseen,
)
from storage.vocabulary import Status, Visibility


async def open_update(
    gesture: Gesture, incident_id: UUID, *, body: str = "", advance: bool = False
) -> Answer:
    """Open the form of an update; `advance` has the next status chosen."""

    async def build() -> dict[str, Any]:
        found = await gesture.facts(incident_id)
        if found.resolved:
            return simple.message_view("Update", f"#{found.number} is resolved; nothing changes.")
        following = update.next_choice(found) if advance else None
        return update.update_modal(found, UpdateForm(body=body, status_change=following))

    return await gesture.open_modal("Post an update", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Say who will read it, after that was chosen; a preview that was shown is shown no more."""
    form, incident_id = update.read_update(gesture.view), values.incident_of(gesture.view)
    found = await gesture.facts(incident_id)
    surface = await surface_of(gesture, incident_id) if form.public else []
    await gesture.redraw(update.update_modal(found, form, surface=surface))
    return None


async def submit_update(gesture: Gesture) -> Answer:
    """Post it. A public one is shown first, and posted when what was shown is submitted again.

    Where it ends what customers see, it is asked first whether to publish a write-up.
    """
    form, incident_id = update.read_update(gesture.view), values.incident_of(gesture.view)
    if form.public and not form.seen:
        return Show(await _second_step(gesture, incident_id, form))
    ends = form.step is Status.RESOLVED and not form.public
    if ends and await resolving.asks_for_write_up(gesture, incident_id):
        return Show(await resolving.resolve_view(gesture, incident_id, ResolveForm(form.body)))
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            await updates.post_update(
                tx,
                incident_id,
                body=form.body,
                status_change=form.step,
                visibility=Visibility(form.visibility),
                dedup_key=f"slack:{gesture.view['id']}",
                foreseen=form.seen if form.public else None,
            )
    except NotAsForeseen:
        return Show(await _second_step(gesture, incident_id, form))
    except InvalidStatusTransition as refusal:
        found = await gesture.facts(incident_id)
        return Show(update.update_modal(found, form, error=refusal.message))
    except IncidentResolved as refusal:
        return FieldErrors({"body": refusal.message})
    return await modals.show_below(gesture, incident_id)


async def surface_of(gesture: Gesture, incident_id: UUID) -> list[Block]:
    """Which pages would show a public update of it, or what is missing, with the way there."""
    url = gesture.workspace.public_url
    async with gesture.core.reading(gesture.actor) as tx:
        incident = await incidents.get(tx, incident_id)
        try:
            pages = await public_surface.require_cover(tx, incident)
        except NoPublicSurface as missing:
            return publish.surface((), missing, url, incident_id)
    return publish.surface(pages, None, url, incident_id)


async def _second_step(gesture: Gesture, incident_id: UUID, form: UpdateForm) -> dict[str, Any]:
    async with gesture.core.reading(gesture.actor) as tx:
        foresight = await updates.foresee_public(
            tx, incident_id, body=form.body, status_change=form.step
        )
        found = await facts.of(tx, await incidents.get(tx, incident_id))
    return update.update_modal(
        found, form, foresight=foresight, public_url=gesture.workspace.public_url
    )


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.UPDATE_FORM: lambda gesture, _: recompute(gesture),
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.UPDATE_VIEW: submit_update,
}
