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

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the message, and say where it is."""

    async def edit(self, outgoing: Outgoing) -> None:
        """Bring the message that was sent up to date."""

    async def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look whether the message is there; None only if it certainly is not."""


async def deliver(core: Core, sender: Sender, claim: outbox.Claim) -> None:
    """Carry out one claimed delivery, to an outcome that is written down."""
    if core.clock.now() >= claim.until:
        return  # somebody else holds it by now
    async with core.reading(Actor.system()) as tx:
        loaded = await _load(tx, claim)
        if loaded is None:
            return
        outgoing = await _prepare(tx, loaded)
        is_new = loaded.delivery.state is DeliveryState.PENDING
        unwanted = _unwanted(loaded.delivery, loaded.incident)
    unknown = is_new and claim.look_up_first
    try:
        if not is_new:
            await sender.edit(outgoing)
            await _settle_edited(core, claim, outgoing)
            return
        receipt = await sender.find(outgoing) if unknown else None
        unknown = False
        shown = 0 if receipt else outgoing.incident.version
        if receipt is None and unwanted:
            await _settle_unwanted(core, claim, unwanted)
            return
        if receipt is None:
            if core.clock.now() >= claim.until:
                return
            receipt = await sender.send(outgoing)
        await _settle_sent(core, claim, outgoing, receipt, shown)
    except DeliveryFailed as failure:
        log.warning(
            "delivery %s of incident #%s: %s", claim.delivery_id, outgoing.incident.number, failure
        )
        # A look-up that failed does not mean that the message is not there.
        unknown = unknown or failure.unknown
        await _settle_failed(core, claim, outgoing, failure, is_new=is_new, unknown=unknown)


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


async def _settle_failed(
    core: Core,
    claim: outbox.Claim,
    outgoing: Outgoing,
    failure: DeliveryFailed,
    *,
    is_new: bool,
    unknown: bool,
) -> None:
    async with core.transaction(Actor.system(outgoing.incident.organization_id)) as tx:
        incident = await incidents.lock(tx, outgoing.incident.id)
        delivery = await outbox.hold(tx, claim)
        if delivery is None:
            return
        delivery.attempts += 1
        delivery.last_error = str(failure)
        can_give_up = is_new and delivery.kind is not DeliveryKind.PAGE
        stale = can_give_up and tx.now - delivery.created_at > GIVE_UP_AFTER
        if failure.permanent or stale:
            await _end_failed(tx, incident, delivery, outgoing, is_new=is_new)
            return
        delivery.outcome_unknown = unknown
        delay = timedelta(seconds=failure.retry_after or 2 ** min(delivery.attempts - 1, 6))
        due_at = tx.now + (delay if failure.retry_after else min(delay, BACKOFF_MAX))
        outbox.release(delivery, due_at=due_at)
        tx.due.append(due_at)


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
    audit.record(
        tx,
        AuditType.DELIVERY_FAILED,
        incident=incident,
        **_about(delivery, outgoing),
        error=delivery.last_error,
    )
    log.error("delivery %s failed for good: %s", delivery.id, delivery.last_error)
    if delivery.kind is DeliveryKind.PAGE and outgoing.person:
        await notifications.say(
            tx,
            incident,
            notifications.PageFailed(
                outgoing.person.name, delivery.channel.value, delivery.last_error or ""
            ),
            key=str(delivery.id),
        )
        await escalation.page_failed(tx, incident, delivery)


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
