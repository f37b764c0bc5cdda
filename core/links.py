"""The acknowledging link of a letter: signed, good once, and dead once it is not wanted any more.

Looking at a link never changes anything: programs that scan mail open every link they find.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest, new
from secrets import token_hex
from uuid import UUID

from core import escalation, facts, incidents, people
from core.facts import IncidentFacts
from core.people import Person
from core.transaction import Actor, Core, Transaction
from storage.models import Delivery, Incident, Member, Organization
from storage.vocabulary import Channel, DeliveryKind, Status, Surface

PATH = "/mail/acknowledge"
LIFE = timedelta(days=7)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", re.ASCII)


class Standing(StrEnum):
    """What can be done with a link, or why nothing can."""

    GOOD = "good"
    WRONG = "wrong"
    RESOLVED = "resolved"
    HANDED_OFF = "handed_off"
    ACKNOWLEDGED = "acknowledged"
    USED = "used"
    EXPIRED = "expired"
    REMOVED = "removed"


@dataclass(frozen=True)
class Link:
    """A link as it stands: whose it is, and for which incident; of a wrong one nothing is told."""

    standing: Standing
    person: Person | None = None
    incident: IncidentFacts | None = None


def sign(key: str, delivery_id: UUID) -> str:
    """PURE. The token of a delivery: its id, and proof that we have written it."""
    signature = new(key.encode(), b"tocsin:acknowledge:" + delivery_id.bytes, sha256).digest()
    return f"{_encode(delivery_id.bytes)}.{_encode(signature)}"


async def ensure_key(core: Core, organization_id: UUID) -> str:
    """What signs an organization's links, made when the first letter needs it."""
    async with core.reading(Actor.system(organization_id)) as tx:
        known = (await people.organization(tx)).link_key
    if known:
        return known
    async with core.transaction(Actor.system(organization_id)) as tx:
        organization = await people.lock_organization(tx)
        organization.link_key = organization.link_key or token_hex(32)
        return organization.link_key


async def look(core: Core, token: str) -> Link:
    """What a link is good for now. Changes nothing."""
    async with core.reading(Actor.system()) as tx:
        found = await _find(tx, token)
        if found is None:
            return Link(Standing.WRONG)
        incident = await tx.db.get_one(Incident, found.delivery.incident_id)
        return await _link(tx, _standing(tx, found, incident), found, incident)


async def use(core: Core, token: str) -> Link:
    """Acknowledge as the one whom the letter was for. Good once: GOOD means that this was it.

    Every other standing is the reason why nothing was changed.
    """
    async with core.reading(Actor.system()) as tx:
        found = await _find(tx, token)
    if found is None:
        return Link(Standing.WRONG)
    async with core.transaction(people.actor_of(found.member, Surface.MAIL)) as tx:
        incident = await incidents.lock(tx, found.delivery.incident_id)
        # Read anew under the lock: of two who press at once, one is the first.
        found = await _find(tx, token, lock=True)
        if found is None:
            return Link(Standing.WRONG)
        standing = _standing(tx, found, incident)
        if standing is Standing.GOOD:
            found.delivery.link_used_at = tx.now
            await escalation.acknowledge(tx, incident.id)
        return await _link(tx, standing, found, incident)


@dataclass(frozen=True)
class _Found:
    delivery: Delivery
    member: Member


async def _find(tx: Transaction, token: str, *, lock: bool = False) -> _Found | None:
    """The page that a token names, if we have signed it."""
    if not _TOKEN.fullmatch(token):
        return None
    delivery_id = UUID(bytes=urlsafe_b64decode(f"{token.partition('.')[0]}=="))
    delivery = await tx.db.get(
        Delivery, delivery_id, with_for_update={"key_share": True} if lock else None
    )
    if delivery is None or delivery.member_id is None:
        return None
    if delivery.channel is not Channel.MAIL or delivery.kind is not DeliveryKind.PAGE:
        return None
    organization = await tx.db.get_one(Organization, delivery.organization_id)
    if not organization.link_key:
        return None
    expected = sign(organization.link_key, delivery_id)
    if not compare_digest(expected.encode(), token.encode()):
        return None
    return _Found(delivery, await tx.db.get_one(Member, delivery.member_id))


def _standing(tx: Transaction, found: _Found, incident: Incident) -> Standing:
    if found.member.removed_at:
        return Standing.REMOVED
    if incident.status is Status.RESOLVED:
        return Standing.RESOLVED
    if found.delivery.round != incident.escalation_round:
        return Standing.HANDED_OFF
    if incident.acknowledged_at:
        return Standing.ACKNOWLEDGED
    if found.delivery.link_used_at:
        return Standing.USED
    if tx.now - found.delivery.created_at > LIFE:
        return Standing.EXPIRED
    return Standing.GOOD


async def _link(tx: Transaction, standing: Standing, found: _Found, incident: Incident) -> Link:
    if standing is Standing.REMOVED:
        return Link(standing)
    return Link(standing, Person.of(found.member), await facts.of(tx, incident))


def _encode(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
