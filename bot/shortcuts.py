"""What can be done from a message: declare from it, or put it on an incident's timeline."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bot import declaring
from bot.answering import Answer
from bot.blocks import forms, ids, simple
from bot.gesture import Gesture
from bot.incoming import as_read
from core import facts, incidents, updates
from storage.limits import UPDATE_BODY_MAX


async def declare_from_message(gesture: Gesture) -> Answer:
    """Open the declare form with the message in it: its first line the title."""
    return await declaring.open_declare(gesture, quoted(gesture.body["message"]))


async def add_to_timeline(gesture: Gesture) -> Answer:
    """Open the form that says which incident the message belongs to."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            found = [await facts.of(tx, one) for one in await incidents.list_open(tx)]
        if not found:
            return simple.message_view("Add to timeline", "No incident is open.")
        return forms.add_to_timeline_modal(found, quoted(gesture.body["message"]))

    return await gesture.open_modal("Add to timeline", build)


async def submit_add_to_timeline(gesture: Gesture) -> Answer:
    """Post the message as an internal update of the incident that was chosen."""
    shown = gesture.body["view"]
    incident_id, body = forms.read_add_to_timeline(shown)
    async with gesture.core.transaction(gesture.actor) as tx:
        await updates.post_update(
            tx, UUID(incident_id), body=body, dedup_key=f"slack:{shown['id']}"
        )
    return None


def quoted(message: dict[str, Any]) -> str:
    """A message as the text of an update."""
    return as_read(str(message.get("text") or ""))[:UPDATE_BODY_MAX]


SHORTCUTS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    "declare_from_message": declare_from_message,
    "add_to_timeline": add_to_timeline,
}


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.ADD_TO_TIMELINE_VIEW: submit_add_to_timeline,
}
