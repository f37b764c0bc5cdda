"""Declaring in Slack: the form, what it says meanwhile, and what is said once it is done."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from bot.answering import Answer, Told
from bot.blocks import declare, ids
from bot.blocks.declare import DeclareForm
from bot.blocks.text import Rendered, escape
from bot.gesture import Gesture
from bot.identity import member_of
from core import (
    components,
    declaring,
    facts,
    incidents,
    people,
    preview,
    public_surface,
    receipts,
    schedules,
)
from core.errors import InvalidTargetUser, NotAMember
from core.leaks import find_leaks
from core.transaction import Transaction
from storage.limits import TITLE_MAX
from storage.vocabulary import Severity


async def open_declare(gesture: Gesture, text: str = "") -> Answer:
    """Open the form that declares an incident, the only schedule chosen where there is one.

    The first line of a text is the title; what is more than a title is the description, too.
    """
    text = text.strip()
    title = text.splitlines()[0][:TITLE_MAX] if text else ""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            known = await schedules.list_schedules(tx)
            asked_at = await _asked_at(gesture, tx)
        only = str(known[0].id) if len(known) == 1 else None
        form = DeclareForm(
            title=title,
            description=text if text != title else "",
            schedule_id=only,
            asked_at=asked_at,
        )
        return await _declare_view(gesture, form)

    return await gesture.open_modal("Declare an incident", build)


async def recompute_declare(gesture: Gesture) -> Answer:
    """Say again who will be paged, after the schedule or the owner changed."""
    shown = gesture.body["view"]
    await gesture.redraw(await _declare_view(gesture, declare.read_declare(shown)))
    return None


async def submit_declare(gesture: Gesture) -> Answer:
    """Declare, and say so to who did. Submitted twice, the same form makes one incident."""
    shown = gesture.body["view"]
    form = declare.read_declare(shown)
    owner_id = await _member_id(gesture, form.owner)
    async with gesture.core.transaction(gesture.actor) as tx:
        made = await declaring.open_incident(
            tx,
            title=form.title,
            severity=Severity(form.severity),
            description=form.description,
            owner_id=owner_id,
            owner_schedule_id=UUID(form.schedule_id) if form.schedule_id else None,
            component_ids=form.components,
            dedup_key=f"slack:{shown['id']}",
        )
    if not form.asked_at:
        return None
    return Told(form.asked_at, partial(_declared, gesture, made.id))


async def _declared(gesture: Gesture, incident_id: UUID) -> Rendered:
    async with gesture.core.reading(gesture.actor) as tx:
        incident = await incidents.get(tx, incident_id)
        found = await facts.of(tx, incident)
        paged = {one.person_id: one.person for one in await receipts.of(tx, incident)}
    return declare.declared(found, list(paged.values()))


async def _asked_at(gesture: Gesture, tx: Transaction) -> str:
    """Where to say that it is done: not in the alerts channel, where the card says it."""
    body = gesture.body
    channel = body.get("channel") or {
        "id": body.get("channel_id"),
        "name": body.get("channel_name"),
    }
    alerts = (await people.organization(tx)).alerts_channel
    here = alerts and alerts.lstrip("#") in (channel.get("id"), channel.get("name"))
    return "" if here else str(body.get("response_url") or "")


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
}
