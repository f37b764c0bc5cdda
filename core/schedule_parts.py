"""Changing one part of a schedule as it is now: what is named changes, and all else stays.

For programs, which see no form: the schedule is locked, the part is changed in what is stored, and
so two who change different parts, or different fields of one, both get what they asked for.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from core import schedules, scheduling
from core.arranging import without_layer
from core.errors import NameConflict, NotFound
from core.layer_order import in_order, layer_of, with_layer
from core.schedule_drafts import FIXED_LENGTHS, RotationDraft, ScheduleDraft
from core.transaction import Transaction
from storage.models import RotationLayer, Schedule
from storage.vocabulary import RotationType


class Details(TypedDict, total=False):
    """What can be changed of a schedule itself."""

    name: str
    timezone: str
    description: str | None


class Turns(TypedDict, total=False):
    """What can be changed of a rotation layer. Instants are UTC."""

    name: str
    rotation_type: RotationType
    length_days: int
    handoff_time: time
    effective_from: datetime
    effective_until: datetime | None
    participant_ids: tuple[UUID, ...]


async def create_schedule(
    tx: Transaction, *, name: str, timezone: str, description: str | None = None
) -> Schedule:
    """Make a schedule without layers. Raises ValidationFailed, NameConflict (spec section 5)."""
    draft = ScheduleDraft(name, timezone, description or None, ())
    return await scheduling.create_schedule(tx, draft)


async def change_details(tx: Transaction, schedule_id: UUID, **named: Unpack[Details]) -> Schedule:
    """Change what a schedule is called, or where it is.

    In another zone its shifts change at the same time of day there; when a layer begins and ends
    are instants, and stay. Raises NotFound, ValidationFailed, NameConflict (spec section 5).
    """

    def change(draft: ScheduleDraft) -> ScheduleDraft:
        changed = replace(draft, **named)
        return replace(changed, description=changed.description or None)

    return await _change(tx, schedule_id, change)


async def remove_schedule(tx: Transaction, schedule_id: UUID) -> None:
    """Remove a schedule that nothing uses. Raises NotFound, InUse (spec section 5)."""
    schedule = await scheduling.lock_schedule(tx, schedule_id)
    await scheduling.remove_schedule(tx, schedule)


async def add_layer(
    tx: Transaction,
    schedule_id: UUID,
    *,
    name: str,
    rotation_type: RotationType,
    length_days: int | None = None,
    handoff_time: time,
    effective_from: datetime,
    effective_until: datetime | None = None,
    participant_ids: Sequence[UUID],
) -> RotationLayer:
    """Add a rotation layer after all others. How long a shift is may be left to the type.

    Instants are UTC. Raises NotFound, ValidationFailed, NameConflict, InvalidTargetUser (spec
    section 5).
    """
    length = length_days or FIXED_LENGTHS.get(rotation_type)
    wanted = RotationDraft(
        name=name,
        rotation_type=rotation_type,
        length_days=length or 0,
        handoff_time=handoff_time,
        effective_from=effective_from,
        effective_until=effective_until,
        participant_ids=tuple(participant_ids),
        id=uuid4(),
    )

    def change(draft: ScheduleDraft) -> ScheduleDraft:
        _refuse_namesake(draft.layers, wanted)
        return replace(draft, layers=(*draft.layers, wanted))

    return (await _change(tx, schedule_id, change)).layers[-1]


async def change_layer(
    tx: Transaction, schedule_id: UUID, layer_id: UUID, **named: Unpack[Turns]
) -> RotationLayer:
    """Change what is named of a rotation layer. Another type brings its length along.

    Raises NotFound, ValidationFailed, NameConflict, InvalidTargetUser (spec section 5).
    """
    if "rotation_type" in named and "length_days" not in named:
        fixed = FIXED_LENGTHS.get(named["rotation_type"])
        named = {**named, "length_days": fixed} if fixed else named

    def change(draft: ScheduleDraft) -> ScheduleDraft:
        wanted = replace(_known(draft, layer_id), **named)
        others = [one for one in draft.layers if one.id != layer_id]
        _refuse_namesake(others, wanted)
        return replace(draft, layers=with_layer(draft.layers, wanted))

    schedule = await _change(tx, schedule_id, change)
    return next(one for one in schedule.layers if one.id == layer_id)


async def remove_layer(tx: Transaction, schedule_id: UUID, layer_id: UUID) -> None:
    """Take a rotation layer away; those below it move up. Raises NotFound."""

    def change(draft: ScheduleDraft) -> ScheduleDraft:
        _known(draft, layer_id)
        return without_layer(draft, layer_id)

    await _change(tx, schedule_id, change)


async def order_layers(
    tx: Transaction, schedule_id: UUID, *, layer_ids: Sequence[UUID]
) -> Schedule:
    """Set the order of all rotation layers at once: the first has position 0.

    Raises NotFound, and ValidationFailed unless each layer is named exactly once (spec section 9).
    """

    def change(draft: ScheduleDraft) -> ScheduleDraft:
        return replace(draft, layers=in_order(draft.layers, layer_ids))

    return await _change(tx, schedule_id, change)


async def get_layer(tx: Transaction, schedule_id: UUID, layer_id: UUID) -> RotationLayer:
    """One rotation layer of a schedule. Raises NotFound."""
    schedule = await schedules.get_schedule(tx, schedule_id)
    _known(scheduling.draft_of(schedule), layer_id)
    return next(one for one in schedule.layers if one.id == layer_id)


def _known(draft: ScheduleDraft, layer_id: UUID) -> RotationDraft:
    layer = layer_of(draft.layers, layer_id)
    if layer is None:
        raise NotFound("This schedule has no such layer. It may have been removed.")
    return layer


def _refuse_namesake(others: Collection[RotationDraft], wanted: RotationDraft) -> None:
    if any(one.name == wanted.name for one in others):
        raise NameConflict(
            f"This schedule has a layer called “{wanted.name}” already.", field="name"
        )


async def _change(
    tx: Transaction, schedule_id: UUID, change: Callable[[ScheduleDraft], ScheduleDraft]
) -> Schedule:
    schedule = await scheduling.lock_schedule(tx, schedule_id)
    wanted = change(scheduling.draft_of(schedule))
    return await scheduling.change_schedule(tx, schedule, wanted)
