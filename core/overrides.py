"""Overrides: somebody stands in for whoever is on call, and everybody concerned is told.

Two of them on one schedule never overlap (spec section 5). `create` refuses what would; `cover`
makes room, as people expect who take a shift over: what stands in the way is cut or goes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import audit, duty_changes, oncall, people, schedules
from core.covering import OverrideDraft, from_now_on, rest_of
from core.errors import NotFound, OverrideConflict, OverrideEnded, ValidationFailed
from core.transaction import Transaction
from storage.models import Schedule, ScheduleOverride
from storage.vocabulary import AuditType


async def list_overrides(tx: Transaction, schedule_id: UUID) -> Sequence[ScheduleOverride]:
    """A schedule's overrides that have not ended, the earliest first. Raises NotFound."""
    await schedules.get_schedule(tx, schedule_id)
    return await _ahead(tx, schedule_id)


async def create(tx: Transaction, schedule_id: UUID, draft: OverrideDraft) -> ScheduleOverride:
    """Have somebody stand in; whoever is concerned is told.

    Raises NotFound, ValidationFailed, InvalidTargetUser, OverrideConflict (spec section 5).
    """
    schedule = await lock_schedule(tx, schedule_id)
    await check(tx, draft)
    others = await _ahead(tx, schedule_id, after=draft.start_at)
    _refuse_overlap(schedule, draft, others, await _names(tx))
    return await _create(tx, schedule, draft, await schedules.value_of(tx, schedule_id))


async def cover(tx: Transaction, schedule_id: UUID, draft: OverrideDraft) -> ScheduleOverride:
    """Have somebody stand in, whoever else was to: overrides in the way are cut, or go.

    From now on at the earliest: who was on call stays. Asked for again, it changes nothing.
    Raises NotFound, ValidationFailed, InvalidTargetUser.
    """
    schedule = await lock_schedule(tx, schedule_id)
    await check(tx, draft)
    draft = replace(draft, start_at=max(draft.start_at, tx.now))
    for other in await _ahead(tx, schedule_id):
        same = (other.member_id, other.end_at) == (draft.member_id, draft.end_at)
        if same and (other.start_at == draft.start_at or other.start_at <= tx.now):
            return other
    before = await schedules.value_of(tx, schedule_id)
    for other in await _ahead(tx, schedule_id):
        if other.start_at < draft.end_at and draft.start_at < other.end_at:
            await _make_room(tx, other, draft)
    return await _create(tx, schedule, draft, before)


async def set_ahead(tx: Transaction, schedule_id: UUID, drafts: Sequence[OverrideDraft]) -> None:
    """Make these the schedule's overrides from now on; those that are so already stay.

    Raises what `create` raises.
    """
    wanted = {(one.member_id, one.start_at): one for one in drafts}
    kept = set()
    for override in await list_overrides(tx, schedule_id):
        key = override.member_id, override.start_at
        if key not in wanted:
            await remove(tx, override.id)
        elif override.end_at > wanted[key].end_at:
            kept.add(key)
            await change(tx, override.id, wanted[key])
    for override in await list_overrides(tx, schedule_id):
        key = override.member_id, override.start_at
        kept.add(key)
        await change(tx, override.id, wanted[key])  # what had to make room has made it
    for key, draft in wanted.items():
        if key not in kept:
            await create(tx, schedule_id, draft)


async def change(tx: Transaction, override_id: UUID, draft: OverrideDraft) -> ScheduleOverride:
    """Make an override be as the draft says; asking for what it is already changes nothing.

    Raises what `create` raises, and OverrideEnded.
    """
    override, schedule = await _find(tx, override_id)
    was = draft_of(override)
    if was == draft:
        return override
    await check(tx, draft)
    every = await _ahead(tx, schedule.id, after=draft.start_at)
    others = [one for one in every if one.id != override.id]
    _refuse_overlap(schedule, draft, others, await _names(tx))
    otherwise = await schedules.value_of(tx, schedule.id)
    override.member_id = draft.member_id
    override.start_at, override.end_at = draft.start_at, draft.end_at
    await tx.db.flush()
    tx.memo.clear()
    _record(tx, override, AuditType.OVERRIDE_CHANGED, before=was, after=draft)
    given_back = (
        [(was.start_at, was.end_at)]
        if was.member_id != draft.member_id
        else rest_of(was.start_at, was.end_at, draft)
    )
    for start, end in given_back:
        span = replace(was, start_at=start, end_at=end)
        await duty_changes.tell(tx, schedule, "removed", override.id, span, otherwise)
    await duty_changes.tell(tx, schedule, "changed", override.id, draft, otherwise)
    return override


async def change_ahead(
    tx: Transaction, override_id: UUID, draft: OverrideDraft
) -> ScheduleOverride:
    """Change an override from now on: what has passed of it stays, with whoever it was.

    If somebody else takes a running one over, what has passed is kept as an override of its own.
    Raises what `change` raises.
    """
    override, _ = await _find(tx, override_id)
    was = draft_of(override)
    draft = from_now_on(draft, was, tx.now)
    if was.start_at < tx.now and draft.member_id != was.member_id:
        await _leave_what_has_passed(tx, override)
    return await change(tx, override_id, draft)


async def remove(tx: Transaction, override_id: UUID) -> None:
    """Take an override back; one that is running ends now, and its past stays.

    Raises NotFound, OverrideEnded.
    """
    override, schedule = await _find(tx, override_id)
    was = draft_of(override)
    left = replace(was, start_at=max(was.start_at, tx.now))
    otherwise = await schedules.value_of(tx, schedule.id)
    if override.start_at < tx.now:
        override.end_at = tx.now
    else:
        await tx.db.delete(override)
    await tx.db.flush()
    tx.memo.clear()
    _record(tx, override, AuditType.OVERRIDE_REMOVED, before=was)
    await duty_changes.tell(tx, schedule, "removed", override.id, left, otherwise)


def draft_of(override: ScheduleOverride) -> OverrideDraft:
    """A stored override, as one would ask for it."""
    return OverrideDraft(override.member_id, override.start_at, override.end_at)


async def lock_schedule(tx: Transaction, schedule_id: UUID) -> Schedule:
    """The schedule, held until the end: of two who cover at once, the second sees the first."""
    found = await tx.db.scalar(
        select(Schedule)
        .where(Schedule.id == schedule_id, Schedule.organization_id == tx.organization_id)
        .with_for_update(key_share=True)
    )
    if found is None:
        raise NotFound("There is no such schedule. It may have been removed.")
    return found


async def _find(tx: Transaction, override_id: UUID) -> tuple[ScheduleOverride, Schedule]:
    gone = NotFound("There is no such override. It may have been removed.")
    schedule_id = await tx.db.scalar(
        select(ScheduleOverride.schedule_id)
        .join(Schedule, Schedule.id == ScheduleOverride.schedule_id)
        .where(ScheduleOverride.id == override_id, Schedule.organization_id == tx.organization_id)
    )
    if schedule_id is None:
        raise gone
    schedule = await lock_schedule(tx, schedule_id)
    override = await tx.db.get(ScheduleOverride, override_id, populate_existing=True)
    if override is None:
        raise gone
    if override.end_at <= tx.now:
        raise OverrideEnded
    return override, schedule


async def _ahead(
    tx: Transaction, schedule_id: UUID, *, after: datetime | None = None
) -> Sequence[ScheduleOverride]:
    """Those that have not ended; with `after`, those also that ended later than that."""
    since = min(after or tx.now, tx.now)
    found = await tx.db.scalars(
        select(ScheduleOverride)
        .where(ScheduleOverride.schedule_id == schedule_id, ScheduleOverride.end_at > since)
        .order_by(ScheduleOverride.start_at)
    )
    return found.all()


async def check(tx: Transaction, draft: OverrideDraft) -> None:
    """Raises what `cover` would raise for this draft."""
    await people.get_member(tx, draft.member_id)
    if draft.end_at <= draft.start_at:
        raise ValidationFailed("It ends before it begins. Choose a later end.", field="end_at")
    if draft.end_at <= tx.now:
        raise ValidationFailed("That time is over. Choose an end that is ahead.", field="end_at")


async def _names(tx: Transaction) -> dict[UUID, str]:
    return {one.id: one.name for one in await people.members(tx)}


def _refuse_overlap(
    schedule: Schedule,
    draft: OverrideDraft,
    others: Sequence[ScheduleOverride],
    names: dict[UUID, str],
) -> None:
    for other in others:
        if other.start_at < draft.end_at and draft.start_at < other.end_at:
            who = names.get(other.member_id, "Somebody")
            since, until = (
                f"{one.astimezone(ZoneInfo(schedule.timezone)):%Y-%m-%d %H:%M}"
                for one in (other.start_at, other.end_at)
            )
            raise OverrideConflict(
                f"{who} covers part of that time already, from {since} to {until} "
                f"({schedule.timezone}). Change or remove that override first.",
                field="start_at",
            )


async def _leave_what_has_passed(tx: Transaction, override: ScheduleOverride) -> None:
    """What has passed becomes an override of its own, and this one is what is left."""
    was = draft_of(override)
    past = _add(tx, override.schedule_id, replace(was, end_at=tx.now))
    override.start_at = tx.now
    await tx.db.flush()
    _record(tx, past, AuditType.OVERRIDE_CREATED, after=draft_of(past))


async def _make_room(tx: Transaction, other: ScheduleOverride, draft: OverrideDraft) -> None:
    was = draft_of(other)
    pieces = [
        replace(was, start_at=start, end_at=end)
        for start, end in rest_of(other.start_at, other.end_at, draft)
    ]
    if not pieces:
        _record(tx, other, AuditType.OVERRIDE_REMOVED, before=was)
        await tx.db.delete(other)
        return
    other.start_at, other.end_at = pieces[0].start_at, pieces[0].end_at
    _record(tx, other, AuditType.OVERRIDE_CHANGED, before=was, after=pieces[0])
    for piece in pieces[1:]:
        rest = _add(tx, other.schedule_id, piece)
        await tx.db.flush()
        _record(tx, rest, AuditType.OVERRIDE_CREATED, after=piece)


async def _create(
    tx: Transaction, schedule: Schedule, draft: OverrideDraft, before: oncall.Schedule
) -> ScheduleOverride:
    override = _add(tx, schedule.id, draft)
    await tx.db.flush()
    _record(tx, override, AuditType.OVERRIDE_CREATED, after=draft)
    await duty_changes.tell(tx, schedule, "made", override.id, draft, before)
    return override


def _add(tx: Transaction, schedule_id: UUID, draft: OverrideDraft) -> ScheduleOverride:
    override = ScheduleOverride(
        schedule_id=schedule_id,
        member_id=draft.member_id,
        start_at=draft.start_at,
        end_at=draft.end_at,
    )
    tx.db.add(override)
    tx.memo.clear()
    return override


def _record(
    tx: Transaction,
    override: ScheduleOverride,
    type: AuditType,
    *,
    before: OverrideDraft | None = None,
    after: OverrideDraft | None = None,
) -> None:
    told: dict[str, Any] = {
        name: {
            "userId": str(draft.member_id),
            "startAt": draft.start_at.isoformat(),
            "endAt": draft.end_at.isoformat(),
        }
        for name, draft in (("before", before), ("after", after))
        if draft
    }
    audit.record(
        tx, type, scheduleId=str(override.schedule_id), overrideId=str(override.id), **told
    )
