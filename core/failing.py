"""A delivery that fails: on the trail, and a page's in the alerts channel too (the promise).

The caller holds the incident's lock, where it speaks of one.
"""

import logging
from typing import Any

from core import audit, escalation, measuring, messages, notifications, outbox
from core.measures import Outcome
from core.people import Person
from core.transaction import Transaction
from storage.models import Delivery, Incident
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState

log = logging.getLogger(__name__)


async def end(
    tx: Transaction, incident: Incident | None, delivery: Delivery, person: Person | None
) -> None:
    """Give up what was never delivered, for its last error; its layer may have no hope but this."""
    delivery.state = DeliveryState.FAILED
    delivery.ended_reason = delivery.last_error
    delivery.outcome_unknown = False
    outbox.release(delivery, due_at=None)
    measuring.note_outcome(tx, delivery, Outcome.FAILED)
    tx.due.append(tx.now)
    said = "delivery %s failed for good: %s", delivery.id, delivery.last_error
    tx.committed.append(lambda _: log.error(*said))
    await say(tx, incident, delivery, person, given_up=True)
    if delivery.kind is DeliveryKind.PAGE and incident:
        await escalation.page_failed(tx, incident, delivery)


async def say(
    tx: Transaction,
    incident: Incident | None,
    delivery: Delivery,
    person: Person | None,
    *,
    given_up: bool,
) -> None:
    """Say a failure, whether it is still tried or `given_up`."""
    audit.record(
        tx,
        AuditType.DELIVERY_FAILED,
        incident=incident,
        **about(delivery, person),
        error=delivery.last_error,
        givenUp=given_up,
    )
    if delivery.kind is DeliveryKind.PAGE and person and incident:
        await notifications.say(
            tx,
            incident,
            messages.PageFailed(person.name, delivery.channel.value, delivery.last_error or ""),
            key=str(delivery.id),
        )


async def say_copy_left(tx: Transaction, incident: Incident, delivery: Delivery) -> None:
    """Say that a message in Slack still shows a text that was taken back; once for each message."""
    audit.record(
        tx,
        AuditType.DELIVERY_FAILED,
        incident=incident,
        **about(delivery, None),
        error=delivery.last_error,
        givenUp=False,
        takenBack=True,
    )
    await notifications.say(
        tx, incident, messages.CopyLeft(delivery.last_error or ""), key=str(delivery.id)
    )


def about(delivery: Delivery, person: Person | None) -> dict[str, Any]:
    """What the trail says of a delivery."""
    return {
        "deliveryId": str(delivery.id),
        "kind": delivery.kind.value,
        "channel": delivery.channel.value,
        "memberId": str(delivery.member_id) if delivery.member_id else None,
        "name": person.name if person else None,
        "layer": delivery.layer,
        "round": delivery.round,
    }
