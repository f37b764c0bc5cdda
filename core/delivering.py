"""One delivery's way out: asked again whether it is wanted, sent, and its outcome written.

Nothing here holds a transaction while it talks to the world. A process that dies at any line
leaves a claim behind, and whoever takes it over looks before sending again (spec section 6).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from core import claims, facts, logs, messages, outcomes
from core.facts import IncidentFacts, UpdateFacts
from core.people import Person
from core.sending import DeliveryFailed, Outgoing, Part, Sender
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery, Incident, IncidentUpdate, Member, Organization
from storage.vocabulary import Channel, DeliveryKind, DeliveryState, Severity, Status

log = logging.getLogger(__name__)

SEND_NEEDS = timedelta(seconds=15)
"""How much of a lease must be left when a message is posted: more than any HTTP timeout."""

ON_ITS_WAY = timedelta(seconds=12)
"""How long after it was begun an attempt without an answer may still be carried out."""


async def deliver(
    core: Core, sender: Sender, claim: claims.Claim, ready: "Ready | None" = None
) -> None:
    """Carry out one claimed delivery, to an outcome that is written down.

    `ready` is what `prepare` made of it just now, where the caller has asked already.
    """
    ready = ready or await _get_ready(core, claim)
    if ready is not None:
        if ready.outgoing.facts:
            logs.note(incident=ready.outgoing.facts.number)
        await _carry_out(core, sender, claim, ready)


async def _carry_out(core: Core, sender: Sender, claim: claims.Claim, ready: "Ready") -> None:
    attempt = _Attempt(core, sender, claim, unknown=ready.is_new and claim.look_up_first)
    try:
        if ready.is_new:
            await attempt.send(ready)
        else:
            await attempt.edit(ready)
        return
    except DeliveryFailed as failure:
        fault = failure
    except Exception as error:
        # A bug of ours must not keep a page back in silence: it is a failure like any other.
        log.exception("delivery %s stumbled", claim.delivery_id)
        fault = DeliveryFailed(f"{type(error).__name__}: {error}")
    await outcomes.settle_failed(
        core, claim, ready.outgoing, fault, is_new=ready.is_new, unknown=attempt.unknown
    )


@dataclass(frozen=True)
class Ready:
    """A delivery that is ours, as it is to be carried out now."""

    outgoing: Outgoing
    is_new: bool

    @property
    def unwanted(self) -> bool:
        """Whether any page of it is no longer wanted."""
        return any(part.unwanted for part in self.outgoing.parts)


async def prepare(tx: Transaction, claimed: Sequence[claims.Claim]) -> dict[claims.Claim, Ready]:
    """What to carry out, as it is now; without what somebody else holds by now."""
    by_id = {claim.delivery_id: claim for claim in claimed}
    leases = list({claim.lease for claim in claimed})
    ready = {}
    for row in await tx.db.execute(_CLAIMED, {"ids": list(by_id), "leases": leases}):
        loaded = _Loaded(*row)
        claim = by_id[loaded.delivery.id]
        outgoing = await _outgoing(tx, claim, loaded)
        ready[claim] = Ready(outgoing, is_new=loaded.delivery.state is DeliveryState.PENDING)
    return ready


async def _get_ready(core: Core, claim: claims.Claim) -> Ready | None:
    if core.clock.now() >= claim.until:
        return None
    async with core.reading(Actor.system()) as tx:
        return (await prepare(tx, [claim])).get(claim)


@dataclass
class _Attempt:
    """One try to carry out a claim. `unknown`: whether the message may be out there."""

    core: Core
    sender: Sender
    claim: claims.Claim
    unknown: bool

    async def edit(self, ready: Ready) -> None:
        """Bring what was sent up to date."""
        await self.sender.edit(ready.outgoing)
        await outcomes.settle_edited(self.core, self.claim, ready.outgoing)

    async def send(self, ready: Ready) -> None:
        """Look it up if need be, ask once more whether it is wanted, post it."""
        if self.unknown:
            # A look-up that fails does not mean that the message is not there.
            receipt = await self.sender.find(ready.outgoing)
            if receipt:
                await outcomes.settle_found(self.core, self.claim, ready.outgoing, receipt)
                return
            self._wait_for_what_is_on_its_way(ready)
            if not self._goes_out_again:
                await outcomes.settle_absent(self.core, self.claim, ready.outgoing)
                return
        if not ready.unwanted and await self.sender.aim(ready.outgoing):
            again = await _get_ready(self.core, self.claim)
            if again is None:
                return
            ready = again
        if ready.unwanted:
            await outcomes.settle_unwanted(self.core, self.claim, ready.outgoing)
            return
        if self.core.clock.now() > ready.outgoing.not_after:
            await outcomes.settle_absent(self.core, self.claim, ready.outgoing)
            return
        self.unknown = True
        try:
            receipt = await self.sender.send(ready.outgoing)
        except DeliveryFailed as failure:
            self.unknown = failure.unknown or self._goes_out_again
            raise
        await outcomes.settle_sent(self.core, self.claim, ready.outgoing, receipt)

    @property
    def _goes_out_again(self) -> bool:
        """A letter can't be looked up: it is sent again as the same one, with all it named."""
        return self.claim.look_up_first and self.claim.channel is Channel.MAIL

    def _wait_for_what_is_on_its_way(self, ready: Ready) -> None:
        """What was not found is sent anew, but no sooner than it can no longer arrive."""
        on_its_way = ready.outgoing.attempted_at + ON_ITS_WAY - self.core.clock.now()
        if on_its_way > timedelta(0):
            raise DeliveryFailed(
                "it may still arrive", unknown=True, retry_after=on_its_way.total_seconds()
            )


def unwanted(delivery: Delivery, incident: Incident) -> str | None:
    """PURE. Why a page is no longer wanted; None for one that is, and for all that is no page."""
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
    """A delivery with the rows that it speaks of."""

    delivery: Delivery
    incident: Incident | None
    alerts_channel: str | None
    member: Member | None
    thread: dict[str, Any] | None
    """The receipt of the message in whose thread it belongs, once that is there."""
    owner: Member | None


_thread = aliased(Delivery)
_owner = aliased(Member)
_CLAIMED = (
    select(Delivery, Incident, Organization.alerts_channel, Member, _thread.receipt, _owner)
    .outerjoin(Incident, Incident.id == Delivery.incident_id)
    .join(Organization, Organization.id == Delivery.organization_id)
    .outerjoin(Member, Member.id == Delivery.member_id)
    .outerjoin(_thread, _thread.id == Delivery.parent_id)
    .outerjoin(_owner, _owner.id == Incident.owner_id)
    .where(
        Delivery.id.in_(bindparam("ids", expanding=True)),
        Delivery.lease.in_(bindparam("leases", expanding=True)),
    )
)


_BUNDLED = (
    select(Delivery, Incident)
    .join(Incident, Incident.id == Delivery.incident_id)
    .where(Delivery.carrier_id == bindparam("carrier_id"), Delivery.lease == bindparam("lease"))
)


def _part(delivery: Delivery, incident: Incident | None) -> Part:
    if incident is None:
        return Part(delivery.id, None, 0, "", Severity.LOW, 0, 0, None, None, None)
    return Part(
        delivery.id,
        incident.id,
        incident.number,
        incident.title,
        incident.severity,
        incident.version,
        delivery.round,
        unwanted(delivery, incident),
        incident.acknowledged_by,
        incident.acknowledged_by_id,
    )


async def _parts(tx: Transaction, claim: claims.Claim, loaded: _Loaded) -> tuple[Part, ...]:
    """What the message carries out, the worst incident first."""
    if not claim.bundled:
        return (_part(loaded.delivery, loaded.incident),)
    rows = await tx.db.execute(_BUNDLED, {"carrier_id": claim.delivery_id, "lease": claim.lease})
    parts = [_part(*row) for row in rows]
    return tuple(sorted(parts, key=lambda part: (part.severity.rank, part.number)))


async def _facts(tx: Transaction, loaded: _Loaded) -> IncidentFacts | None:
    if loaded.incident is None:
        return None
    kind = loaded.delivery.kind
    return await facts.of(
        tx,
        loaded.incident,
        owner=loaded.owner,
        without_pages=kind is not DeliveryKind.CARD,  # it alone says who was paged
        without_next_step=kind is DeliveryKind.NOTICE,  # it tells of what has happened
    )


async def _outgoing(tx: Transaction, claim: claims.Claim, loaded: _Loaded) -> Outgoing:
    delivery, member = loaded.delivery, loaded.member
    message = messages.parse(delivery.message)
    update = None
    if isinstance(message, messages.UpdatePosted):
        update = UpdateFacts.of(await tx.db.get_one(IncidentUpdate, message.update_id))
    return Outgoing(
        delivery_id=delivery.id,
        organization_id=delivery.organization_id,
        attempted_at=delivery.attempted_at or delivery.created_at,
        not_after=claim.until - SEND_NEEDS,
        alerts_channel=loaded.alerts_channel,
        person=Person.of(member) if member else None,
        dm_id=member.slack_dm_id if member else None,
        email=member.email if member else None,
        facts=await _facts(tx, loaded),
        message=message,
        update=update,
        round=delivery.round,
        # A bundle is nobody's answer: it stands by itself in the conversation.
        thread=loaded.thread if len(claim.bundled) < 2 else None,
        receipt=delivery.receipt,
        parts=await _parts(tx, claim, loaded),
    )
