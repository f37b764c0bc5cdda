"""An incident's timeline in Slack: turned page by page, and a text on it taken back for good."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from bot import modals
from bot.answering import Answer, Show
from bot.blocks import ids, timeline
from bot.gesture import Gesture
from core import facts, incidents, redaction
from core import timeline as timelines
from core.errors import DomainError

View = dict[str, Any]


async def open_timeline(gesture: Gesture, incident_id: UUID, page: int = 0) -> Answer:
    """Open an incident's timeline, or turn its page where it is open already."""
    if gesture.view.get("callback_id") == ids.TIMELINE_VIEW:
        return Show(await _shown(gesture, gesture.view["id"], incident_id, page))
    due_at: datetime | None = None

    async def build() -> View:
        nonlocal due_at
        view, due_at = await _view(gesture, incident_id, page)
        return view

    def opened(view_id: str) -> None:
        _count_down(gesture, view_id, incident_id, page, due_at)

    return await gesture.open_modal("Timeline", build, push=gesture.in_a_modal, opened=opened)


async def redact(gesture: Gesture, value: str) -> Answer:
    """Take an update's text back for good; a refusal is told in the timeline."""
    incident_id, update_id, page = value.split(":")
    error = None
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            await redaction.redact_update(tx, UUID(incident_id), UUID(update_id))
    except DomainError as refusal:
        error = refusal.message
    await modals.show_below(gesture, UUID(incident_id))
    view_id = gesture.view["id"]
    return Show(await _shown(gesture, view_id, UUID(incident_id), int(page), error=error))


async def _shown(
    gesture: Gesture, view_id: str, incident_id: UUID, page: int, *, error: str | None = None
) -> View:
    view, due_at = await _view(gesture, incident_id, page, error=error)
    _count_down(gesture, view_id, incident_id, page, due_at)
    return view


def _count_down(
    gesture: Gesture, view_id: str, incident_id: UUID, page: int, due_at: datetime | None
) -> None:
    async def redraw() -> datetime | None:
        view, following = await _view(gesture, incident_id, page)
        await gesture.workspace.slack.views_update(view_id=view_id, view=view)
        return following

    gesture.workspace.countdowns.begin(view_id, due_at, redraw)


async def _view(
    gesture: Gesture, incident_id: UUID, page: int, *, error: str | None = None
) -> tuple[View, datetime | None]:
    """A page of the timeline as it is now, and when it will read otherwise by itself."""
    async with gesture.core.reading(gesture.actor) as tx:
        found = await facts.of(tx, await incidents.get(tx, incident_id))
        entries = await timelines.of(tx, incident_id)
        now = tx.now
    view = timeline.timeline_view(found, entries, now=now, page=page, error=error)
    return view, timeline.changes_at(entries, now)


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.REDACT: redact,
}
