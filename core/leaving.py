"""Somebody leaves: what was on its way to them fails out loud, and what they were shown stays."""

from uuid import UUID

from sqlalchemy import or_, select

from core import failing, incidents
from core.people import Person
from core.transaction import Transaction
from storage.models import Delivery, Incident, Member
from storage.vocabulary import Channel, DeliveryKind, DeliveryState, Status

_NOT_BEGUN = (Delivery.state == DeliveryState.PENDING) & Delivery.outcome_unknown.is_(False)
_KEPT_CURRENT = (Delivery.state == DeliveryState.SENT) & Delivery.live


async def end_pages(tx: Transaction, member: Member) -> None:
    """End the pages of open incidents to somebody who was just removed.

    One that has not begun to be sent fails, and its layer may have had no hope but this; one that
    was sent is no longer brought up to date. One that is being sent now is carried out.
    """
    held = await incidents.lock_all(tx, await _concerned(tx, member))
    pages = await tx.db.scalars(
        select(Delivery)
        .where(
            Delivery.incident_id.in_(held),
            Delivery.member_id == member.id,
            Delivery.kind == DeliveryKind.PAGE,
            or_(_NOT_BEGUN, _KEPT_CURRENT),
        )
        .order_by(Delivery.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for page in pages.all():
        if page.state is DeliveryState.SENT:
            page.live = False
            continue
        assert page.incident_id is not None  # noqa: S101  (it was looked for by its incident)
        page.last_error = "removed from the organization"
        await failing.end(tx, held[page.incident_id], page, Person.of(member))
    await tx.db.flush()


async def _concerned(tx: Transaction, member: Member) -> set[UUID]:
    """The open incidents that page them, or did: two looks, each into an index of its own."""
    theirs = (
        select(Incident.id)
        .join(Delivery, Delivery.incident_id == Incident.id)
        .where(
            Delivery.target.in_([f"{channel}:{member.id}" for channel in Channel]),
            Delivery.kind == DeliveryKind.PAGE,
            Incident.status != Status.RESOLVED,
        )
    )
    coming = await tx.db.scalars(theirs.where(Delivery.due_at.is_not(None), _NOT_BEGUN))
    sent = await tx.db.scalars(theirs.where(Delivery.sent_at.is_not(None), _KEPT_CURRENT))
    return {*coming, *sent}
