"""Covering a shift from Slack: the form, what it will come to, and taking an override back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from bot import below
from bot.answering import Answer, FieldErrors, Show
from bot.blocks import ids, override, simple, values
from bot.blocks.override import Ahead, OverrideForm, Turn
from bot.gesture import Gesture
from bot.identity import member_of
from core import covering, oncall, overrides, people, schedules
from core.covering import OverrideDraft
from core.errors import (
    DomainError,
    InvalidTargetUser,
    NotAMember,
    NotFound,
    OverrideConflict,
    ValidationFailed,
)
from core.transaction import Transaction

AROUND = timedelta(days=1)
"""How much before and after what is covered the form shows."""

FIRST_LENGTH = timedelta(hours=12)
"""How long the form proposes where no shift is running."""


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
            start, end = span or await _present_shift(tx, chosen)
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
        present = _of(value, str(override_id))
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
            start, end = await _present_shift(tx, UUID(form.schedule_id))
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
        start, end = await _present_shift(tx, schedule_id)
    return await _view(gesture, OverrideForm(str(schedule_id), gesture.user_id, start, end))


def _of(value: oncall.Schedule, override_id: str) -> oncall.Override:
    for one in value.overrides:
        if str(one.id) == override_id:
            return one
    raise NotFound("That override is gone, or over. Close this and look again.")


async def take_back(gesture: Gesture, override_id: UUID) -> Answer:
    """Take an override back, and show the form without it. Raises NotFound, OverrideEnded."""
    async with gesture.core.transaction(gesture.actor) as tx:
        await overrides.remove(tx, override_id)
    return Show(await _view(gesture, override.read_override(gesture.body["view"])))


async def _present_shift(tx: Transaction, schedule_id: UUID) -> tuple[datetime, datetime]:
    """From now to the end of the shift that runs, to the minute."""
    value = await schedules.value_of(tx, schedule_id)
    now = tx.now.replace(second=0, microsecond=0)
    found = oncall.resolve(value, tx.now).owner
    far = found is None or found.until - now > timedelta(days=400)
    return now, now + FIRST_LENGTH if far or found is None else found.until


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
        present: oncall.Override | None = None
        try:
            if form.changing:
                present = _of(value, form.changing)
            if draft:
                await overrides.check(tx, draft)
                draft = _as_it_will_be(draft, present, tx.now)
        except DomainError as refusal:
            draft, trouble = None, refusal.message
        now = tx.now.replace(second=0, microsecond=0)
    names = {one.id: one.name for one in members}
    if present and draft and (other := _in_the_way(_without(value, present), draft)):
        who = names.get(other.member.member_id, "Somebody")
        draft, trouble = None, f"{who} covers part of that time already. Change that one first."
    return override.override_modal(
        form,
        [(str(one.id), one.name) for one in every],
        timezone=chosen.timezone,
        reader=next((one.timezone for one in members if one.id == gesture.actor.id), "UTC"),
        turns=_turns(_without(value, present), draft, names, now) if draft else (),
        trouble=trouble,
        ahead=[
            Ahead(one.id, names.get(one.member.member_id, "somebody"), one.start_at, one.end_at)
            for one in sorted(value.overrides, key=lambda one: one.start_at)
        ],
    )


def _without(value: oncall.Schedule, present: oncall.Override | None) -> oncall.Schedule:
    kept = tuple(one for one in value.overrides if one is not present)
    return replace(value, overrides=kept)


def _in_the_way(value: oncall.Schedule, draft: OverrideDraft) -> oncall.Override | None:
    overlap = (
        one
        for one in value.overrides
        if one.start_at < draft.end_at and draft.start_at < one.end_at
    )
    return next(overlap, None)


def _as_it_will_be(
    draft: OverrideDraft, present: oncall.Override | None, now: datetime
) -> OverrideDraft:
    """What has passed stays as it is, whether one is made or changed."""
    if present is None:
        return replace(draft, start_at=max(draft.start_at, now))
    was = OverrideDraft(present.member.member_id, present.start_at, present.end_at)
    return covering.from_now_on(draft, was, now)


def _turns(
    value: oncall.Schedule, draft: OverrideDraft, names: dict[UUID, str], now: datetime
) -> list[Turn]:
    """Who is on call when, from a day before, or now, to a day after, with the override."""
    foreseen = covering.with_cover(value, draft)
    start = max(draft.start_at - AROUND, min(now, draft.start_at))
    end = draft.end_at + AROUND
    shifts = [
        Turn(
            names.get(one.member_id, "somebody"),
            one.start_at if one.start_at > start or one.start_at == draft.start_at else None,
            one.end_at if one.end_at < end else None,
            one.override_id == covering.FORESEEN,
        )
        for one in oncall.shifts(foreseen, start, end)
        if one.position == 0
    ]
    nobody = [
        Turn(
            None,
            gap.start_at if gap.start_at > start else None,
            gap.end_at if gap.end_at < end else None,
        )
        for gap in oncall.gaps(foreseen, start, end)
    ]
    return sorted([*shifts, *nobody], key=lambda one: one.start_at or start)


SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.OVERRIDE_VIEW: submit_override,
}
