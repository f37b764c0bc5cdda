"""The outcome of a delivery, written down: sent, edited, superseded, to be tried again, failed.

Each locks the incident first, so that what it decides on is still true.
"""

import logging
from datetime import timedelta
from typing import Any

from core import audit, claims, escalation, incidents, measuring, notifications, outbox
from core.measures import Outcome
from core.outbox import Priority
from core.sending import DeliveryFailed, Outgoing, Receipt
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery, Incident
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState

log = logging.getLogger(__name__)

BACKOFF_MAX = timedelta(seconds=60)

MAY_STILL_ACT = timedelta(seconds=10)
"""How long after a call of unknown outcome it may still be carried out: looked up no sooner."""

IN_TROUBLE_AFTER = 5
"""After so many failures in a row a page is said to be in trouble; it is still tried."""

ATTEMPTS_KEPT = 20
"""How many tries a page's receipt tells of; the latest ones."""

GIVE_UP_AFTER = timedelta(hours=24)
"""How long a card or a notice is tried. A page is tried for as long as it is wanted."""


async def settle_sent(
    core: Core, claim: claims.Claim, outgoing: Outgoing, receipt: Receipt, shown: int
) -> None:
    """It is out there: keep where, and bring it up to date if it is behind by now."""
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        # The incident first: an acknowledgement in between would leave a stale button.
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await claims.hold(tx, claim)
        if delivery is None:
            return
        delivery.state = DeliveryState.SENT
        delivery.sent_at = tx.now
        edits = Priority.EDIT_PAGE if delivery.kind is DeliveryKind.PAGE else Priority.EDIT
        delivery.priority = edits.of(incident)
        delivery.receipt = dict(receipt)
        _note_attempt(tx, delivery, claim, "sent" if shown else "found")
        _bring_up_to_date(tx, delivery, incident, shown)
        tx.due.append(tx.now)  # what waits for this thread can go now
        measuring.note_outcome(tx, delivery, Outcome.SENT)
        if delivery.kind is DeliveryKind.PAGE:
            measuring.note_page(tx, delivery)
            audit.record(
                tx,
                AuditType.RESPONDER_PAGED,
                incident=incident,
                **_about(delivery, outgoing),
                receipt=dict(receipt),
            )


async def settle_edited(core: Core, claim: claims.Claim, outgoing: Outgoing) -> None:
    """It shows a later version."""
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await claims.hold(tx, claim)
        if delivery:
            _bring_up_to_date(tx, delivery, incident, outgoing.incident.version)
            measuring.note_outcome(tx, delivery, Outcome.EDITED)


async def settle_unwanted(core: Core, claim: claims.Claim, outgoing: Outgoing, reason: str) -> None:
    """Nobody needs it any more: end it with its reason."""
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await claims.hold(tx, claim)
        if delivery:
            _note_attempt(tx, delivery, claim, "superseded")
            outbox.supersede(tx, incident, delivery, reason)


async def settle_absent(core: Core, claim: claims.Claim) -> None:
    """It was not sent, or certainly never arrived: give it back, to be claimed anew."""
    async with core.transaction(Actor.system()) as tx:
        delivery = await claims.hold(tx, claim)
        if delivery:
            delivery.outcome_unknown = False
            outbox.release(delivery, due_at=tx.now)
            tx.due.append(tx.now)


async def settle_failed(
    core: Core,
    claim: claims.Claim,
    outgoing: Outgoing,
    failure: DeliveryFailed,
    *,
    is_new: bool,
    unknown: bool,
) -> None:
    """Try again later, or end it; `unknown`: whether the message may be out there."""
    log.warning(
        "delivery %s of incident #%s: %s", claim.delivery_id, outgoing.incident.number, failure
    )
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await claims.hold(tx, claim)
        if delivery is None:
            return
        delivery.last_error = str(failure)
        if is_new:
            _note_attempt(tx, delivery, claim, "unknown" if unknown else "failed", str(failure))
        can_give_up = is_new and delivery.kind is not DeliveryKind.PAGE
        stale = can_give_up and tx.now - delivery.created_at > GIVE_UP_AFTER
        if failure.permanent or stale:
            await _end_failed(tx, incident, delivery, outgoing, is_new=is_new)
            return
        measuring.note_outcome(tx, delivery, Outcome.RETRIED)
        delivery.attempts += 1
        delivery.outcome_unknown = unknown
        delay = timedelta(seconds=failure.retry_after or 2 ** min(delivery.attempts - 1, 6))
        delay = delay if failure.retry_after else min(delay, BACKOFF_MAX)
        due_at = tx.now + (max(delay, MAY_STILL_ACT) if unknown else delay)
        outbox.release(delivery, due_at=due_at)
        tx.due.append(due_at)
        is_page = is_new and delivery.kind is DeliveryKind.PAGE
        if is_page and delivery.attempts == IN_TROUBLE_AFTER:
            await _say_failed(tx, incident, delivery, outgoing, given_up=False)


async def _end_failed(
    tx: Transaction,
    incident: Incident,
    delivery: Delivery,
    outgoing: Outgoing,
    *,
    is_new: bool,
) -> None:
    delivery.outcome_unknown = False
    outbox.release(delivery, due_at=None)
    measuring.note_outcome(tx, delivery, Outcome.FAILED if is_new else Outcome.EDIT_FAILED)
    if not is_new:
        delivery.live = False  # the message is gone or can't be edited; it was delivered
        return
    delivery.state = DeliveryState.FAILED
    delivery.ended_reason = delivery.last_error
    tx.due.append(tx.now)
    log.error("delivery %s failed for good: %s", delivery.id, delivery.last_error)
    await _say_failed(tx, incident, delivery, outgoing, given_up=True)
    if delivery.kind is DeliveryKind.PAGE:
        await escalation.page_failed(tx, incident, delivery)


async def _say_failed(
    tx: Transaction,
    incident: Incident,
    delivery: Delivery,
    outgoing: Outgoing,
    *,
    given_up: bool,
) -> None:
    """A failure is on the trail, and a page's is said in the alerts channel (the promise)."""
    audit.record(
        tx,
        AuditType.DELIVERY_FAILED,
        incident=incident,
        **_about(delivery, outgoing),
        error=delivery.last_error,
        givenUp=given_up,
    )
    if delivery.kind is DeliveryKind.PAGE and outgoing.person:
        await notifications.say(
            tx,
            incident,
            notifications.PageFailed(
                outgoing.person.name, delivery.channel.value, delivery.last_error or ""
            ),
            key=str(delivery.id),
        )


def _note_attempt(
    tx: Transaction,
    delivery: Delivery,
    claim: claims.Claim,
    outcome: str,
    error: str | None = None,
) -> None:
    """Keep what came of one try, for the page's receipt."""
    if delivery.kind is not DeliveryKind.PAGE:
        return
    began = claim.until - claims.LEASE
    attempt = {
        "at": began.isoformat(),
        "ms": round((tx.now - began).total_seconds() * 1000, 1),
        "outcome": outcome,
        "error": error,
    }
    delivery.history = [*delivery.history, attempt][-ATTEMPTS_KEPT:]


def _bring_up_to_date(tx: Transaction, delivery: Delivery, incident: Incident, shown: int) -> None:
    delivery.outcome_unknown = False
    delivery.attempts = 0
    delivery.shown_version = shown
    behind = delivery.live and incident.version != shown
    outbox.release(delivery, due_at=tx.now if behind else None)
    if behind:
        tx.due.append(tx.now)


def _about(delivery: Delivery, outgoing: Outgoing) -> dict[str, Any]:
    return {
        "deliveryId": str(delivery.id),
        "kind": delivery.kind.value,
        "channel": delivery.channel.value,
        "memberId": str(delivery.member_id) if delivery.member_id else None,
        "name": outgoing.person.name if outgoing.person else None,
        "layer": delivery.layer,
        "round": delivery.round,
    }
