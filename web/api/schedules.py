"""Schedules over REST: made, read, changed, removed, and asked who is on call (spec section 9)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from core import override_changes, schedule_parts, schedule_records, schedules
from core.errors import InUse, NameConflict
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schemas.base import GivenInstant
from web.api.schemas.schedules import (
    NewSchedule,
    OnCallShown,
    ScheduleChanges,
    ScheduleListed,
    ScheduleShown,
    ShiftsShown,
)

ScheduleId = Annotated[UUID, Path(alias="scheduleId")]


async def exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    """Look for the schedule that a path names, and for its layer or override."""
    schedule_id = ids["scheduleId"]
    await schedules.get_schedule(tx, schedule_id)
    if "layerId" in ids:
        await schedule_parts.get_layer(tx, schedule_id, ids["layerId"])
    if "overrideId" in ids:
        await override_changes.get_override(tx, schedule_id, ids["overrideId"])


ENDPOINTS = Endpoints("Schedules", exists=exists)


@ENDPOINTS.get("/oncall/schedules")
async def list_schedules(tx: Transaction) -> list[ScheduleListed]:
    """List all schedules.

    By name, without their layers and overrides.
    """
    return [ScheduleListed.model_validate(one) for one in await schedules.list_schedules(tx)]


@ENDPOINTS.post("/oncall/schedules", refuses=(NameConflict,))
async def create_schedule(tx: Transaction, wanted: NewSchedule) -> ScheduleShown:
    """Make a schedule.

    Nobody is on call until it has a rotation layer.
    """
    schedule = await schedule_parts.create_schedule(tx, **dict(wanted))
    return ScheduleShown.model_validate(await schedule_records.of(tx, schedule))


@ENDPOINTS.get("/oncall/schedules/{scheduleId}")
async def get_schedule(tx: Transaction, schedule_id: ScheduleId) -> ScheduleShown:
    """Get one schedule.

    With its rotation layers, and the overrides that have not ended.
    """
    schedule = await schedules.get_schedule(tx, schedule_id)
    return ScheduleShown.model_validate(await schedule_records.of(tx, schedule))


@ENDPOINTS.patch("/oncall/schedules/{scheduleId}", refuses=(NameConflict,))
async def change_schedule(
    tx: Transaction, schedule_id: ScheduleId, wanted: ScheduleChanges
) -> ScheduleShown:
    """Change a schedule's name, time zone or description.

    In another time zone shifts change at the same time of day there; `effectiveFrom` and
    `effectiveUntil` are instants, and stay.
    """
    schedule = await schedule_parts.change_details(tx, schedule_id, **wanted.named)
    return ScheduleShown.model_validate(await schedule_records.of(tx, schedule))


@ENDPOINTS.delete("/oncall/schedules/{scheduleId}", refuses=(InUse,))
async def delete_schedule(tx: Transaction, schedule_id: ScheduleId) -> None:
    """Remove a schedule.

    It is refused while a policy, an open incident or the last resort pages the schedule.
    """
    await schedule_parts.remove_schedule(tx, schedule_id)


@ENDPOINTS.get("/oncall/schedules/{scheduleId}/resolve")
async def resolve_schedule(
    tx: Transaction,
    schedule_id: ScheduleId,
    at: Annotated[GivenInstant | None, Query(description="Now, if it is left out.")] = None,
) -> OnCallShown:
    """Say who is on call, now or at any instant.

    `owner` owns what is declared for the schedule; `pagingTargets` are all whom a policy's layer
    pages. `until` is the next instant at which any of this changes.
    """
    return OnCallShown.model_validate(await schedule_records.on_call(tx, schedule_id, at=at))


@ENDPOINTS.get("/oncall/schedules/{scheduleId}/shifts")
async def list_shifts(
    tx: Transaction,
    schedule_id: ScheduleId,
    start: Annotated[GivenInstant, Query(alias="from", description="The window's start.")],
    end: Annotated[GivenInstant, Query(alias="to", description="Its end, not part of it.")],
) -> ShiftsShown:
    """List the shifts of a window, past or coming, and its gaps.

    As they were or will be, overrides included, and clipped to the window: 400 days at most.
    """
    found = await schedule_records.shifts(tx, schedule_id, start=start, end=end)
    return ShiftsShown.model_validate(found)
