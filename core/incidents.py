"""Incidents: found, locked, listed, and their severity changed (spec section 2)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, case, exists, func, or_, select, tuple_

from core import audit, lifecycle, logs, messages, notifications, surfaces
from core.errors import NotFound, ValidationFailed
from core.transaction import Transaction
from storage.models import Delivery, Incident
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, Severity, Status

_LOCKED = (
    select(Incident)
    .where(Incident.organization_id == bindparam("organization_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_LOCK_ONE = _LOCKED.where(Incident.id == bindparam("id"))
_LOCK_ALL = _LOCKED.where(Incident.id.in_(bindparam("ids", expanding=True))).order_by(Incident.id)
_LOCK_FREE = _LOCK_ALL.with_for_update(key_share=True, skip_locked=True)

_WORST_FIRST = case({one.value: one.rank for one in Severity}, value=Incident.severity)

NUMBER_MAX = 2**31 - 1
"""More than that no database takes for a number."""


async def lock(tx: Transaction, incident_id: UUID | None) -> Incident:
    """An incident of the actor's organization, held until the transaction ends.

    Raises NotFound, for another organization's just as for none.
    """
    which = {"organization_id": tx.organization_id, "id": incident_id}
    found: Incident | None = await tx.db.scalar(_LOCK_ONE, which)
    if found is None:
        raise NotFound("There is no such incident.")
    logs.note(incident=found.number)
    return found


async def lock_all(
    tx: Transaction, incident_ids: Collection[UUID], *, wait: bool = True
) -> dict[UUID, Incident]:
    """Several incidents, held until the transaction ends; always in the same order.

    Unless it may `wait`, without those that somebody else holds.
    """
    which = {"organization_id": tx.organization_id, "ids": list(incident_ids)}
    found = await tx.db.scalars(_LOCK_ALL if wait else _LOCK_FREE, which)
    return {incident.id: incident for incident in found}


async def find(tx: Transaction, number: int) -> Incident:
    """An incident by the number that people type in Slack. Raises NotFound."""
    try:
        return await numbered(tx, number)
    except NotFound:
        said = f"There is no incident #{number}. “/incident list” shows the open ones."
        raise NotFound(said) from None


async def numbered(tx: Transaction, number: int) -> Incident:
    """An incident by its number, to be read. Raises NotFound."""
    found = await tx.db.scalar(
        select(Incident).filter_by(
            organization_id=tx.organization_id, number=min(number, NUMBER_MAX)
        )
    )
    if found is None:
        raise NotFound("There is no such incident.")
    return found


async def get(tx: Transaction, incident_id: UUID) -> Incident:
    """An incident by id, to be read. Raises NotFound."""
    found = await tx.db.scalar(
        select(Incident).filter_by(organization_id=tx.organization_id, id=incident_id)
    )
    if found is None:
        raise NotFound("There is no such incident.")
    return found


async def list_open(tx: Transaction, *, limit: int = 100, offset: int = 0) -> Sequence[Incident]:
    """What is not resolved, the newest first."""
    query = _open(tx).order_by(Incident.number.desc()).limit(limit).offset(offset)
    return (await tx.db.scalars(query)).all()


class Need(NamedTuple):
    """Where an incident stands among those that are open: what needs somebody most, first."""

    is_acknowledged: bool
    severity_rank: int
    number: int

    @classmethod
    def of(cls, incident: Incident) -> "Need":
        """Where it stands now."""
        return cls(incident.acknowledged_at is not None, incident.severity.rank, incident.number)


async def in_need_first(
    tx: Transaction, *, limit: int, offset: int = 0, after: Need | None = None
) -> Sequence[Incident]:
    """What is not resolved: first what nobody has acknowledged, the worst of it first.

    With `after`, what stands behind that place: whatever was acknowledged since, none is left out.
    """
    order = Incident.acknowledged_at.is_not(None), _WORST_FIRST, Incident.number
    query = _open(tx).order_by(*order)
    if after:
        place = tuple_(case((order[0], 1), else_=0), *order[1:])
        query = query.where(place > tuple(int(one) for one in after))
    return (await tx.db.scalars(query.limit(limit).offset(offset))).all()


async def taken_by(tx: Transaction, owner_id: UUID, *, limit: int) -> Sequence[Incident]:
    """What this member owns and somebody has acknowledged, the newest first."""
    query = _open(tx).where(Incident.owner_id == owner_id, Incident.acknowledged_at.is_not(None))
    return (await tx.db.scalars(query.order_by(Incident.number.desc()).limit(limit))).all()


async def count_open(tx: Transaction) -> int:
    """How many are not resolved."""
    return await tx.db.scalar(_open(tx).with_only_columns(func.count())) or 0


async def waiting_for(
    tx: Transaction, member_id: UUID, *, limit: int
) -> tuple[Sequence[Incident], int]:
    """What nobody has acknowledged and this member was paged for, or owns; and how many that is.

    The worst first, at most `limit` of them.
    """
    paged = exists().where(
        Delivery.incident_id == Incident.id,
        Delivery.member_id == member_id,
        Delivery.kind == DeliveryKind.PAGE,
        Delivery.round == Incident.escalation_round,
        Delivery.state.in_((DeliveryState.PENDING, DeliveryState.SENT)),
    )
    mine = _open(tx).where(
        Incident.acknowledged_at.is_(None), or_(Incident.owner_id == member_id, paged)
    )
    found = await tx.db.scalars(mine.order_by(_WORST_FIRST, Incident.number).limit(limit))
    count = await tx.db.scalar(mine.with_only_columns(func.count())) or 0
    return found.all(), count


def _open(tx: Transaction) -> Select[Incident]:
    return select(Incident).where(
        Incident.organization_id == tx.organization_id, Incident.status != Status.RESOLVED
    )


async def change_severity(tx: Transaction, incident_id: UUID, severity: Severity) -> Incident:
    """Change how bad it is, until it is resolved; the same again changes nothing.

    Raises NotFound, IncidentResolved.
    """
    incident = await lock(tx, incident_id)
    lifecycle.check_open(incident.status)
    if incident.severity is severity:
        return incident
    before = incident.severity
    incident.severity = severity
    event = audit.record(
        tx,
        AuditType.SEVERITY_CHANGED,
        incident=incident,
        before=before.value,
        after=severity.value,
    )
    await surfaces.incident_changed(tx, incident)
    await tx.db.flush()
    await notifications.say(
        tx,
        incident,
        messages.SeverityChanged(tx.actor.name, before.value, severity.value),
        key=str(event.id),
    )
    await notifications.refresh(tx, incident)
    return incident


def clean_text(text: str | None, field: str, *, maximum: int, required: bool = False) -> str | None:
    """Text as it is stored: white space at its ends trimmed, nothing that no database keeps.

    Raises ValidationFailed for text that is too long, or missing where it is `required`.
    """
    cleaned = (text or "").strip()
    name = field.replace("_", " ").capitalize()
    if not cleaned and required:
        raise ValidationFailed(f"{name} is missing.", field=field)
    if len(cleaned) > maximum:
        raise ValidationFailed(
            f"{name} has {len(cleaned):,} characters; {maximum:,} fit.", field=field
        )
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in cleaned):
        raise ValidationFailed(
            f"{name} holds a character that is none (U+0000 or half of a pair).", field=field
        )
    return cleaned or None
