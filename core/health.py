"""How the engine is doing, read from the database when asked: what waits, and what is overdue.

Nothing of it is kept in memory, so every replica says the same and a restart forgets nothing. Each
statement reads a partial index that holds only what is not over (spec section 6, the promise).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from core.transaction import Transaction
from storage.models import Delivery, Incident
from storage.vocabulary import Channel, DeliveryKind, DeliveryState


@dataclass(frozen=True)
class Waiting:
    """Deliveries of one kind over one channel that have something left to do."""

    channel: Channel
    kind: DeliveryKind
    sent: bool
    """They are out, and wait to be brought up to date; otherwise they wait to be sent."""
    count: int
    oldest_seconds: float
    """Since the oldest was committed to; of what is out, since it was to be brought up to date."""


@dataclass(frozen=True)
class Health:
    """The state of the engine's work at one instant."""

    waiting: Sequence[Waiting]
    open_escalations: int
    """Escalations whose clock runs, the overdue ones among them."""
    overdue_escalations: int
    worst_overdue_seconds: float
    """0 when nothing is overdue."""


_SINCE = case((Delivery.state == DeliveryState.PENDING, Delivery.created_at), else_=Delivery.due_at)
_WAITING = (
    select(Delivery.channel, Delivery.kind, Delivery.state, func.count(), func.min(_SINCE))
    .where(Delivery.due_at.is_not(None))
    .group_by(Delivery.channel, Delivery.kind, Delivery.state)
    .order_by(Delivery.channel, Delivery.kind, Delivery.state)
)
_RUNNING = select(func.count()).where(Incident.next_escalation_at.is_not(None))
_OVERDUE = select(func.count()).select_from(Incident)
_EARLIEST = (
    select(Incident.next_escalation_at)
    .where(Incident.next_escalation_at.is_not(None))
    .order_by(Incident.next_escalation_at)
    .limit(1)
)


async def read_health(tx: Transaction, organization_id: UUID | None = None) -> Health:
    """What waits and what is overdue now, of one organization or of all."""
    found = await tx.db.execute(_of(_WAITING, Delivery.organization_id, organization_id))
    waiting = [
        Waiting(channel, kind, state is DeliveryState.SENT, count, _seconds(tx, since))
        for channel, kind, state, count, since in found
    ]
    overdue = _OVERDUE.where(Incident.next_escalation_at <= tx.now)
    return Health(
        waiting=waiting,
        open_escalations=await _count(tx, _RUNNING, organization_id),
        overdue_escalations=await _count(tx, overdue, organization_id),
        worst_overdue_seconds=await worst_overdue_seconds(tx, organization_id),
    )


async def worst_overdue_seconds(tx: Transaction, organization_id: UUID | None = None) -> float:
    """How long the escalation that waits longest has been overdue; 0 when none is.

    One look into an index, whatever the number of open escalations.
    """
    due_at = await tx.db.scalar(_of(_EARLIEST, Incident.organization_id, organization_id))
    return _seconds(tx, due_at) if due_at else 0.0


def _of(query: Any, column: Any, organization_id: UUID | None) -> Any:
    return query.where(column == organization_id) if organization_id else query


async def _count(tx: Transaction, query: Any, organization_id: UUID | None) -> int:
    return int(await tx.db.scalar(_of(query, Incident.organization_id, organization_id)) or 0)


def _seconds(tx: Transaction, since: datetime) -> float:
    return max(0.0, (tx.now - since).total_seconds())
