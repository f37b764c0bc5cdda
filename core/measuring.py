"""What is noted while core works, and counted once it is committed: a rollback counts nothing."""

from datetime import datetime

from core.measures import Outcome
from core.transaction import Transaction
from storage.models import Delivery, Incident


def note_page(tx: Transaction, page: Delivery) -> None:
    """A page is out: how long it took from being committed to, on the clock of the trail."""
    channel, seconds = page.channel, _seconds(tx, page.created_at)
    tx.committed.append(lambda measures: measures.page_confirmed(channel, seconds))


def note_outcome(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
    """A delivery was taken up, or ended, with this outcome."""
    channel, kind = delivery.channel, delivery.kind
    tx.committed.append(lambda measures: measures.delivery_ended(channel, kind, outcome))


def note_escalation(tx: Transaction, incident: Incident) -> None:
    """An escalation that was due is about to be carried out. Call it before its clock is reset."""
    if incident.next_escalation_at is not None:
        seconds = _seconds(tx, incident.next_escalation_at)
        tx.committed.append(lambda measures: measures.escalation_fired(seconds))


def _seconds(tx: Transaction, since: datetime) -> float:
    return max(0.0, (tx.now - since).total_seconds())
