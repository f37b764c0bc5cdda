"""Deliveries: written in the transaction that causes them, claimed by lease, and never forgotten.

A row is due when `due_at` is set: to be sent, to be tried again, or, once sent and if it is live,
to be brought up to date. Whoever claims it holds it until its lease ends (spec section 6).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, update
from sqlalchemy.orm import aliased

from core import audit
from core.transaction import Transaction
from storage.models import Delivery, Incident
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState

LEASE = timedelta(seconds=60)
"""Outlasts every HTTP timeout, so that nobody takes over what is still being sent."""

PATIENCE = timedelta(seconds=30)
"""How long what is loud waits for the message in whose thread it belongs."""


_parent = aliased(Delivery)


def _waits_for_its_thread(now: datetime) -> ColumnElement[bool]:
    """Whether a notice belongs under a message that is not out yet. A page never waits."""
    return and_(
        Delivery.kind == DeliveryKind.NOTICE,
        Delivery.parent_id.is_not(None),
        _parent.state == DeliveryState.PENDING,
        or_(Delivery.priority >= Priority.NOTICE * 10, Delivery.created_at > now - PATIENCE),
    )


class Priority(IntEnum):
    """What is sent before what: the first page of an incident before everything."""

    FIRST_PAGE = 0
    PAGE = 1
    LOUD = 2
    CARD = 3
    NOTICE = 4


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
        priority=priority * 10 + incident.severity.rank,
        live=live,
        created_at=tx.now,
        due_at=tx.now,
    )
    tx.db.add(delivery)
    known.append(delivery)
    tx.due.append(tx.now)
    return delivery


def none_yet(tx: Transaction, incident: Incident) -> None:
    """An incident that is just being made has no deliveries to be looked for."""
    tx.memo["deliveries", incident.id] = []


async def _known(tx: Transaction, incident: Incident) -> list[Delivery]:
    """The incident's deliveries. The caller holds its lock, so nobody else adds to them."""
    key = ("deliveries", incident.id)
    if key not in tx.memo:
        found = await tx.db.scalars(
            select(Delivery)
            .where(Delivery.incident_id == incident.id)
            .order_by(Delivery.sequence)
            .execution_options(populate_existing=True)
        )
        tx.memo[key] = list(found)
    known: list[Delivery] = tx.memo[key]
    return known


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours to carry out until the lease ends."""

    delivery_id: UUID
    lease: UUID
    until: datetime
    channel: Channel
    target: str
    wakes: bool
    """It is a page that was not sent yet."""
    look_up_first: bool
    """An earlier attempt began and its answer never came."""


async def claim(
    tx: Transaction,
    *,
    organization_id: UUID,
    limit: int,
    busy_targets: Collection[str] = (),
) -> list[Claim]:
    """Take what is due, the most urgent first, one for each target, under a lease of `LEASE`.

    What answers in a thread waits until the message that began it is out, unless it wakes
    somebody. A target in `busy_targets` is left alone. Claiming says that an attempt begins:
    from here until its outcome is written, the outcome is unknown.
    """
    due = (
        select(
            Delivery.id,
            Delivery.channel,
            Delivery.target,
            Delivery.outcome_unknown,
            (
                (Delivery.state == DeliveryState.PENDING) & (Delivery.kind == DeliveryKind.PAGE)
            ).label("wakes"),
        )
        .outerjoin(_parent, _parent.id == Delivery.parent_id)
        .where(
            Delivery.organization_id == organization_id,
            Delivery.due_at <= tx.now,
            or_(Delivery.lease_until.is_(None), Delivery.lease_until <= tx.now),
            ~_waits_for_its_thread(tx.now),
            Delivery.target.not_in(busy_targets),
        )
        .order_by(
            Delivery.state != DeliveryState.PENDING,  # what is new goes before edits
            Delivery.priority,
            Delivery.due_at,
            Delivery.sequence,
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    first: dict[str, Row[UUID, Channel, str, bool, bool]] = {}
    for row in await tx.db.execute(due):
        first.setdefault(row.target, row)
    if not first:
        return []
    lease, until = uuid4(), tx.now + LEASE
    await tx.db.execute(
        update(Delivery)
        .where(Delivery.id.in_([row.id for row in first.values()]))
        .values(
            lease=lease,
            lease_until=until,
            attempted_at=case((Delivery.outcome_unknown, Delivery.attempted_at), else_=tx.now),
            outcome_unknown=True,
        )
    )
    return [
        Claim(row.id, lease, until, row.channel, row.target, row.wakes, row.outcome_unknown)
        for row in first.values()
    ]


async def hold(tx: Transaction, claim: Claim) -> Delivery | None:
    """The claimed delivery, locked; None if somebody else took it over meanwhile."""
    found = await tx.db.scalar(
        select(Delivery).where(Delivery.id == claim.delivery_id).with_for_update()
    )
    return found if found and found.lease == claim.lease else None


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
    audit.record(
        tx,
        AuditType.PAGE_SUPERSEDED,
        incident=incident,
        deliveryId=str(delivery.id),
        memberId=str(delivery.member_id),
        channel=delivery.channel.value,
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
    touched = await tx.db.execute(
        update(Delivery)
        .where(
            Delivery.incident_id == incident.id,
            Delivery.live.is_(True),
            Delivery.state == DeliveryState.SENT,
            Delivery.due_at.is_(None),
        )
        .values(due_at=tx.now)
    )
    if touched.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has one
        tx.due.append(tx.now)


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


async def earliest_due(
    tx: Transaction, organization_id: UUID | None, *, busy_targets: Collection[str] = ()
) -> datetime | None:
    """When the next delivery can be taken up, leases and waiting threads considered."""
    free_at = case(
        (Delivery.lease_until > Delivery.due_at, Delivery.lease_until), else_=Delivery.due_at
    )
    earliest: datetime | None = await tx.db.scalar(
        select(func.min(free_at))
        .select_from(Delivery)
        .outerjoin(_parent, _parent.id == Delivery.parent_id)
        .where(
            Delivery.organization_id == organization_id,
            Delivery.due_at.is_not(None),
            ~_waits_for_its_thread(tx.now),
            Delivery.target.not_in(busy_targets),
        )
    )
    return earliest


async def free_claims(tx: Transaction) -> None:
    """Free what a process that is no longer there had claimed: SQLite has one process only.

    An attempt that had begun keeps its unknown outcome, and is looked up before it is repeated.
    """
    await tx.db.execute(
        update(Delivery).where(Delivery.lease.is_not(None)).values(lease=None, lease_until=None)
    )
