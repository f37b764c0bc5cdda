"""The outcome of a delivery, written down: sent, edited, superseded, to be tried again, failed.

Each locks the incident first, so that what it decides on is still true.
"""

import logging
from datetime import timedelta

from core import audit, claims, failing, measuring, outbox, pacing, settling
from core.measures import Outcome
from core.outbox import Priority
from core.sending import DeliveryFailed, Outgoing, Receipt
from core.settling import Held
from core.transaction import Core, Transaction
from storage.models import Delivery
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState

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
    core: Core, claim: claims.Claim, outgoing: Outgoing, receipt: Receipt
) -> None:
    """It is out there: keep where, and bring it up to date if it is behind by now."""
    await _settle_there(core, claim, outgoing, receipt, found=False)


async def settle_found(
    core: Core, claim: claims.Claim, outgoing: Outgoing, receipt: Receipt
) -> None:
    """An earlier attempt had arrived: keep where. What it shows is not known."""
    await _settle_there(core, claim, outgoing, receipt, found=True)


async def _settle_there(
    core: Core, claim: claims.Claim, outgoing: Outgoing, receipt: Receipt, *, found: bool
) -> None:
    async def write(tx: Transaction, held: list[Held]) -> None:
        for one in held:
            delivery = one.delivery
            delivery.state = DeliveryState.SENT
            delivery.sent_at = tx.now
            edits = Priority.EDIT_PAGE if delivery.kind is DeliveryKind.PAGE else Priority.EDIT
            delivery.priority = edits.of(one.locked)
            delivery.receipt = dict(receipt)
            _note_attempt(tx, delivery, claim, "found" if found else "sent")
            _bring_up_to_date(tx, one, 0 if found else one.part.version)
            tx.due.append(tx.now)  # what waits for this thread can go now
            measuring.note_outcome(tx, delivery, Outcome.SENT)
            if delivery.kind is DeliveryKind.PAGE:
                measuring.note_page(tx, delivery)
                audit.record(
                    tx,
                    AuditType.RESPONDER_PAGED,
                    incident=one.incident,
                    **failing.about(delivery, outgoing.person),
                    receipt=dict(receipt),
                )

    await settling.settle(core, claim, outgoing, write)


async def settle_edited(core: Core, claim: claims.Claim, outgoing: Outgoing) -> None:
    """It shows a later version."""

    async def write(tx: Transaction, held: list[Held]) -> None:
        for one in held:
            _bring_up_to_date(tx, one, one.part.version)
            measuring.note_outcome(tx, one.delivery, Outcome.EDITED)

    await settling.settle(core, claim, outgoing, write)


async def settle_unwanted(core: Core, claim: claims.Claim, outgoing: Outgoing) -> None:
    """End the pages that nobody needs any more, each with its reason; the others go anew.

    Of a letter that may have arrived the others stay together, as long as its carrier does.
    """
    carrier = next(part for part in outgoing.parts if part.delivery_id == claim.delivery_id)
    stays = claim.look_up_first and claim.channel is Channel.MAIL and not carrier.unwanted

    async def write(tx: Transaction, held: list[Held]) -> None:
        for one in held:
            if one.part.unwanted:
                _note_attempt(tx, one.delivery, claim, "superseded")
                one.delivery.carrier_id = None
                outbox.supersede(tx, one.incident, one.delivery, one.part.unwanted)
            elif stays:
                outbox.release(one.delivery, due_at=tx.now)
                tx.due.append(tx.now)
            else:
                _give_back(tx, one.delivery)

    await settling.settle(core, claim, outgoing, write)


async def settle_absent(core: Core, claim: claims.Claim, outgoing: Outgoing) -> None:
    """It was not sent, or certainly never arrived: give it back, to be claimed anew."""

    async def write(tx: Transaction, held: list[Held]) -> None:
        for one in held:
            _give_back(tx, one.delivery)

    await settling.settle(core, claim, outgoing, write)


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
    for part in outgoing.parts:
        of = f" of incident #{part.number}" if part.number else ""
        log.warning("delivery %s%s: %s", part.delivery_id, of, failure)

    async def write(tx: Transaction, held: list[Held]) -> None:
        for one in held:
            delivery = one.delivery
            delivery.last_error = str(failure)
            if is_new:
                outcome = "unknown" if unknown else "failed"
                _note_attempt(tx, delivery, claim, outcome, str(failure))
                if not unknown:  # it surely is not there: whoever waits may join, or leave
                    alone = failure.is_about_it and delivery.kind is DeliveryKind.PAGE
                    delivery.carrier_id = delivery.id if alone else None
            can_give_up = is_new and delivery.kind is not DeliveryKind.PAGE
            stale = can_give_up and tx.now - delivery.created_at > GIVE_UP_AFTER
            if (failure.permanent or stale) and is_new:
                await failing.end(tx, one.locked, delivery, outgoing.person)
            elif failure.permanent or stale:
                _leave_as_it_is(tx, delivery)
            else:
                await _try_again(tx, one, outgoing, failure, is_new=is_new, unknown=unknown)
            if not is_new and outgoing.update and outgoing.update.redacted:
                for_good = failure.permanent or delivery.attempts == IN_TROUBLE_AFTER
                if for_good and one.locked:
                    await failing.say_copy_left(tx, one.locked, delivery)
        if held and failure.holds_back and failure.retry_after:
            until = tx.now + timedelta(seconds=failure.retry_after)
            await pacing.put_off(tx, {claim.target: until})

    await settling.settle(core, claim, outgoing, write)


async def _try_again(
    tx: Transaction,
    one: Held,
    outgoing: Outgoing,
    failure: DeliveryFailed,
    *,
    is_new: bool,
    unknown: bool,
) -> None:
    delivery = one.delivery
    measuring.note_outcome(tx, delivery, Outcome.RETRIED)
    delivery.attempts += 0 if failure.holds_back else 1
    delivery.outcome_unknown = unknown
    delay = timedelta(seconds=failure.retry_after or 2 ** min(delivery.attempts - 1, 6))
    delay = delay if failure.retry_after else min(delay, BACKOFF_MAX)
    due_at = tx.now + (max(delay, MAY_STILL_ACT) if unknown else delay)
    outbox.release(delivery, due_at=due_at)
    tx.due.append(due_at)
    is_page = is_new and delivery.kind is DeliveryKind.PAGE
    if is_page and delivery.attempts == IN_TROUBLE_AFTER:
        await failing.say(tx, one.locked, delivery, outgoing.person, given_up=False)


def _give_back(tx: Transaction, delivery: Delivery) -> None:
    delivery.outcome_unknown = False
    delivery.carrier_id = None
    outbox.release(delivery, due_at=tx.now)
    tx.due.append(tx.now)


def _leave_as_it_is(tx: Transaction, delivery: Delivery) -> None:
    """It was delivered, and is gone or can't be edited any more."""
    delivery.outcome_unknown = False
    delivery.live = False
    outbox.release(delivery, due_at=None)
    measuring.note_outcome(tx, delivery, Outcome.EDIT_FAILED)


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


def _bring_up_to_date(tx: Transaction, one: Held, shown: int) -> None:
    delivery = one.delivery
    delivery.outcome_unknown = False
    delivery.attempts = 0
    delivery.shown_version = shown
    behind = delivery.live and one.incident.version != shown
    outbox.release(delivery, due_at=tx.now if behind else None)
    if behind:
        tx.due.append(tx.now)
