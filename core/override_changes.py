"""An override of a schedule, changed or taken back by those who name its fields and see no form.

The past is never written anew: of an override that runs, only what lies ahead can change.
"""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import select

from core import overrides, schedules
from core.covering import OverrideDraft
from core.errors import NotFound, OverrideEnded, ValidationFailed
from core.transaction import Transaction
from storage.models import ScheduleOverride


class Terms(TypedDict, total=False):
    """What can be changed of an override. Instants are UTC."""

    member_id: UUID
    start_at: datetime
    end_at: datetime


async def create_override(
    tx: Transaction, schedule_id: UUID, *, member_id: UUID, start_at: datetime, end_at: datetime
) -> ScheduleOverride:
    """Have somebody stand in. One that begins in the past says who really was on call.

    Raises NotFound, ValidationFailed, InvalidTargetUser, OverrideConflict (spec section 5).
    """
    return await overrides.create(tx, schedule_id, OverrideDraft(member_id, start_at, end_at))


async def change_override(
    tx: Transaction, schedule_id: UUID, override_id: UUID, **named: Unpack[Terms]
) -> ScheduleOverride:
    """Change what is named of an override, from now on.

    One that runs keeps its start, and whoever stood in until now did; a start that is named
    too late becomes now. Raises NotFound, OverrideEnded, ValidationFailed, InvalidTargetUser,
    OverrideConflict (spec section 5).
    """
    override = await _lock(tx, schedule_id, override_id)
    was = overrides.draft_of(override)
    wanted = replace(was, **named)
    if was.start_at <= tx.now and wanted.start_at != was.start_at:
        raise ValidationFailed(
            "It runs already, so its start stays as it is. Remove it to end it now.",
            field="start_at",
        )
    return await overrides.change_ahead(tx, override_id, wanted)


async def remove_override(tx: Transaction, schedule_id: UUID, override_id: UUID) -> None:
    """Take an override back; one that runs ends now, and its past stays.

    Raises NotFound, OverrideEnded (spec section 5).
    """
    await _lock(tx, schedule_id, override_id)
    await overrides.remove(tx, override_id)


async def get_override(tx: Transaction, schedule_id: UUID, override_id: UUID) -> ScheduleOverride:
    """One override of a schedule, ended or not. Raises NotFound."""
    await schedules.get_schedule(tx, schedule_id)
    found = await tx.db.scalar(
        select(ScheduleOverride)
        .filter_by(id=override_id, schedule_id=schedule_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no such override. It may have been removed.")
    return found


async def get_ahead(tx: Transaction, schedule_id: UUID, override_id: UUID) -> ScheduleOverride:
    """One override of a schedule that has not ended. Raises NotFound, OverrideEnded."""
    override = await get_override(tx, schedule_id, override_id)
    if override.end_at <= tx.now:
        raise OverrideEnded
    return override


async def _lock(tx: Transaction, schedule_id: UUID, override_id: UUID) -> ScheduleOverride:
    await overrides.lock_schedule(tx, schedule_id)
    return await get_ahead(tx, schedule_id, override_id)
