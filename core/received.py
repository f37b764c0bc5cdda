"""Events that were delivered before: Slack retries, and a retry does nothing."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core.transaction import Transaction
from storage.models import ReceivedEvent

REMEMBERED = timedelta(days=1)


async def is_known(tx: Transaction, event_id: str) -> bool:
    """Whether this event was carried out before."""
    query = select(ReceivedEvent.event_id).where(ReceivedEvent.event_id == event_id)
    return await tx.db.scalar(query) is not None


async def is_first(tx: Transaction, event_id: str) -> bool:
    """Whether this event is new; it is remembered in the same step."""
    await tx.db.execute(
        delete(ReceivedEvent).where(ReceivedEvent.received_at < tx.now - REMEMBERED)
    )
    try:
        async with tx.db.begin_nested():
            tx.db.add(ReceivedEvent(event_id=event_id, received_at=tx.now))
    except IntegrityError:
        return False
    return True
