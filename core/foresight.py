"""What a schedule will do: who is on call now, the shifts to come, the gaps; stored or a draft.

Asked of the functions that really page, about a value that may not be written down yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from core import oncall, people, schedules
from core.schedule_drafts import RotationDraft, ScheduleDraft, check_turns
from core.staffing import Unowned, unowned
from core.transaction import Transaction

SHIFTS_TOLD = 6
GAPS_WITHIN = timedelta(days=30)
_LOOKED_AHEAD = (timedelta(days=14), timedelta(days=60), timedelta(days=400))


@dataclass(frozen=True)
class ComingShift:
    """A shift that runs or is to come; no end if it ends later than anybody looked."""

    person: str
    start_at: datetime
    end_at: datetime | None
    runs: bool
    overrides: bool


@dataclass(frozen=True)
class Foresight:
    """A schedule from now on. The owner comes first among those on call, if there is one."""

    at: datetime
    zone: ZoneInfo
    owner: str | None
    on_call: tuple[str, ...]
    until: datetime | None
    """When other people are on call, None if that never comes."""
    shifts: tuple[ComingShift, ...]
    gaps: tuple[Unowned, ...]
    """Within GAPS_WITHIN; one that ends there may really end later."""

    def lasts_beyond(self, gap: Unowned) -> bool:
        """Whether a gap goes on at the end of what was looked at."""
        return gap.end_at >= self.at + GAPS_WITHIN


@dataclass(frozen=True)
class LayerAhead:
    """Who has the turn in a layer now, until when, and who follows."""

    now: str | None
    until: datetime | None
    then: str | None
    then_from: datetime | None


async def of_schedule(tx: Transaction, schedule_id: UUID) -> Foresight:
    """A stored schedule from now on. Raises NotFound."""
    value = await schedules.value_of(tx, schedule_id)
    return foresee(value, await _names(tx, value), tx.now)


async def of_draft(
    tx: Transaction, schedule_id: UUID, draft: ScheduleDraft, *, layer_id: UUID | None = None
) -> Foresight:
    """A schedule as it would be, its overrides included; with a layer's id, that layer's shifts.

    Raises NotFound, and ValidationFailed for turns that nobody can take.
    """
    for layer in draft.layers:
        check_turns(layer)
    stored = await schedules.value_of(tx, schedule_id)
    named = [one for layer in draft.layers for one in layer.participant_ids]
    removed = {id: one.removed_at for id, one in (await people.by_id(tx, named)).items()}
    value = replace(
        stored,
        timezone=ZoneInfo(draft.timezone),
        layers=tuple(
            _as_value(layer, position, removed) for position, layer in enumerate(draft.layers)
        ),
    )
    return foresee(value, await _names(tx, value), tx.now, layer_id=layer_id)


async def layers_ahead(tx: Transaction, schedule_id: UUID) -> dict[UUID, LayerAhead]:
    """Each layer's own turns, overrides left aside. Raises NotFound."""
    value = await schedules.value_of(tx, schedule_id)
    names = await _names(tx, value)
    found = {}
    for layer in value.layers:
        alone = replace(value, layers=(replace(layer, position=0),), overrides=())
        ahead = foresee(alone, names, tx.now).shifts
        now = next((one for one in ahead if one.runs), None)
        then = next((one for one in ahead if not one.runs), None)
        found[layer.id] = LayerAhead(
            now.person if now else None,
            now.end_at if now else None,
            then.person if then else None,
            then.start_at if then else None,
        )
    return found


def foresee(
    schedule: oncall.Schedule,
    names: Mapping[UUID, str],
    at: datetime,
    *,
    layer_id: UUID | None = None,
) -> Foresight:
    """PURE. A schedule from an instant on: the owner's shifts, or those of one layer."""
    now = oncall.resolve(schedule, at)
    first = schedule.first_layer
    owners = layer_id is None or (first is not None and first.id == layer_id)
    return Foresight(
        at=at,
        zone=schedule.timezone,
        owner=names[now.owner.member_id] if now.owner else None,
        on_call=tuple(names[duty.member_id] for duty in now.targets),
        until=now.until,
        shifts=_coming(schedule, names, at, None if owners else layer_id),
        gaps=unowned(schedule, at, at + GAPS_WITHIN),
    )


def _coming(
    schedule: oncall.Schedule, names: Mapping[UUID, str], at: datetime, layer_id: UUID | None
) -> tuple[ComingShift, ...]:
    found: list[oncall.Shift] = []
    for ahead in _LOOKED_AHEAD:
        end = at + ahead
        every = oncall.shifts(schedule, at, end)
        found = [
            one
            for one in every
            if (one.position == 0 if layer_id is None else one.layer_id == layer_id)
        ]
        if len([one for one in found if one.end_at < end]) >= SHIFTS_TOLD:
            break
    return tuple(
        ComingShift(
            person=names[one.member_id],
            start_at=one.start_at,
            end_at=one.end_at if one.end_at < end else None,
            runs=one.start_at <= at,
            overrides=one.override_id is not None,
        )
        for one in found[:SHIFTS_TOLD]
    )


def _as_value(
    draft: RotationDraft, position: int, removed: Mapping[UUID, datetime | None]
) -> oncall.RotationLayer:
    return oncall.RotationLayer(
        id=draft.id or uuid4(),
        name=draft.name,
        position=position,
        length_days=draft.length_days,
        handoff=draft.handoff_time,
        effective_from=draft.effective_from,
        effective_until=draft.effective_until,
        participants=tuple(
            oncall.Participant(one, removed.get(one)) for one in draft.participant_ids
        ),
    )


async def _names(tx: Transaction, value: oncall.Schedule) -> dict[UUID, str]:
    rostered = [one.member_id for layer in value.layers for one in layer.participants]
    found = await people.by_id(tx, [*rostered, *(one.member.member_id for one in value.overrides)])
    return {id: member.name for id, member in found.items()}
