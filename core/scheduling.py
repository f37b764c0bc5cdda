"""Changing a schedule, as a whole: what somebody asks for, checked, written, on the trail."""

from datetime import time
from uuid import UUID, uuid4

from sqlalchemy import select

from core import audit, people, schedules
from core.errors import InUse, NameConflict
from core.schedule_drafts import RotationDraft, ScheduleDraft, check_words, describe
from core.transaction import Transaction
from storage import models
from storage.vocabulary import AuditType, Status

__all__ = [
    "RotationDraft",
    "ScheduleDraft",
    "change_schedule",
    "create_schedule",
    "draft_of",
    "lock_schedule",
    "remove_schedule",
]


async def lock_schedule(tx: Transaction, schedule_id: UUID) -> models.Schedule:
    """A schedule that nobody else changes until the transaction ends. Raises NotFound."""
    await people.lock_organization(tx)
    return await schedules.get_schedule(tx, schedule_id)


async def create_schedule(
    tx: Transaction, draft: ScheduleDraft, *, id: UUID | None = None
) -> models.Schedule:
    """Make a schedule. Asked for twice with the same `id`, there is one.

    Raises ValidationFailed, NameConflict or InvalidTargetUser.
    """
    await people.lock_organization(tx)
    id = id or uuid4()
    made = await tx.db.get(models.Schedule, id)
    if made and made.organization_id == tx.organization_id:
        return made
    await _check(tx, draft)
    schedule = models.Schedule(
        id=id, organization_id=tx.organization_id, name=draft.name, created_at=tx.now, layers=[]
    )
    tx.db.add(schedule)
    _write(schedule, draft, {})
    await tx.db.flush()
    audit.record(tx, AuditType.SCHEDULE_CREATED, scheduleId=str(schedule.id), after=describe(draft))
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
    kept = _kept(schedule, draft)
    schedule.layers = list(kept.values())
    for wanted, layer in kept.items():
        layer.participants.clear()
        if layer.name != draft.layers[wanted].name:
            layer.name = str(layer.id)  # so that two layers can change names with one another
    await tx.db.flush()
    _write(schedule, draft, kept)
    await tx.db.flush()
    tx.memo.clear()
    audit.record(
        tx,
        AuditType.SCHEDULE_CHANGED,
        scheduleId=str(schedule.id),
        before=describe(before),
        after=describe(draft),
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
    unresolved = await tx.db.execute(
        select(models.Incident.number, models.Incident.escalation_layers).where(
            models.Incident.organization_id == tx.organization_id,
            models.Incident.status != Status.RESOLVED,
        )
    )
    running = [
        number
        for number, layers in unresolved
        if any(layer.get("schedule_id") == str(schedule.id) for layer in layers)
    ]
    if await tx.db.scalar(
        select(models.LastResort.organization_id).filter_by(schedule_id=schedule.id)
    ):
        used.append("the last resort")
    if used or running:
        raise InUse.by(schedule.name, used, running)
    overrides = await tx.db.scalars(
        select(models.ScheduleOverride)
        .where(
            models.ScheduleOverride.schedule_id == schedule.id,
            models.ScheduleOverride.end_at > tx.now,
        )
        .order_by(models.ScheduleOverride.start_at)
    )
    ahead = [
        {
            "userId": str(one.member_id),
            "startAt": one.start_at.isoformat(),
            "endAt": one.end_at.isoformat(),
        }
        for one in overrides
    ]
    audit.record(
        tx,
        AuditType.SCHEDULE_REMOVED,
        scheduleId=str(schedule.id),
        before=describe(draft_of(schedule)) | {"overrides": ahead},
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
                id=layer.id,
            )
            for layer in schedule.layers
        ),
    )


def _kept(schedule: models.Schedule, draft: ScheduleDraft) -> dict[int, models.RotationLayer]:
    """The layers that stay, by their place in the draft; the others are gone or new."""
    by_id = {layer.id: layer for layer in schedule.layers}
    kept = {
        place: by_id.pop(wanted.id)
        for place, wanted in enumerate(draft.layers)
        if wanted.id in by_id
    }
    by_name = {layer.name: layer for layer in by_id.values()}
    for place, wanted in enumerate(draft.layers):
        if wanted.id is None and wanted.name in by_name:
            kept[place] = by_name.pop(wanted.name)
    return kept


def _write(
    schedule: models.Schedule, draft: ScheduleDraft, kept: dict[int, models.RotationLayer]
) -> None:
    schedule.name = draft.name
    schedule.timezone = draft.timezone
    schedule.description = draft.description
    schedule.layers = [
        _write_layer(kept.get(position), wanted, position)
        for position, wanted in enumerate(draft.layers)
    ]


def _write_layer(
    layer: models.RotationLayer | None, draft: RotationDraft, position: int
) -> models.RotationLayer:
    layer = layer or models.RotationLayer(id=draft.id or uuid4())
    layer.name = draft.name
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
    check_words(draft)
    await people.lock_organization(tx)
    taken = await tx.db.scalar(
        select(models.Schedule.id).filter_by(organization_id=tx.organization_id, name=draft.name)
    )
    if taken and (present is None or taken != present.id):
        raise NameConflict(f"There is a schedule called “{draft.name}” already.")
    kept = _kept(present, draft) if present else {}
    for place, layer in enumerate(draft.layers):
        known = {one.member_id for one in kept[place].participants} if place in kept else ()
        for member_id in layer.participant_ids:
            if member_id not in known:  # somebody who was removed may stay in the order
                await people.get_member(tx, member_id)
