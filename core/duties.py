"""A member's own duties: their shift now, and the ones ahead, on every schedule."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from core import oncall, schedules
from core.transaction import Transaction
from storage.models import Schedule

AHEAD = timedelta(days=28)
"""How far ahead one's own shifts are looked for."""


@dataclass(frozen=True)
class OwnShift:
    """A shift of one's own, as it will really be; one that runs begins now."""

    schedule_id: UUID
    schedule: str
    timezone: str
    layer: str | None
    position: int
    by_override: bool
    start_at: datetime
    end_at: datetime

    def runs_at(self, instant: datetime) -> bool:
        """Whether one is on call by it then."""
        return self.start_at <= instant < self.end_at


async def of_member(
    tx: Transaction, member_id: UUID, *, ahead: timedelta = AHEAD
) -> tuple[OwnShift, ...]:
    """A member's shifts from now on, the earliest first (spec section 7, App Home)."""
    ids = await tx.db.scalars(select(Schedule.id).filter_by(organization_id=tx.organization_id))
    known = await schedules.load(tx, ids)
    found: list[OwnShift] = []
    for schedule in known.values():
        if _names(schedule, member_id):
            found += _own(schedule, member_id, tx.now, ahead)
            await asyncio.sleep(0)  # a page that is due meanwhile goes first
    return tuple(sorted(found, key=lambda one: (one.start_at, one.schedule)))


def _end(schedule: oncall.Schedule, shift: oncall.Shift) -> datetime:
    """When a shift really ends that the window cuts."""
    lengths = {layer.id: layer.length_days for layer in schedule.layers}
    longest = max(lengths.values(), default=0) + 2  # the clocks may change on the way
    same = (shift.position, shift.layer_id, shift.override_id)
    for override in schedule.overrides:
        if override.id == shift.override_id:
            return override.counts_until
    found = oncall.shifts(schedule, shift.start_at, shift.start_at + timedelta(days=longest))
    return next(
        (one.end_at for one in found if (one.position, one.layer_id, one.override_id) == same),
        shift.end_at,
    )


def _names(schedule: oncall.Schedule, member_id: UUID) -> bool:
    participants = (one.member_id for layer in schedule.layers for one in layer.participants)
    return member_id in {*participants, *(one.member.member_id for one in schedule.overrides)}


def _own(
    schedule: oncall.Schedule, member_id: UUID, now: datetime, ahead: timedelta
) -> Sequence[OwnShift]:
    layers = {layer.id: layer.name for layer in schedule.layers}
    return [
        OwnShift(
            schedule.id,
            schedule.name,
            schedule.timezone.key,
            layers.get(shift.layer_id) if shift.layer_id else None,
            shift.position,
            shift.override_id is not None,
            shift.start_at,
            _end(schedule, shift) if shift.end_at == now + ahead else shift.end_at,
        )
        for shift in oncall.shifts(schedule, now, now + ahead)
        if shift.member_id == member_id
    ]
