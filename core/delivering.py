"""One delivery's way out: asked again whether it is wanted, sent, and its outcome written.

Nothing here holds a transaction while it talks to the world. A process that dies at any line
leaves a claim behind, and whoever takes it over looks before sending again (spec section 6).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core import audit, escalation, facts, incidents, notifications, outbox
from core.facts import IncidentFacts, UpdateFacts
from core.people import Person
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery, Incident, IncidentUpdate, Member, Organization
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, Status

log = logging.getLogger(__name__)

Receipt = Mapping[str, str]
"""Where a message is, in the words of its channel."""

BACKOFF_MAX = timedelta(seconds=60)
SEND_NEEDS = timedelta(seconds=15)
"""How much of a lease must be left when a message is posted: more than any HTTP timeout."""

IN_TROUBLE_AFTER = 5
"""After so many failures in a row a page is said to be in trouble; it is still tried."""

GIVE_UP_AFTER = timedelta(hours=24)
"""How long a card or a notice is tried. A page is tried for as long as it is wanted."""


class DeliveryFailed(Exception):
    """The world did not take a message.

    `permanent`: trying again can't help. `unknown`: it may have been taken all the same.
    `retry_after`: seconds that the other side asked us to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.unknown = unknown
        self.retry_after = retry_after


@dataclass(frozen=True)
class Outgoing:
    """All a sender needs in order to render a message and to know where it goes."""

    delivery_id: UUID
    attempted_at: datetime
    """No attempt to send it began before this instant whose outcome is not known."""
    alerts_channel: str | None
    person: Person | None
    dm_id: str | None
    email: str | None
    incident: IncidentFacts
    message: notifications.Message
    update: UpdateFacts | None
    round: int
    thread: Receipt | None
    """The receipt of the message in whose thread this one answers."""
    receipt: Receipt | None
    """Its own receipt, once it was sent."""


class Sender(Protocol):
    """A channel to the world. Every method raises DeliveryFailed, and nothing else."""

    async def aim(self, outgoing: Outgoing) -> bool:
        """Find out where the message goes; True if the network had to be asked for it."""

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the message, in one call, and say where it is."""

    async def edit(self, outgoing: Outgoing) -> None:
        """Bring the message that was sent up to date."""

    async def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look whether the message is there; None only if it certainly is not."""


async def deliver(core: Core, sender: Sender, claim: outbox.Claim) -> None:
    """Carry out one claimed delivery, to an outcome that is written down."""
    ready = await _get_ready(core, claim)
    if ready is None:
        return
    attempt = _Attempt(core, sender, claim, unknown=ready.is_new and claim.look_up_first)
    try:
        if ready.is_new:
            await attempt.send(ready)
        else:
            await attempt.edit(ready)
    except DeliveryFailed as failure:
        await _settle_failed(core, claim, ready, failure, unknown=attempt.unknown)
    except Exception as error:
        # A bug of ours must not keep a page back in silence: it is a failure like any other.
        log.exception("delivery %s stumbled", claim.delivery_id)
        fault = DeliveryFailed(f"{type(error).__name__}: {error}")
        await _settle_failed(core, claim, ready, fault, unknown=attempt.unknown)


@dataclass(frozen=True)
class _Ready:
    """A delivery that is ours, as it is to be carried out now."""

    outgoing: Outgoing
    is_new: bool
    unwanted: str | None


async def _get_ready(core: Core, claim: outbox.Claim) -> _Ready | None:
    """What to carry out; None if somebody else holds it by now."""
    if core.clock.now() >= claim.until:
        return None
    async with core.reading(Actor.system()) as tx:
        loaded = await _load(tx, claim)
        if loaded is None:
            return None
        return _Ready(
            await _prepare(tx, loaded),
            is_new=loaded.delivery.state is DeliveryState.PENDING,
            unwanted=_unwanted(loaded.delivery, loaded.incident),
        )


@dataclass
class _Attempt:
    """One try to carry out a claim. `unknown`: whether the message may be out there."""

    core: Core
    sender: Sender
    claim: outbox.Claim
    unknown: bool

    async def edit(self, ready: _Ready) -> None:
        """Bring what was sent up to date."""
        await self.sender.edit(ready.outgoing)
        await _settle_edited(self.core, self.claim, ready.outgoing)

    async def send(self, ready: _Ready) -> None:
        """Look it up if need be, ask once more whether it is wanted, post it."""
        time_passed = False
        if self.unknown:
            # A look-up that fails does not mean that the message is not there.
            receipt = await self.sender.find(ready.outgoing)
            if receipt:
                await _settle_sent(self.core, self.claim, ready.outgoing, receipt, shown=0)
                return
            self.unknown, time_passed = False, True
        if ready.unwanted is None and await self.sender.aim(ready.outgoing):
            time_passed = True
        if time_passed:
            again = await _get_ready(self.core, self.claim)
            if again is None:
                return
            ready = again
        if ready.unwanted:
            await _settle_unwanted(self.core, self.claim, ready.unwanted)
            return
        if self.core.clock.now() > self.claim.until - SEND_NEEDS:
            await _settle_late(self.core, self.claim)
            return
        self.unknown = True
        try:
            receipt = await self.sender.send(ready.outgoing)
        except DeliveryFailed as failure:
            self.unknown = failure.unknown
            raise
        await _settle_sent(
            self.core, self.claim, ready.outgoing, receipt, shown=ready.outgoing.incident.version
        )


def _unwanted(delivery: Delivery, incident: Incident) -> str | None:
    """Why a page is no longer wanted; None for one that is, and for all that is no page."""
    if delivery.kind is not DeliveryKind.PAGE:
        return None
    if incident.status is Status.RESOLVED:
        return "resolved"
    if delivery.round != incident.escalation_round:
        return "handed off"
    if incident.acknowledged_at:
        return "acknowledged"
    return None


@dataclass(frozen=True)
class _Loaded:
    """A delivery with the rows that it speaks of, read in one statement."""

    delivery: Delivery
    incident: Incident
    alerts_channel: str | None
    member: Member | None
    thread: Delivery | None


async def _load(tx: Transaction, claim: outbox.Claim) -> _Loaded | None:
    """What was claimed, or None if somebody else holds it by now."""
    parent = aliased(Delivery)
    query = (
        select(Delivery, Incident, Organization.alerts_channel, Member, parent)
        .join(Incident, Incident.id == Delivery.incident_id)
        .join(Organization, Organization.id == Delivery.organization_id)
        .outerjoin(Member, Member.id == Delivery.member_id)
        .outerjoin(parent, parent.id == Delivery.parent_id)
        .where(Delivery.id == claim.delivery_id, Delivery.lease == claim.lease)
    )
    row = (await tx.db.execute(query)).one_or_none()
    return _Loaded(*row) if row else None


async def _prepare(tx: Transaction, loaded: _Loaded) -> Outgoing:
    delivery, member = loaded.delivery, loaded.member
    message = notifications.parse(delivery.message)
    update = None
    if isinstance(message, notifications.UpdatePosted):
        update = UpdateFacts.of(await tx.db.get_one(IncidentUpdate, message.update_id))
    return Outgoing(
        delivery_id=delivery.id,
        attempted_at=delivery.attempted_at or delivery.created_at,
        alerts_channel=loaded.alerts_channel,
        person=Person.of(member) if member else None,
        dm_id=member.slack_dm_id if member else None,
        email=member.email if member else None,
        incident=await facts.of(tx, loaded.incident),
        message=message,
        update=update,
        round=delivery.round,
        thread=loaded.thread.receipt if loaded.thread else None,
        receipt=delivery.receipt,
    )


async def _settle_sent(
    core: Core, claim: outbox.Claim, outgoing: Outgoing, receipt: Receipt, shown: int
) -> None:
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        # The incident first: an acknowledgement in between would leave a stale button.
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await outbox.hold(tx, claim)
        if delivery is None:
            return
        delivery.state = DeliveryState.SENT
        delivery.sent_at = tx.now
        delivery.receipt = dict(receipt)
        _bring_up_to_date(tx, delivery, incident, shown)
        tx.due.append(tx.now)  # what waits for this thread can go now
        if delivery.kind is DeliveryKind.PAGE:
            audit.record(
                tx,
                AuditType.RESPONDER_PAGED,
                incident=incident,
                **_about(delivery, outgoing),
                receipt=dict(receipt),
            )


async def _settle_edited(core: Core, claim: outbox.Claim, outgoing: Outgoing) -> None:
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await outbox.hold(tx, claim)
        if delivery:
            _bring_up_to_date(tx, delivery, incident, outgoing.incident.version)


async def _settle_unwanted(core: Core, claim: outbox.Claim, reason: str) -> None:
    async with core.transaction(Actor.system()) as tx:
        delivery = await outbox.hold(tx, claim)
        if delivery:
            incident = await tx.db.get_one(Incident, delivery.incident_id)
            outbox.supersede(tx, incident, delivery, reason)


async def _settle_late(core: Core, claim: outbox.Claim) -> None:
    """Too little of the lease is left to post: give it back, to be claimed anew."""
    async with core.transaction(Actor.system()) as tx:
        delivery = await outbox.hold(tx, claim)
        if delivery:
            delivery.outcome_unknown = False
            outbox.release(delivery, due_at=tx.now)
            tx.due.append(tx.now)


async def _settle_failed(
    core: Core,
    claim: outbox.Claim,
    ready: _Ready,
    failure: DeliveryFailed,
    *,
    unknown: bool,
) -> None:
    outgoing = ready.outgoing
    log.warning(
        "delivery %s of incident #%s: %s", claim.delivery_id, outgoing.incident.number, failure
    )
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await outbox.hold(tx, claim)
        if delivery is None:
            return
        delivery.last_error = str(failure)
        can_give_up = ready.is_new and delivery.kind is not DeliveryKind.PAGE
        stale = can_give_up and tx.now - delivery.created_at > GIVE_UP_AFTER
        if failure.permanent or stale:
            await _end_failed(tx, incident, delivery, outgoing, is_new=ready.is_new)
            return
        delivery.attempts += 1
        delivery.outcome_unknown = unknown
        delay = timedelta(seconds=failure.retry_after or 2 ** min(delivery.attempts - 1, 6))
        due_at = tx.now + (delay if failure.retry_after else min(delay, BACKOFF_MAX))
        outbox.release(delivery, due_at=due_at)
        tx.due.append(due_at)
        is_page = ready.is_new and delivery.kind is DeliveryKind.PAGE
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
