"""The last resort: who is paged when a policy is exhausted, or when an incident pages nobody."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from core import audit, messages, notifications, people, schedules
from core.errors import InvalidTarget
from core.targets import LayerSnapshot, Resolver, Target
from core.transaction import Transaction
from storage.models import Incident, LastResort
from storage.vocabulary import AuditType


@dataclass(frozen=True)
class LastResortDraft:
    """A last resort as somebody asks for it: a schedule, or members in order."""

    schedule_id: UUID | None = None
    member_ids: tuple[UUID, ...] = ()


async def stored(tx: Transaction) -> LastResortDraft | None:
    """The organization's last resort, if it has one."""
    row = await tx.db.get(LastResort, tx.organization_id)
    return _draft_of(row) if row else None


async def change(tx: Transaction, draft: LastResortDraft) -> None:
    """Name the last resort; saying the same again changes nothing.

    Raises InvalidTarget unless it is either a schedule or members, InvalidTargetUser, NotFound.
    """
    if bool(draft.schedule_id) == bool(draft.member_ids):
        raise InvalidTarget
    row = await tx.db.get(LastResort, tx.organization_id, with_for_update=True)
    before = _draft_of(row) if row else None
    if before == draft:
        return
    if draft.schedule_id:
        await schedules.value_of(tx, draft.schedule_id)
    for member_id in draft.member_ids:
        await people.get_member(tx, member_id)
    if row is None:
        row = LastResort(organization_id=tx.organization_id)
        tx.db.add(row)
    row.schedule_id = draft.schedule_id
    row.member_ids = [str(one) for one in draft.member_ids]
    audit.record(
        tx,
        AuditType.SETTINGS_CHANGED,
        setting="lastResort",
        before=_describe(before),
        after=_describe(draft),
    )


async def page(tx: Transaction, incident: Incident) -> tuple[UUID, ...]:
    """Page the last resort, once in each round; nothing happens where none is named.

    That it reaches nobody is said as loudly as an unstaffed layer. The caller holds the
    incident's lock.
    """
    row = await tx.db.get(LastResort, incident.organization_id)
    if row is None:
        return ()
    draft = _draft_of(row)
    layer = LayerSnapshot(0, 1, draft.schedule_id, None, draft.member_ids)
    resolver = await Resolver.for_layers(tx, [layer])
    found = [
        Target(one.person, replace(one.why, kind="last_resort"))
        for one in resolver.targets(layer, tx.now)
    ]
    audit.record(
        tx,
        AuditType.LAST_RESORT_PAGED,
        incident=incident,
        round=incident.escalation_round,
        targets=[{"id": str(one.person.id), "name": one.person.name} for one in found],
    )
    for target in found:
        await notifications.page(
            tx,
            incident,
            target,
            layers=len(incident.escalation_layers),
            instead_of_a_layer="last-resort",
        )
    said = messages.LastResortPaged(tuple(one.person.name for one in found))
    notice = said if found else messages.LastResortUnstaffed()
    await notifications.say(tx, incident, notice, key=str(incident.escalation_round))
    return tuple(one.person.id for one in found)


def _draft_of(row: LastResort) -> LastResortDraft:
    return LastResortDraft(row.schedule_id, tuple(UUID(one) for one in row.member_ids))


def _describe(draft: LastResortDraft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    if draft.schedule_id:
        return {"type": "schedule", "scheduleId": str(draft.schedule_id)}
    return {"type": "users", "userIds": [str(one) for one in draft.member_ids]}
