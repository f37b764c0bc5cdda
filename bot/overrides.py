"""Covering a shift from Slack: the form, what it will come to, and taking an override back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from bot import below
from bot.answering import Answer, FieldErrors, Show
from bot.blocks import ids, override, simple, values
from bot.blocks.override import Ahead, OverrideForm
from bot.gesture import Gesture
from bot.identity import member_of
from core import cover_ahead, overrides, people, schedules
from core.cover_ahead import Turn
from core.covering import OverrideDraft
from core.errors import (
    DomainError,
    InvalidTargetUser,
    NotAMember,
    NotFound,
    OverrideConflict,
    ValidationFailed,
)


async def open_override(
    gesture: Gesture,
    schedule_id: UUID | None = None,
    *,
    span: tuple[datetime, datetime] | None = None,
    give: bool = False,
) -> Answer:
    """Open the form: for me, from now to the shift's end, or for a span that I give away."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            every = await schedules.list_schedules(tx)
            if not every:
                return simple.message_view(
                    "Cover a shift",
                    "There are no schedules yet. Make one with /incident schedules.",
                )
            chosen = schedule_id or every[0].id
            start, end = span or await cover_ahead.proposed_span(tx, chosen)
        form = OverrideForm(str(chosen), None if give else gesture.user_id, start, end)
        return await _view(gesture, form)

    in_a_modal = (gesture.body.get("view") or {}).get("type") == "modal"
    return await gesture.open_modal("Cover a shift", build, push=in_a_modal)


async def open_change(gesture: Gesture, schedule_id: UUID, override_id: UUID) -> Answer:
    """Open the form over an override that has not ended. Raises NotFound."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            value = await schedules.value_of(tx, schedule_id)
            members = {one.id: one for one in await people.members(tx)}
        present = cover_ahead.override_of(value, override_id)
        member = members.get(present.member.member_id)
        form = OverrideForm(
            str(schedule_id),
            member.slack_user_id if member else None,
            present.start_at,
            present.end_at,
            str(override_id),
        )
        return await _view(gesture, form)

    return await gesture.open_modal("Change an override", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Say anew what it will come to, after something in the form changed."""
    shown = gesture.body["view"]
    form = override.read_override(shown)
    if form.schedule_id and form.start_at is None and form.end_at is None:
        async with gesture.core.reading(gesture.actor) as tx:
            start, end = await cover_ahead.proposed_span(tx, UUID(form.schedule_id))
        form = replace(form, start_at=start, end_at=end)
    await gesture.redraw(await _view(gesture, form))
    return None


async def submit_override(gesture: Gesture) -> Answer:
    """Cover, or change an override. A refusal appears at its field."""
    form = override.read_override(gesture.body["view"])
    chosen = form.schedule_id
    if not chosen:
        return FieldErrors({"schedule": "Choose a schedule."})
    key = values.ending(gesture.view, "start_at:")  # of the fields that are shown
    try:
        draft = await _draft(gesture, form)
        async with gesture.core.transaction(gesture.actor) as tx:
            if form.changing:
                await overrides.change_ahead(tx, UUID(form.changing), draft)
            else:
                await overrides.cover(tx, UUID(chosen), draft)
    except InvalidTargetUser as refusal:
        return FieldErrors({"person": refusal.message})
    except (OverrideConflict, ValidationFailed) as refusal:
        return FieldErrors({f"{refusal.field}:{key}": refusal.message})
    if form.changing:
        list_below = partial(_proposed, gesture, UUID(chosen))
        return await below.refresh(gesture, parent=list_below, root=None)
    return None


async def _proposed(gesture: Gesture, schedule_id: UUID) -> dict[str, Any]:
    """The form that covers, as it opens; in one that is open already what was typed stays."""
    async with gesture.core.reading(gesture.actor) as tx:
        start, end = await cover_ahead.proposed_span(tx, schedule_id)
    return await _view(gesture, OverrideForm(str(schedule_id), gesture.user_id, start, end))


async def take_back(gesture: Gesture, override_id: UUID) -> Answer:
    """Take an override back, and show the form without it. Raises NotFound, OverrideEnded."""
    async with gesture.core.transaction(gesture.actor) as tx:
        await overrides.remove(tx, override_id)
    return Show(await _view(gesture, override.read_override(gesture.body["view"])))


async def _draft(gesture: Gesture, form: OverrideForm) -> OverrideDraft:
    if not form.person:
        raise InvalidTargetUser("Choose who covers.")
    if form.start_at is None or form.end_at is None:
        missing = "start_at" if form.start_at is None else "end_at"
        raise ValidationFailed("Choose a day and a time.", field=missing)
    try:
        member = await member_of(gesture.core, gesture.workspace, form.person)
    except NotAMember as error:
        raise InvalidTargetUser from error
    return OverrideDraft(member.id, form.start_at, form.end_at)


async def _view(gesture: Gesture, form: OverrideForm) -> dict[str, Any]:
    """The form with what it will come to, or why it can't."""
    draft: OverrideDraft | None = None
    trouble: str | None = None
    if form.person and form.start_at and form.end_at:  # what is not filled in yet is no trouble
        try:
            draft = await _draft(gesture, form)
        except DomainError as refusal:
            trouble = refusal.message
    async with gesture.core.reading(gesture.actor) as tx:
        every = await schedules.list_schedules(tx)
        chosen = next((one for one in every if str(one.id) == form.schedule_id), None)
        if chosen is None:
            raise NotFound("That schedule is gone. Close this and begin again.")
        value = await schedules.value_of(tx, chosen.id)
        members = await people.members(tx)
        turns: Sequence[Turn] = ()
        changing = UUID(form.changing) if form.changing else None
        try:
            if changing:
                cover_ahead.override_of(value, changing)
            if draft:
                turns = await cover_ahead.turns_with(tx, chosen.id, draft, changing=changing)
        except DomainError as refusal:
            trouble = refusal.message
    names = {one.id: one.name for one in members}
    return override.override_modal(
        form,
        [(str(one.id), one.name) for one in every],
        timezone=chosen.timezone,
        reader=next((one.timezone for one in members if one.id == gesture.actor.id), "UTC"),
        turns=turns,
        trouble=trouble,
        ahead=[
            Ahead(one.id, names.get(one.member.member_id, "somebody"), one.start_at, one.end_at)
            for one in sorted(value.overrides, key=lambda one: one.start_at)
        ],
    )


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.OVERRIDE_VIEW: submit_override,
}
