"""Overrides over REST: somebody stands in for a while (spec section 9)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import override_changes, schedule_records
from core.errors import InvalidTargetUser, OverrideConflict, OverrideEnded
from core.schedule_records import OverrideRecord
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schedules import ScheduleId, exists
from web.api.schemas.schedules import NewOverride, OverrideChanges, OverrideShown

OverrideId = Annotated[UUID, Path(alias="overrideId")]

ENDPOINTS = Endpoints("Overrides", exists=exists)


@ENDPOINTS.get("/oncall/schedules/{scheduleId}/overrides")
async def list_overrides(tx: Transaction, schedule_id: ScheduleId) -> list[OverrideShown]:
    """List a schedule's overrides.

    Those that run or are to come, the earliest first.
    """
    found = await schedule_records.overrides_of(tx, schedule_id)
    return [OverrideShown.model_validate(one) for one in found]


@ENDPOINTS.post(
    "/oncall/schedules/{scheduleId}/overrides", refuses=(InvalidTargetUser, OverrideConflict)
)
async def create_override(
    tx: Transaction, schedule_id: ScheduleId, wanted: NewOverride
) -> OverrideShown:
    """Have somebody stand in.

    While it is active, its user is on call instead of the layer at position 0; both are told.
    Overrides on one schedule never overlap.
    """
    override = await override_changes.create_override(tx, schedule_id, **dict(wanted))
    return OverrideShown.model_validate(OverrideRecord.of(override))


@ENDPOINTS.patch(
    "/oncall/schedules/{scheduleId}/overrides/{overrideId}",
    refuses=(InvalidTargetUser, OverrideConflict, OverrideEnded),
)
async def change_override(
    tx: Transaction, schedule_id: ScheduleId, override_id: OverrideId, wanted: OverrideChanges
) -> OverrideShown:
    """Change an override.

    What has passed stays as it was: one that runs keeps its start, and given another user it is
    theirs from now on, while what has passed is kept as an override that has ended. One that has
    ended can't be changed.
    """
    override = await override_changes.change_override(tx, schedule_id, override_id, **wanted.named)
    return OverrideShown.model_validate(OverrideRecord.of(override))


@ENDPOINTS.delete("/oncall/schedules/{scheduleId}/overrides/{overrideId}", refuses=(OverrideEnded,))
async def delete_override(
    tx: Transaction, schedule_id: ScheduleId, override_id: OverrideId
) -> None:
    """Remove an override.

    One that runs ends now, and who has stood in until now stays on the calendar.
    """
    await override_changes.remove_override(tx, schedule_id, override_id)
