"""API keys managed in Slack, by admins: all of them, a new one, shown once, and its end.

The secret goes to the one who made the key, in Slack's answer to the form, and nowhere else.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from bot import below
from bot.answering import Answer, Show
from bot.blocks import ids, values
from bot.blocks.key_form import KeyForm, key_modal, read_key
from bot.blocks.keys import keys_view, shown_once
from bot.blocks.text import name
from bot.gesture import Gesture
from core import key_facts, keys, people, permissions
from core.errors import NotFound


async def open_keys(gesture: Gesture, page: int = 0) -> Answer:
    """Open all keys, or turn the page where the list is open already. Raises Forbidden."""
    if gesture.view.get("callback_id") == ids.KEYS_VIEW:
        return Show(await list_view(gesture, page))
    return await gesture.open_modal(
        "API keys", lambda: list_view(gesture, page), push=gesture.in_a_modal
    )


async def open_new(gesture: Gesture) -> Answer:
    """Open the form of a new key. Raises Forbidden."""
    form = KeyForm(uuid4(), _page_of(gesture))
    return await gesture.open_modal(
        "New API key", lambda: _form_view(gesture, form), push=gesture.in_a_modal
    )


async def recompute(gesture: Gesture) -> Answer:
    """Ask for the last day where one is to be chosen. Raises Forbidden."""
    await gesture.redraw(await _form_view(gesture, read_key(gesture.view)))
    return None


async def submit(gesture: Gesture) -> Answer:
    """Make the key and show it; the same form submitted again makes no other.

    Raises what `keys.create_key` raises.
    """
    form = read_key(gesture.view)
    async with gesture.core.reading(gesture.actor) as tx:
        zone = ZoneInfo(await people.zone_name_of(tx, gesture.actor.id))
        expires_at = form.expires_at(tx.now, zone)
    async with gesture.core.transaction(gesture.actor) as tx:
        made = await keys.create_key(
            tx, name=form.name, role=form.role, expires_at=expires_at, id=form.key_id
        )
        line = key_facts.line(tx, made.key)
    page = form.over_list
    root = None if page is None else lambda: list_view(gesture, page)
    await below.refresh(gesture, parent=None, root=root)
    return Show(shown_once(line, made.secret, gesture.workspace.public_url))


async def revoke(gesture: Gesture, key_id: UUID) -> Answer:
    """Make a key dead at once; the list it was pressed in says so, or why not. Raises Forbidden."""
    page = _page_of(gesture) or 0
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            revoked = (await keys.revoke_key(tx, key_id)).name
    except NotFound as refusal:
        return Show(await list_view(gesture, page, error=refusal.message))
    return Show(await list_view(gesture, page, said=f"“{name(revoked)}” was revoked."))


async def list_view(
    gesture: Gesture, page: int, *, said: str | None = None, error: str | None = None
) -> dict[str, Any]:
    """All keys as they are now. Raises Forbidden."""
    async with gesture.core.reading(gesture.actor) as tx:
        return keys_view(await key_facts.lines(tx), page=page, said=said, error=error)


async def _form_view(gesture: Gesture, form: KeyForm) -> dict[str, Any]:
    async with gesture.core.reading(gesture.actor) as tx:
        await permissions.require_admin(tx, keys.WHAT)
        return key_modal(form, await people.zone_name_of(tx, gesture.actor.id))


def _page_of(gesture: Gesture) -> int | None:
    """The page of the list that was pressed, if it was in the list."""
    if gesture.view.get("callback_id") != ids.KEYS_VIEW:
        return None
    return int(values.metadata(gesture.view).get("list") or 0)


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.KEYS_OPEN: lambda gesture, value: open_keys(
        gesture, int(value) if value.isdecimal() else 0
    ),
    ids.KEY_NEW: lambda gesture, _: open_new(gesture),
    ids.KEY_REVOKE: lambda gesture, value: revoke(gesture, UUID(value)),
    ids.KEY_FORM: lambda gesture, _: recompute(gesture),
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.KEY_FORM_VIEW: submit,
}
