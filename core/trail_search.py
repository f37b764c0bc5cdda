"""The whole organization's audit trail, a page at a time, for admins; as quick at its beginning as
at its end, whatever its length.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_

from core import permissions
from core.transaction import Transaction
from storage.models import AuditEvent
from storage.vocabulary import AuditType

_SEQUENCE_MAX = 2**63 - 1
"""More than that no database takes for a place on the trail."""


async def search(
    tx: Transaction,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    type: AuditType | None = None,
    before_sequence: int | None = None,
    limit: int = 20,
) -> Sequence[AuditEvent]:
    """What happened in the organization, incidents included, the newest first (spec section 9).

    From `since` on and before `until`. `before_sequence` is that of the last event of the page
    before: what happens meanwhile moves nothing. An admin's: raises Forbidden.
    """
    await permissions.require_admin(tx, "The audit trail")
    query = select(AuditEvent).where(AuditEvent.organization_id == tx.organization_id)
    if type:
        query = query.where(AuditEvent.type == type)
    if since:
        query = query.where(AuditEvent.at >= since)
    if before_sequence is not None:
        at = await _instant_of(tx, before_sequence)
        if at is None:
            return ()
        if until is None or at < until:  # one bound: with two an index begins at the wrong one
            until = None
            place = tuple_(AuditEvent.at, AuditEvent.sequence)
            query = query.where(place < tuple_(at, min(before_sequence, _SEQUENCE_MAX)))
    if until:
        query = query.where(AuditEvent.at < until)
    newest_first = AuditEvent.at.desc(), AuditEvent.sequence.desc()
    return (await tx.db.scalars(query.order_by(*newest_first).limit(limit))).all()


async def _instant_of(tx: Transaction, sequence: int) -> datetime | None:
    """When the organization's event of this sequence happened, or the last one before it."""
    if sequence < 1:
        return None
    return await tx.db.scalar(
        select(AuditEvent.at)
        .where(
            AuditEvent.organization_id == tx.organization_id,
            AuditEvent.sequence <= min(sequence, _SEQUENCE_MAX),
        )
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    )
