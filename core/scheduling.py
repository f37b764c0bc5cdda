"""Changing a schedule, as a whole: what somebody asks for, checked, written, on the trail."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select

from core import audit, people
from core.errors import InUse, NameConflict, ValidationFailed
from core.transaction import Transaction
from storage import models
from storage.limits import NAME_MAX, ROTATION_LENGTH_DAYS_MAX
from storage.vocabulary import AuditType, RotationType, Status


@dataclass(frozen=True)
class RotationDraft:
    """A rotation layer as somebody asks for it; its position is its place in the list."""

    name: str
    rotation_type: RotationType
    length_days: int
    handoff_time: time
    effective_from: datetime
    effective_until: datetime | None
    participant_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class ScheduleDraft:
    """A schedule as somebody asks for it."""

    name: str
    timezone: str
    description: str | None
    layers: tuple[RotationDraft, ...]


async def create_schedule(tx: Transaction, draft: ScheduleDraft) -> models.Schedule:
    """Make a schedule. Raises ValidationFailed, NameConflict or InvalidTargetUser."""
    await _check(tx, draft)
    schedule = models.Schedule(
        organization_id=tx.organization_id, name=draft.name, created_at=tx.now, layers=[]
    )
    tx.db.add(schedule)
    _write(schedule, draft)
    await tx.db.flush()
    audit.record(
        tx, AuditType.SCHEDULE_CREATED, scheduleId=str(schedule.id), after=_describe(draft)
    )
    return schedule


async def change_schedule(
    tx: Transaction, schedule: models.Schedule, draft: ScheduleDraft
) -> models.Schedule:
    """Make a schedule be as the draft says; asking for what it is already changes nothing.

    Raises what `create_schedule` raises.
    """
    before = draft_of(schedule)
    if before == draft:
        return schedule
    await _check(tx, draft, schedule)
    for layer in schedule.layers:
        layer.participants.clear()
    await tx.db.flush()
    _write(schedule, draft)
    await tx.db.flush()
    tx.memo.clear()
    audit.record(
        tx,
        AuditType.SCHEDULE_CHANGED,
        scheduleId=str(schedule.id),
        before=_describe(before),
        after=_describe(draft),
    )
    return schedule


async def remove_schedule(tx: Transaction, schedule: models.Schedule) -> None:
    """Remove a schedule that nothing uses. Raises InUse, naming where it is used."""
    policies = await tx.db.scalars(
        select(models.EscalationPolicy.name)
        .join(models.EscalationLayer)
        .where(models.EscalationLayer.schedule_id == schedule.id)
        .distinct()
    )
    used = [f"the policy “{name}”" for name in policies]
    running = await tx.db.execute(
        select(models.Incident.number, models.Incident.escalation_layers).where(
            models.Incident.organization_id == tx.organization_id,
            models.Incident.status != Status.RESOLVED,
        )
    )
    for number, layers in running:
        if any(layer.get("schedule_id") == str(schedule.id) for layer in layers):
            used.append(f"incident #{number}")
    if await tx.db.scalar(
        select(models.LastResort.organization_id).filter_by(schedule_id=schedule.id)
    ):
        used.append("the last resort")
    if used:
        raise InUse(f"“{schedule.name}” is in use by {', '.join(used)}. Change that first.")
    audit.record(
        tx,
        AuditType.SCHEDULE_REMOVED,
        scheduleId=str(schedule.id),
        before=_describe(draft_of(schedule)),
    )
    await tx.db.delete(schedule)
    await tx.db.flush()


def draft_of(schedule: models.Schedule) -> ScheduleDraft:
    """A stored schedule, as one would ask for it."""
    return ScheduleDraft(
        name=schedule.name,
        timezone=schedule.timezone,
        description=schedule.description,
        layers=tuple(
            RotationDraft(
                name=layer.name,
                rotation_type=layer.rotation_type,
                length_days=layer.rotation_length_days,
                handoff_time=time.fromisoformat(layer.handoff_time),
                effective_from=layer.effective_from,
                effective_until=layer.effective_until,
                participant_ids=tuple(p.member_id for p in layer.participants),
            )
            for layer in schedule.layers
        ),
    )


def _write(schedule: models.Schedule, draft: ScheduleDraft) -> None:
    schedule.name = draft.name
    schedule.timezone = draft.timezone
    schedule.description = draft.description
    kept = {layer.name: layer for layer in schedule.layers}
    schedule.layers = [
        _write_layer(kept.get(wanted.name), wanted, position)
        for position, wanted in enumerate(draft.layers)
    ]


def _write_layer(
    layer: models.RotationLayer | None, draft: RotationDraft, position: int
) -> models.RotationLayer:
    layer = layer or models.RotationLayer(name=draft.name)
    layer.position = position
    layer.rotation_type = draft.rotation_type
    layer.rotation_length_days = draft.length_days
    layer.handoff_time = draft.handoff_time.strftime("%H:%M")
    layer.effective_from = draft.effective_from
    layer.effective_until = draft.effective_until
    layer.participants = [
        models.RotationParticipant(position=place, member_id=member_id)
        for place, member_id in enumerate(draft.participant_ids)
    ]
    return layer


async def _check(
    tx: Transaction, draft: ScheduleDraft, present: models.Schedule | None = None
) -> None:
    _check_words(draft)
    await people.lock_organization(tx)
    taken = await tx.db.scalar(
        select(models.Schedule.id).filter_by(organization_id=tx.organization_id, name=draft.name)
    )
    if taken and (present is None or taken != present.id):
        raise NameConflict(f"There is a schedule called “{draft.name}” already.")
    known = {p.member_id for layer in present.layers for p in layer.participants} if present else ()
    for layer in draft.layers:
        for member_id in layer.participant_ids:
            if member_id not in known:  # somebody who was removed may stay in the order
                await people.get_member(tx, member_id)


def _check_words(draft: ScheduleDraft) -> None:
    if not 1 <= len(draft.name) <= NAME_MAX:
        raise ValidationFailed(f"A schedule's name has 1 to {NAME_MAX} characters.", field="name")
    if draft.timezone not in available_timezones():
        raise ValidationFailed(
            f"“{draft.timezone}” is not a time zone. Use an IANA name such as Europe/Berlin.",
            field="timezone",
        )
    names = [layer.name for layer in draft.layers]
    if len(set(names)) != len(names):
        raise ValidationFailed("Two rotation layers have the same name.", field="layers")
    lengths = {RotationType.DAILY: 1, RotationType.WEEKLY: 7}
    for layer in draft.layers:
        if not 1 <= len(layer.name) <= NAME_MAX:
            raise ValidationFailed(
                f"A rotation layer's name has 1 to {NAME_MAX} characters.", field="name"
            )
        wanted = lengths.get(layer.rotation_type, layer.length_days)
        if layer.length_days != wanted or not 1 <= wanted <= ROTATION_LENGTH_DAYS_MAX:
            raise ValidationFailed(
                f"“{layer.name}”: a shift lasts 1 to {ROTATION_LENGTH_DAYS_MAX} days "
                "(daily 1, weekly 7).",
                field="length_days",
            )
        if not layer.participant_ids:
            raise ValidationFailed(f"“{layer.name}” has no participants.", field="participants")
        if layer.effective_until and layer.effective_until <= layer.effective_from:
            raise ValidationFailed(f"“{layer.name}” ends before it begins.", field="until")


def _describe(draft: ScheduleDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "timezone": draft.timezone,
        "description": draft.description,
        "layers": [
            {
                "name": layer.name,
                "rotationType": layer.rotation_type.value,
                "rotationLengthDays": layer.length_days,
                "handoffTime": layer.handoff_time.strftime("%H:%M"),
                "effectiveFrom": layer.effective_from.isoformat(),
                "effectiveUntil": layer.effective_until and layer.effective_until.isoformat(),
                "participantIds": [str(one) for one in layer.participant_ids],
            }
            for layer in draft.layers
        ],
    }
