"""What is opened, filled in and submitted. What was typed is never lost to a refusal."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bot import acts, below
from bot.answering import Answer, FieldErrors, Say, Show
from bot.blocks import declare, forms, ids, incident, simple, values
from bot.blocks.declare import DeclareForm
from bot.blocks.text import escape
from bot.gesture import Gesture
from bot.identity import member_of
from core import (
    components,
    declaring,
    facts,
    incidents,
    preview,
    public_surface,
    receipts,
    schedules,
    timeline,
)
from core.errors import DomainError, InvalidTargetUser, NotAMember
from core.leaks import find_leaks
from storage.vocabulary import Severity


async def open_declare(gesture: Gesture, *, title: str = "", description: str = "") -> Answer:
    """Open the form that declares an incident, the only schedule chosen where there is one."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            known = await schedules.list_schedules(tx)
        only = str(known[0].id) if len(known) == 1 else None
        form = DeclareForm(title=title, description=description, schedule_id=only)
        return await _declare_view(gesture, form)

    return await gesture.open_modal("Declare an incident", build)


async def recompute_declare(gesture: Gesture) -> Answer:
    """Say again who will be paged, after the schedule or the owner changed."""
    shown = gesture.body["view"]
    await gesture.redraw(await _declare_view(gesture, declare.read_declare(shown)))
    return None


async def submit_declare(gesture: Gesture) -> Answer:
    """Declare. Submitted twice, the same form makes one incident."""
    shown = gesture.body["view"]
    form = declare.read_declare(shown)
    owner_id = await _member_id(gesture, form.owner)
    async with gesture.core.transaction(gesture.actor) as tx:
        await declaring.open_incident(
            tx,
            title=form.title,
            severity=Severity(form.severity),
            description=form.description,
            owner_id=owner_id,
            owner_schedule_id=UUID(form.schedule_id) if form.schedule_id else None,
            component_ids=form.components,
            dedup_key=f"slack:{shown['id']}",
        )
    return None


async def open_hand_off(gesture: Gesture, incident_id: UUID) -> Answer:
    """Open the form that hands an incident off."""

    async def build() -> dict[str, Any]:
        return forms.hand_off_modal(await gesture.facts(incident_id))

    return await gesture.open_modal("Hand off", build, push=gesture.in_a_modal)


async def submit_hand_off(gesture: Gesture) -> Answer:
    """Hand off to the person who was chosen."""
    shown = gesture.body["view"]
    chosen = forms.read_hand_off(shown)
    if not chosen:
        return FieldErrors({"person": "Choose the person who takes over."})
    incident_id = UUID(shown["private_metadata"])
    await acts.hand_off(gesture, incident_id, chosen)
    return await show_below(gesture, incident_id)


async def open_severity(gesture: Gesture, incident_id: UUID) -> Answer:
    """Open the form that changes the severity."""

    async def build() -> dict[str, Any]:
        return forms.severity_modal(await gesture.facts(incident_id))

    return await gesture.open_modal("Change severity", build, push=gesture.in_a_modal)


async def submit_severity(gesture: Gesture) -> Answer:
    """Change the severity to what was chosen."""
    shown = gesture.body["view"]
    incident_id = UUID(shown["private_metadata"])
    await acts.change_severity(gesture, incident_id, Severity(forms.read_severity(shown)))
    return await show_below(gesture, incident_id)


async def open_incident_view(gesture: Gesture, incident_id: UUID) -> Answer:
    """Open everything there is to know about an incident."""
    return await gesture.open_modal(
        "Incident", lambda: incident_view(gesture, incident_id), push=gesture.in_a_modal
    )


async def incident_view(gesture: Gesture, incident_id: UUID) -> dict[str, Any]:
    """The incident's view as it is now."""
    async with gesture.core.reading(gesture.actor) as tx:
        found = await facts.of(tx, await incidents.get(tx, incident_id))
        pages = await receipts.of(tx, await incidents.get(tx, incident_id))
        return incident.incident_view(
            found,
            await timeline.of(tx, incident_id),
            pages,
            dashboard_url=gesture.workspace.dashboard_url(found.number),
        )


async def show_below(gesture: Gesture, incident_id: UUID) -> Answer:
    """After a form over the incident's view was submitted: the view shows what has changed."""
    return await below.refresh(
        gesture, parent=lambda: incident_view(gesture, incident_id), root=None
    )


def with_what_was_typed(view: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """The view that tells a late answer in the place of the form."""
    if isinstance(answer, Show):
        return answer.view
    if isinstance(answer, FieldErrors):
        return simple.form_again(view, "\n".join(answer.errors.values()))
    if isinstance(answer, Say):
        return simple.form_again(view, answer.message.plain)
    return simple.message_view("Done", "It is done. You can close this.")


def refusal_at_field(view: dict[str, Any], refusal: DomainError) -> Answer:
    """A refusal of core at the field that is at fault, or at the form's last field."""
    at = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    wanted = values.actual(view, _FIELDS.get(refusal.field or "", refusal.field or ""))
    if not at:
        return Show(simple.message_view("Not done", refusal.message))
    return FieldErrors({wanted if wanted in at else at[-1]: refusal.message})


_FIELDS = {
    "owner_id": "owner",
    "owner_schedule_id": "schedule",
    "component_ids": "components",
    "status_change": "status",
    "participants": "people",
    "length_days": "days",
    "until": "last_day",
    "ack_timeout_minutes": "timeout",
    "expires_at": "last_day",
}
"""Core's names of what is at fault, and the fields of the forms where they differ."""


async def _declare_view(gesture: Gesture, form: DeclareForm) -> dict[str, Any]:
    refused = owner_id = None
    try:
        owner_id = await _member_id(gesture, form.owner)
    except InvalidTargetUser as refusal:
        refused = f"⚠️ {escape(refusal.message)}"
    schedule_id = UUID(form.schedule_id) if form.schedule_id else None
    async with gesture.core.reading(gesture.actor) as tx:
        known = [(str(one.id), one.name) for one in await schedules.list_schedules(tx)]
        every = await components.list_components(tx)
        pages = await public_surface.covering(tx, form.components)
        told = await preview.preview(tx, owner_id=owner_id, owner_schedule_id=schedule_id)
    consequence = declare.consequence(told) if form.schedule_id or form.owner else None
    doubts = await asyncio.to_thread(find_leaks, form.title) if pages else ()
    return declare.declare_modal(
        form,
        known,
        refused or consequence,
        components=every,
        pages=pages,
        doubts=doubts,
        public_url=gesture.workspace.public_url,
    )


async def _member_id(gesture: Gesture, slack_user_id: str | None) -> UUID | None:
    if not slack_user_id:
        return None
    try:
        return (await member_of(gesture.core, gesture.workspace, slack_user_id)).id
    except NotAMember as error:
        raise InvalidTargetUser(field="owner_id") from error


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.DECLARE_VIEW: submit_declare,
    ids.HAND_OFF_VIEW: submit_hand_off,
    ids.SEVERITY_VIEW: submit_severity,
}
