"""What is opened, filled in and submitted. What was typed is never lost to a refusal."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bot import acts, below
from bot.answering import Answer, FieldErrors, Say, Show
from bot.blocks import forms, ids, incident, simple, values
from bot.gesture import Gesture
from core import facts, incidents, lifecycle, receipts, timeline
from core.errors import DomainError
from core.facts import IncidentFacts
from storage.vocabulary import Severity


async def open_hand_off(
    gesture: Gesture, incident_id: UUID, *, person: str | None = None
) -> Answer:
    """Open the form that hands an incident off; `person` is a Slack user chosen already."""

    async def build() -> dict[str, Any]:
        return forms.hand_off_modal(await _open_facts(gesture, incident_id), person=person)

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
        return forms.severity_modal(await _open_facts(gesture, incident_id))

    return await gesture.open_modal("Change severity", build, push=gesture.in_a_modal)


async def submit_severity(gesture: Gesture) -> Answer:
    """Change the severity to what was chosen."""
    shown = gesture.body["view"]
    incident_id = UUID(shown["private_metadata"])
    await acts.change_severity(gesture, incident_id, Severity(forms.read_severity(shown)))
    return await show_below(gesture, incident_id)


async def _open_facts(gesture: Gesture, incident_id: UUID) -> IncidentFacts:
    """Of an incident that can still change. Raises NotFound, IncidentResolved."""
    found = await gesture.facts(incident_id)
    lifecycle.check_open(found.status)
    return found


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


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.HAND_OFF_VIEW: submit_hand_off,
    ids.SEVERITY_VIEW: submit_severity,
}
