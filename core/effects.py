"""What one act changes about an incident, read from what it wrote: for those who are told at once,
and for those who only ask what would happen, in a rehearsal of which nothing is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core import incidents, overviews, people, public_surface
from core.incident_records import UpdateRecord
from core.overviews import IncidentOverview
from core.public_surface import Covering
from core.transaction import Transaction
from storage.models import Delivery, Incident, IncidentUpdate
from storage.vocabulary import Channel, DeliveryKind


@dataclass(frozen=True)
class Mark:
    """How far an incident was before the act: what comes after it is the act's."""

    version: int = 0
    updates: int = 0
    deliveries: int = 0


UNDECLARED = Mark()


@dataclass(frozen=True)
class PagedMember:
    """Somebody who is paged, and through what."""

    id: UUID
    name: str
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Effects:
    """An incident after an act, and what the act brought about.

    `changed` is whether anything is otherwise than before. `updates` are those that were posted,
    the first first: a status change is one. `status_pages` are the published pages that show the
    incident otherwise now.
    """

    incident: IncidentOverview
    changed: bool
    paged: tuple[PagedMember, ...]
    updates: tuple[UpdateRecord, ...]
    status_pages: tuple[Covering, ...]


def mark(incident: Incident) -> Mark:
    """How far an incident is that the caller holds."""
    return Mark(incident.version, incident.last_sequence, incident.last_delivery)


async def since(tx: Transaction, incident_id: UUID, before: Mark) -> Effects:
    """What was done in this transaction to an incident since it was marked. Raises NotFound."""
    await tx.db.flush()
    incident = await incidents.get(tx, incident_id)
    posted = await tx.db.scalars(
        select(IncidentUpdate)
        .where(
            IncidentUpdate.incident_id == incident.id,
            IncidentUpdate.sequence > before.updates,
        )
        .order_by(IncidentUpdate.sequence)
    )
    shown = await public_surface.covering_incident(tx, incident) if tx.publishes else ()
    return Effects(
        incident=await overviews.of(tx, incident),
        changed=mark(incident) != before,
        paged=await _paged(tx, incident, before),
        updates=tuple(UpdateRecord.of(one) for one in posted),
        status_pages=shown,
    )


async def _paged(tx: Transaction, incident: Incident, before: Mark) -> tuple[PagedMember, ...]:
    pages: Sequence[Delivery] = (
        await tx.db.scalars(
            select(Delivery)
            .where(
                Delivery.incident_id == incident.id,
                Delivery.kind == DeliveryKind.PAGE,
                Delivery.sequence > before.deliveries,
            )
            .order_by(Delivery.sequence)
        )
    ).all()
    channels: dict[UUID, list[Channel]] = {}
    for page in pages:
        if page.member_id:
            channels.setdefault(page.member_id, []).append(page.channel)
    members = await people.by_id(tx, channels)
    return tuple(PagedMember(id, members[id].name, tuple(via)) for id, via in channels.items())
