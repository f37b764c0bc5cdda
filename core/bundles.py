"""A bundle as people meet it: acknowledged all at once, though each incident is its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core import delivering, escalation, incidents
from core.errors import NotFound
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery


@dataclass(frozen=True)
class Taken:
    """What came of acknowledging a bundle, by the incidents' numbers."""

    acknowledged: tuple[int, ...]
    handed_off: tuple[int, ...]
    """What is somebody else's by now, or paged anew; the rest was resolved or acknowledged."""


async def pages(tx: Transaction, carrier_id: UUID) -> Sequence[Delivery]:
    """The pages of a bundle of the actor's organization, in the order of their incidents."""
    found = await tx.db.scalars(
        select(Delivery)
        .where(Delivery.carrier_id == carrier_id, Delivery.organization_id == tx.organization_id)
        .order_by(Delivery.priority, Delivery.created_at, Delivery.id)
    )
    return found.all()


async def acknowledge_all(core: Core, actor: Actor, carrier_id: UUID) -> Taken:
    """Take every incident of a bundle whose page still stands, each in its own transaction.

    Asked again, it takes what is left. Raises NotFound (spec section 6.7).
    """
    async with core.reading(actor) as tx:
        every = await pages(tx, carrier_id)
    if not every:
        raise NotFound(
            "These incidents are not known any more. “/incident list” shows the open ones."
        )
    acknowledged: list[int] = []
    handed_off: list[int] = []
    for page in every:
        async with core.transaction(actor) as tx:
            incident = await incidents.lock(tx, page.incident_id)
            reason = delivering.unwanted(page, incident)
            if reason is None:
                await escalation.acknowledge(tx, incident.id)
                acknowledged.append(incident.number)
            elif reason == "handed off":
                handed_off.append(incident.number)
    return Taken(tuple(acknowledged), tuple(handed_off))
