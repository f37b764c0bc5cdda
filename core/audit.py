"""The trail: who did what, when, through which door. It is only ever added to."""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.transaction import Transaction
from storage.models import AuditEvent, Incident
from storage.vocabulary import AuditType

log = logging.getLogger(__name__)


def record(
    tx: Transaction,
    type: AuditType,
    *,
    incident: Incident | None = None,
    **data: Any,
) -> AuditEvent:
    """Add one event to the trail, in the transaction that causes it (spec section 4).

    `data` must be JSON, and never holds the text of an update. Once it is committed the log says
    what happened too, without the data.
    """
    event = AuditEvent(
        organization_id=incident.organization_id if incident else tx.organization_id,
        incident_id=incident.id if incident else None,
        type=type,
        at=tx.now,
        actor_kind=tx.actor.kind,
        actor_id=tx.actor.id,
        actor_name=tx.actor.name,
        surface=tx.actor.surface,
        data=data,
    )
    tx.db.add(event)
    if log.isEnabledFor(logging.INFO):
        about = {"event": type.value, **({"incident": incident.number} if incident else {})}
        tx.committed.append(
            lambda _: log.info("%s, through %s", type, tx.actor.surface, extra=about)
        )
    return event


async def last(tx: Transaction) -> int:
    """The place on the trail of the last thing that happened, whatever it was about."""
    query = select(func.max(AuditEvent.sequence)).filter_by(organization_id=tx.organization_id)
    return await tx.db.scalar(query) or 0


async def last_of_organization(tx: Transaction) -> int:
    """The place on the trail of the last thing that happened to the organization itself."""
    query = select(func.max(AuditEvent.sequence)).where(
        AuditEvent.organization_id == tx.organization_id, AuditEvent.incident_id.is_(None)
    )
    return await tx.db.scalar(query) or 0


async def trail(tx: Transaction, incident_id: UUID) -> Sequence[AuditEvent]:
    """Everything that happened to an incident, in the order it happened."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.incident_id == incident_id,
            AuditEvent.organization_id == tx.organization_id,
        )
        .order_by(AuditEvent.sequence)
    )
    return (await tx.db.scalars(query)).all()
