"""What comes next: the earliest escalation and the earliest delivery, found in one look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from core import claims, escalation
from core.transaction import Transaction
from storage.models import Incident
from storage.vocabulary import Channel


@dataclass(frozen=True)
class Ahead:
    """When there is something to escalate and something to deliver; None for never."""

    escalation: datetime | None
    delivery: datetime | None


_i = Incident.__table__.c
_BOTH = select(
    select(func.min(_i.next_escalation_at))
    .where(
        _i.next_escalation_at.is_not(None),
        _i.organization_id == bindparam("organization_id"),
    )
    .scalar_subquery(),
    claims.EARLIEST.scalar_subquery(),
)


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
    where = claims.eligible(tx, organization_id, busy_targets, channels)
    return Ahead(*(await tx.db.execute(_BOTH, where)).one())
