"""The trail: who did what, when, through which door. It is only ever added to."""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from core.transaction import Transaction
from storage.models import AuditEvent, Incident
from storage.vocabulary import AuditType

log = logging.getLogger(__name__)

LATE = 200
"""More places than others take while one transaction is on its way from its first to its commit."""


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


async def last(tx: Transaction) -> str:
    """Where the trail ends: another text after whatever happened, whatever it was about.

    The place of the last event does not suffice: on PostgreSQL a transaction that took a lower
    place may commit later. So it says as well how many of the LATE places before it are taken.
    """
    return await _end(tx, AuditEvent.organization_id == tx.organization_id)


async def last_of_organization(tx: Transaction) -> str:
    """The same of what happened to the organization itself, and to none of its incidents."""
    of_itself = AuditEvent.organization_id == tx.organization_id, AuditEvent.incident_id.is_(None)
    return await _end(tx, *of_itself)


async def _end(tx: Transaction, *which: ColumnElement[bool]) -> str:
    """One question, so one truth; it looks at the end of an index, however long the trail is."""
    last = select(func.max(AuditEvent.sequence)).where(*which).scalar_subquery()
    query = select(func.max(AuditEvent.sequence), func.count()).where(
        *which, AuditEvent.sequence > last - LATE
    )
    place, taken = (await tx.db.execute(query)).one()
    return f"{place or 0}-{taken}"


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
