"""What was said about an incident, in order; and each status it has had, since when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core import incidents
from core.errors import NotFound
from core.transaction import Transaction
from storage.models import IncidentUpdate
from storage.vocabulary import Status, Visibility


@dataclass(frozen=True)
class Transition:
    """A status that an incident took on.

    `id` is that of the update which carried it; that of the incident for the first one, which no
    update carried. `resolution_note` is the text of an internal update: None for a public one,
    for one without text, and for a text that was taken back.
    """

    id: UUID
    status: Status
    changed_at: datetime
    resolution_note: str | None


async def list_updates(tx: Transaction, incident_id: UUID) -> Sequence[IncidentUpdate]:
    """What was said about an incident, in the order it was posted. Raises NotFound."""
    incident = await incidents.get(tx, incident_id)
    query = select(IncidentUpdate).filter_by(incident_id=incident.id)
    return (await tx.db.scalars(query.order_by(IncidentUpdate.sequence))).all()


async def get_update(tx: Transaction, incident_id: UUID, update_id: UUID) -> IncidentUpdate:
    """One update of an incident, to be read. Raises NotFound."""
    incident = await incidents.get(tx, incident_id)
    query = select(IncidentUpdate).filter_by(incident_id=incident.id, id=update_id)
    if (found := await tx.db.scalar(query)) is None:
        raise NotFound("There is no such update.")
    return found


async def status_history(tx: Transaction, incident_id: UUID) -> tuple[Transition, ...]:
    """Every status that an incident has had, the first first. Raises NotFound (spec section 4)."""
    incident = await incidents.get(tx, incident_id)
    steps = await tx.db.scalars(
        select(IncidentUpdate)
        .where(
            IncidentUpdate.incident_id == incident.id,
            IncidentUpdate.status_change.is_not(None),
        )
        .order_by(IncidentUpdate.sequence)
    )
    begun = Transition(incident.id, Status.INVESTIGATING, incident.created_at, None)
    return (begun, *(_transition(one, one.status_change) for one in steps if one.status_change))


def _transition(update: IncidentUpdate, status: Status) -> Transition:
    is_internal = update.visibility is Visibility.INTERNAL
    return Transition(update.id, status, update.posted_at, update.body if is_internal else None)
