"""Deliveries: committed to in the transaction that causes them, and ended with a reason.

How they are taken up is in `claims`, how they are carried out in `delivering`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, select

from core import audit, measuring
from core.measures import Outcome
from core.transaction import Transaction
from storage.models import Delivery, Incident
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState


class Priority(IntEnum):
    """What is taken up before what: the first page of an incident before everything."""

    FIRST_PAGE = 0
    PAGE = 1
    LOUD = 2
    CARD = 3
    NOTICE = 4
    EDIT_PAGE = 5
    EDIT = 6

    def of(self, incident: Incident | None) -> int:
        """The number in a delivery's row: within one priority the worst incident goes first.

        What speaks of none goes last.
        """
        return self * 10 + (incident.severity.rank if incident else 9)


async def enqueue(
    tx: Transaction,
    incident: Incident,
    *,
    dedup_key: str,
    kind: DeliveryKind,
    channel: Channel,
    target: str,
    message: dict[str, Any],
    priority: Priority,
    member_id: UUID | None = None,
    parent_id: UUID | None = None,
    layer: int | None = None,
    live: bool = False,
) -> Delivery:
    """Commit to a delivery, due at once. The same `dedup_key` twice is one delivery.

    The caller holds the incident's lock, so that looking for the key and adding it is one step.
    """
    known = await _known(tx, incident)
    for found in known:
        if found.dedup_key == dedup_key:
            return found
    incident.last_delivery += 1
    delivery = Delivery(
        id=uuid4(),
        sequence=incident.last_delivery,
        organization_id=incident.organization_id,
        incident_id=incident.id,
        dedup_key=dedup_key,
        kind=kind,
        channel=channel,
        target=target,
        member_id=member_id,
        parent_id=parent_id,
        message=message,
        round=incident.escalation_round,
        layer=layer,
        state=DeliveryState.PENDING,
        priority=priority.of(incident),
        live=live,
        created_at=tx.now,
        due_at=tx.now,
    )
    tx.db.add(delivery)
    known.append(delivery)
    tx.due.append(tx.now)
    return delivery


async def enqueue_apart(
    tx: Transaction,
    *,
    dedup_key: str,
    channel: Channel,
    target: str,
    message: dict[str, Any],
    member_id: UUID | None = None,
) -> None:
    """Commit to a notice that speaks of no incident, due at once; a second of its key is none.

    The caller holds what the key names, so that looking for the key and adding it is one step.
    """
    if await tx.db.scalar(select(Delivery.id).where(Delivery.dedup_key == dedup_key)):
        return
    tx.db.add(
        Delivery(
            sequence=0,
            organization_id=tx.organization_id,
            dedup_key=dedup_key,
            kind=DeliveryKind.NOTICE,
            channel=channel,
            target=target,
            member_id=member_id,
            message=message,
            round=0,
            state=DeliveryState.PENDING,
            priority=Priority.NOTICE.of(None),
            created_at=tx.now,
            due_at=tx.now,
        )
    )
    tx.due.append(tx.now)


def none_yet(tx: Transaction, incident: Incident) -> None:
    """An incident that is just being made has no deliveries to be looked for."""
    tx.memo["deliveries", incident.id] = []


async def _known(tx: Transaction, incident: Incident) -> list[Delivery]:
    """The incident's deliveries. The caller holds its lock, so nobody else adds to them."""
    if ("deliveries", incident.id) not in tx.memo:
        await know(tx, [incident])
    known: list[Delivery] = tx.memo["deliveries", incident.id]
    return known


async def know(tx: Transaction, incidents: Sequence[Incident]) -> None:
    """Read the deliveries of several incidents at once. The caller holds the incidents' locks."""
    for incident in incidents:
        tx.memo["deliveries", incident.id] = []
    for delivery in await tx.db.scalars(_OF_INCIDENTS, {"ids": [one.id for one in incidents]}):
        tx.memo["deliveries", delivery.incident_id].append(delivery)


_OF_INCIDENTS = (
    select(Delivery)
    .where(Delivery.incident_id.in_(bindparam("ids", expanding=True)))
    .order_by(Delivery.incident_id, Delivery.sequence)
    .execution_options(populate_existing=True)
)


def release(delivery: Delivery, *, due_at: datetime | None) -> None:
    """Give a delivery back, to be taken up at `due_at`, or not at all."""
    delivery.lease = None
    delivery.lease_until = None
    delivery.due_at = due_at


def supersede(tx: Transaction, incident: Incident, delivery: Delivery, reason: str) -> None:
    """End a page that nobody needs any more, and say why on the trail."""
    delivery.state = DeliveryState.SUPERSEDED
    delivery.ended_reason = reason
    release(delivery, due_at=None)
    measuring.note_outcome(tx, delivery, Outcome.SUPERSEDED)
    audit.record(
        tx,
        AuditType.PAGE_SUPERSEDED,
        incident=incident,
        deliveryId=str(delivery.id),
        memberId=str(delivery.member_id),
        channel=delivery.channel.value,
        layer=delivery.layer,
        round=delivery.round,
        reason=reason,
    )


async def supersede_pages(tx: Transaction, incident: Incident, reason: str) -> None:
    """End every page of the incident that has not begun to be sent.

    One that is being sent, or whose outcome is unknown, is judged when its outcome is.
    """
    waiting = await tx.db.scalars(
        select(Delivery)
        .where(
            Delivery.incident_id == incident.id,
            Delivery.kind == DeliveryKind.PAGE,
            Delivery.state == DeliveryState.PENDING,
            Delivery.outcome_unknown.is_(False),
        )
        .with_for_update(key_share=True)
    )
    for delivery in waiting:
        supersede(tx, incident, delivery, reason)


async def refresh(tx: Transaction, incident: Incident) -> None:
    """Have every live copy of the incident brought up to date."""
    # `due_at` is cleared only under the incident's lock, which the caller holds.
    for delivery in await _known(tx, incident):
        if delivery.live and delivery.state is DeliveryState.SENT and delivery.due_at is None:
            delivery.due_at = tx.now
            tx.due.append(tx.now)


async def revive_update(tx: Transaction, incident: Incident, update_id: UUID) -> None:
    """Have the message that tells an update edited, even one that could not be edited before."""
    for delivery in await _known(tx, incident):
        tells = delivery.message.get("update_id") == str(update_id)
        if tells and delivery.state is DeliveryState.SENT:
            delivery.live = True
            delivery.attempts = 0


async def first_page(
    tx: Transaction, incident: Incident, member_id: UUID, channel: Channel
) -> Delivery | None:
    """The page that began the conversation with this person about this incident."""
    for page in await _known(tx, incident):
        hopeful = page.state in (DeliveryState.SENT, DeliveryState.PENDING)
        is_theirs = page.member_id == member_id and page.channel is channel
        if hopeful and is_theirs and page.parent_id is None:
            return page
    return None


async def card(tx: Transaction, incident: Incident) -> Delivery | None:
    """The incident's card in the alerts channel."""
    cards = (one for one in await _known(tx, incident) if one.kind is DeliveryKind.CARD)
    return next(cards, None)


async def reached_anybody(tx: Transaction, incident: Incident, round: int, layer: int) -> bool:
    """Whether any page of this layer has arrived or still may."""
    hopeful = await tx.db.scalar(
        select(func.count())
        .select_from(Delivery)
        .where(
            Delivery.incident_id == incident.id,
            Delivery.kind == DeliveryKind.PAGE,
            Delivery.round == round,
            Delivery.layer == layer,
            Delivery.state.in_((DeliveryState.PENDING, DeliveryState.SENT)),
        )
    )
    return bool(hopeful)
