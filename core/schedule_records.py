"""Schedules as programs are told of them: every field of spec section 5, and who is on call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core import oncall, overrides, people, schedules
from core.errors import ValidationFailed
from core.instants import as_utc
from core.oncall import Gap
from core.people import Person
from core.transaction import Transaction
from storage.models import RotationLayer, Schedule, ScheduleOverride
from storage.vocabulary import RotationType

WINDOW_MAX = timedelta(days=400)
"""So much of a schedule's calendar can be asked for at once (spec section 9)."""


@dataclass(frozen=True)
class RotationLayerRecord:
    """A rotation layer; the participants are in order, those who were removed included."""

    id: UUID
    name: str
    position: int
    rotation_type: RotationType
    rotation_length_days: int
    handoff_time: str
    effective_from: datetime
    effective_until: datetime | None
    participant_ids: tuple[UUID, ...]

    @classmethod
    def of(cls, layer: RotationLayer) -> "RotationLayerRecord":
        """The record of a layer's row, its participants loaded."""
        return cls(
            id=layer.id,
            name=layer.name,
            position=layer.position,
            rotation_type=layer.rotation_type,
            rotation_length_days=layer.rotation_length_days,
            handoff_time=layer.handoff_time,
            effective_from=layer.effective_from,
            effective_until=layer.effective_until,
            participant_ids=tuple(one.member_id for one in layer.participants),
        )


@dataclass(frozen=True)
class OverrideRecord:
    """An override: who stands in, from when until when."""

    id: UUID
    user_id: UUID
    start_at: datetime
    end_at: datetime

    @classmethod
    def of(cls, override: ScheduleOverride) -> "OverrideRecord":
        """The record of an override's row."""
        return cls(override.id, override.member_id, override.start_at, override.end_at)


@dataclass(frozen=True)
class ScheduleRecord:
    """A schedule with its layers by position, and the overrides that have not ended."""

    id: UUID
    name: str
    description: str | None
    timezone: str
    created_at: datetime
    layers: tuple[RotationLayerRecord, ...]
    overrides: tuple[OverrideRecord, ...]


@dataclass(frozen=True)
class OnCallRecord:
    """Who is on call at an instant, nobody twice, and until when (None: for ever)."""

    at: datetime
    owner: Person | None
    paging_targets: tuple[Person, ...]
    until: datetime | None


@dataclass(frozen=True)
class ShiftRecord:
    """A span in which one person is on call for one layer, or for an override."""

    user: Person
    layer_id: UUID | None
    position: int
    override_id: UUID | None
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True)
class ShiftsRecord:
    """The shifts of a window in order of start, and where the schedule has no owner."""

    shifts: tuple[ShiftRecord, ...]
    gaps: tuple[Gap, ...]


async def of(tx: Transaction, schedule: Schedule) -> ScheduleRecord:
    """The record of one schedule, its layers loaded."""
    return ScheduleRecord(
        id=schedule.id,
        name=schedule.name,
        description=schedule.description,
        timezone=schedule.timezone,
        created_at=schedule.created_at,
        layers=tuple(RotationLayerRecord.of(one) for one in schedule.layers),
        overrides=await overrides_of(tx, schedule.id),
    )


async def overrides_of(tx: Transaction, schedule_id: UUID) -> tuple[OverrideRecord, ...]:
    """A schedule's overrides that have not ended, the earliest first. Raises NotFound."""
    found = await overrides.list_overrides(tx, schedule_id)
    return tuple(OverrideRecord.of(one) for one in found)


async def on_call(
    tx: Transaction, schedule_id: UUID, *, at: datetime | None = None
) -> OnCallRecord:
    """Who is on call at an instant (None: now), as `oncall.resolve` has it. Raises NotFound."""
    instant = as_utc(at) if at else tx.now
    found = oncall.resolve(await schedules.value_of(tx, schedule_id, at=instant), instant)
    persons = await _persons(tx, [duty.member_id for duty in found.targets])
    return OnCallRecord(
        at=instant,
        owner=persons[found.owner.member_id] if found.owner else None,
        paging_targets=tuple(persons[duty.member_id] for duty in found.targets),
        until=found.until,
    )


async def shifts(
    tx: Transaction, schedule_id: UUID, *, start: datetime, end: datetime
) -> ShiftsRecord:
    """Every shift of a window as it will really be, or was, clipped to it, and its gaps.

    Raises NotFound, and ValidationFailed for a window that is empty or longer than WINDOW_MAX.
    """
    start, end = as_utc(start), as_utc(end)
    schedule = await schedules.value_of(tx, schedule_id, at=start)
    if end <= start:
        raise ValidationFailed("The window ends before it begins.", field="to")
    if end - start > WINDOW_MAX:
        raise ValidationFailed(f"Ask for {WINDOW_MAX.days} days at most at once.", field="to")
    found = oncall.shifts(schedule, start, end)
    persons = await _persons(tx, (one.member_id for one in found))
    return ShiftsRecord(
        shifts=tuple(ShiftRecord(persons[one.member_id], *one[1:]) for one in found),
        gaps=oncall.gaps(schedule, start, end),
    )


async def _persons(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Person]:
    found = await people.by_id(tx, ids)
    return {id: Person.of(member) for id, member in found.items()}
