"""A bundle as people meet it: acknowledged all at once, though each incident is its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core import delivering, escalation, incidents
from core.errors import NotFound, Unavailable
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery, Incident


@dataclass(frozen=True)
class Taken:
    """What came of acknowledging a bundle, by the incidents' numbers."""

    acknowledged: tuple[int, ...]
    handed_off: tuple[int, ...]
    """What is somebody else's by now, or paged anew; the rest was resolved or acknowledged."""
    left: tuple[int, ...] = ()
    """What may not have been taken, as the database went away: asked again, it is."""


async def pages(tx: Transaction, carrier_id: UUID) -> Sequence[tuple[Delivery, Incident]]:
    """The pages of a bundle of the actor's organization and their incidents, the worst first."""
    found = await tx.db.execute(
        select(Delivery, Incident)
        .join(Incident, Incident.id == Delivery.incident_id)
        .where(Delivery.carrier_id == carrier_id, Delivery.organization_id == tx.organization_id)
        .order_by(Delivery.priority, Incident.number, Delivery.id)
    )
    return [(page, incident) for page, incident in found]


async def acknowledge_all(core: Core, actor: Actor, carrier_id: UUID) -> Taken:
    """Take every incident of a bundle whose page still stands, each in its own transaction.

    So each is locked for a moment only, and none is lost with another. Where the database goes
    away in the middle, what was taken stays so and the rest is `left`. Asked again, it takes what
    is left. Raises NotFound, and Unavailable if none was taken (spec section 6.7).
    """
    async with core.reading(actor) as tx:
        every = await pages(tx, carrier_id)
    if not every:
        raise NotFound(
            "These incidents are not known any more. “/incident list” shows the open ones."
        )
    acknowledged: list[int] = []
    handed_off: list[int] = []
    for place, (page, _) in enumerate(every):
        try:
            async with core.transaction(actor) as tx:
                incident = await incidents.lock(tx, page.incident_id)
                reason = delivering.unwanted(page, incident)
                if reason is None:
                    await escalation.acknowledge(tx, incident.id)
        except Unavailable:
            if not acknowledged:
                raise
            left = [it.number for one, it in every[place:] if not delivering.unwanted(one, it)]
            left = [number for number in dict.fromkeys(left) if number not in acknowledged]
            return Taken(tuple(acknowledged), tuple(handed_off), tuple(left))
        if reason is None:
            acknowledged.append(incident.number)
        elif reason == "handed off":
            handed_off.append(incident.number)
    return Taken(tuple(acknowledged), tuple(handed_off))
