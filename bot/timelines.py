"""An incident's timeline in Slack: turned page by page, and a text on it taken back for good."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot import modals
from bot.answering import Answer
from bot.blocks import ids, timeline
from bot.gesture import Gesture
from core import facts, incidents, redaction
from core import timeline as timelines
from core.errors import DomainError

View = dict[str, Any]


@dataclass(frozen=True)
class _Page:
    """A page of an incident's timeline, to be drawn as things are."""

    gesture: Gesture
    incident_id: UUID
    number: int

    async def draw(self, error: str | None = None) -> tuple[View, datetime | None]:
        """The page as it is now, and when it will read otherwise by itself."""
        async with self.gesture.core.reading(self.gesture.actor) as tx:
            found = await facts.of(tx, await incidents.get(tx, self.incident_id))
            entries = await timelines.of(tx, self.incident_id)
            now = tx.now
        view = timeline.timeline_view(found, entries, now=now, page=self.number, error=error)
        return view, timeline.changes_at(entries, now)

    async def show(self, view_id: str, *, error: str | None = None) -> None:
        """Show it in the place of what the view shows now."""
        view, due_at = await self.draw(error)
        shown = await self.gesture.workspace.slack.views_update(view_id=view_id, view=view)
        self.count_down(shown["view"], due_at)

    def count_down(self, shown: View, due_at: datetime | None) -> None:
        """Have it drawn anew as minutes pass, until it shows something else than this draws.

        Slack knows by its hash: another page may have been turned to by another process.
        """
        slack, view_id, present = self.gesture.workspace.slack, shown["id"], shown["hash"]

        async def redraw() -> datetime | None:
            nonlocal present
            view, following = await self.draw()
            answer = await slack.views_update(view_id=view_id, hash=present, view=view)
            present = answer["view"]["hash"]
            return following

        self.gesture.workspace.countdowns.begin(view_id, due_at, redraw)


async def open_timeline(gesture: Gesture, incident_id: UUID, number: int = 0) -> Answer:
    """Open an incident's timeline, or turn its page where it is open already."""
    page = _Page(gesture, incident_id, number)
    if gesture.view.get("callback_id") == ids.TIMELINE_VIEW:
        await page.show(gesture.view["id"])
        return None
    due_at: datetime | None = None

    async def build() -> View:
        nonlocal due_at
        view, due_at = await page.draw()
        return view

    return await gesture.open_modal(
        "Timeline", build, push=gesture.in_a_modal,
        opened=lambda shown: page.count_down(shown, due_at),
    )  # fmt: skip


async def redact(gesture: Gesture, value: str) -> Answer:
    """Take an update's text back for good; a refusal is told in the timeline."""
    incident_id, update_id, number = value.split(":")
    error = None
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            await redaction.redact_update(tx, UUID(incident_id), UUID(update_id))
    except DomainError as refusal:
        error = refusal.message
    await _Page(gesture, UUID(incident_id), int(number)).show(gesture.view["id"], error=error)
    return await modals.show_below(gesture, UUID(incident_id))


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.REDACT: redact,
}
