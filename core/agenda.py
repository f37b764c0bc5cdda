"""What comes next: the earliest escalation and the earliest delivery, found in one look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from core import claimable, escalation
from core.transaction import Transaction
from storage.models import Incident
from storage.vocabulary import Channel


@dataclass(frozen=True)
class Ahead:
    """When there is something to escalate and something to deliver; None for never."""

    escalation: datetime | None
    delivery: datetime | None


_i = Incident.__table__.c


@cache
def _both(channels: frozenset[Channel], *, some_busy: bool) -> Select[Any]:
    escalation = select(func.min(_i.next_escalation_at)).where(
        _i.next_escalation_at.is_not(None),
        _i.organization_id == bindparam("organization_id"),
    )
    delivery = claimable.earliest(channels, some_busy=some_busy)
    return select(escalation.scalar_subquery(), delivery.scalar_subquery())


async def look_ahead(
    tx: Transaction,
    organization_id: UUID | None,
    *,
    busy_targets: Collection[str] = (),
    channels: Collection[Channel] = tuple(Channel),
) -> Ahead:
    """What comes next for an organization. Without one escalations of all: nobody can deliver."""
    if organization_id is None:
        return Ahead(await escalation.earliest_due(tx), None)
    both = _both(frozenset(channels), some_busy=bool(busy_targets))
    given = claimable.eligible(tx, organization_id, busy_targets)
    return Ahead(*(await tx.db.execute(both, given)).one())
