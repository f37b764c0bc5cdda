"""What happened to an incident, for people to read: updates, transitions, pages and who took it,
interleaved in the order they happened (spec section 4).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import audit, redaction
from core.facts import UpdateFacts
from core.transaction import Transaction
from storage.models import IncidentUpdate
from storage.vocabulary import AuditType

_TOLD = {
    AuditType.INCIDENT_CREATED,
    AuditType.INCIDENT_EDITED,
    AuditType.SEVERITY_CHANGED,
    AuditType.COMPONENTS_CHANGED,
    AuditType.NOBODY_PAGED,
    AuditType.LAST_RESORT_PAGED,
    AuditType.LAYER_PAGED,
    AuditType.RESPONDER_PAGED,
    AuditType.DELIVERY_FAILED,
    AuditType.LAYER_UNSTAFFED,
    AuditType.ESCALATION_EXHAUSTED,
    AuditType.ESCALATION_STUMBLED,
    AuditType.INCIDENT_ACKNOWLEDGED,
    AuditType.INCIDENT_HANDED_OFF,
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened: an update, or an event of the audit trail."""

    at: datetime
    by: str
    type: AuditType
    data: dict[str, Any]
    update: UpdateFacts | None = None
    removable_until: datetime | None = None
    """Until when its reader may remove the update's text; FOR_EVER for an admin; None: never."""


async def of(tx: Transaction, incident_id: UUID) -> tuple[Entry, ...]:
    """The timeline of an incident, the oldest first, as whoever acts may treat it."""
    rows = await tx.db.scalars(select(IncidentUpdate).where(
        IncidentUpdate.incident_id == incident_id,
        IncidentUpdate.organization_id == tx.organization_id,
    ))  # fmt: skip
    rows_by_id = {str(row.id): row for row in rows}
    updates = {id: UpdateFacts.of(row) for id, row in rows_by_id.items()}
    removable = await redaction.removable(tx, rows_by_id.values())
    return tuple(
        Entry(
            event.at,
            event.actor_name,
            event.type,
            event.data,
            update,
            removable.get(update.id) if update else None,
        )
        for event in await audit.trail(tx, incident_id)
        if (update := _update_of(event.type, event.data, updates)) or event.type in _TOLD
    )


def _update_of(
    type: AuditType, data: dict[str, Any], updates: dict[str, UpdateFacts]
) -> UpdateFacts | None:
    """The update that an event speaks of; its transition is told with it, not apart."""
    return updates.get(data["updateId"]) if type is AuditType.UPDATE_POSTED else None
