"""The acknowledging link of a letter: signed, good once, and dead once it is not wanted any more.

Looking at a link never changes anything: programs that scan mail open every link they find.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest, new
from secrets import token_hex
from uuid import UUID

from sqlalchemy import select

from core import escalation, facts, incidents, people
from core.errors import Unavailable
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
    INTERRUPTED = "interrupted"
    """Of a bundle some were acknowledged, and then the database went away."""


@dataclass(frozen=True)
class Link:
    """A link as it stands: whose it is, and for which incident; of a wrong one nothing is told."""

    standing: Standing
    person: Person | None = None
    incident: IncidentFacts | None = None
    others: tuple["Link", ...] = ()
    """What else its letter told of, where that was a bundle: each as it stands by itself."""

    @property
    def each(self) -> tuple["Link", ...]:
        """What the letter told of, one by one; what it is good for comes first."""
        return (replace(self, others=()), *self.others)

    def of(self, standing: Standing) -> tuple["Link", ...]:
        """Those of its incidents that stand so."""
        return tuple(link for link in self.each if link.standing is standing)


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
        return _joined([await _look(tx, page, found.member) for page in await _pages(tx, found)])


async def use(core: Core, token: str) -> Link:
    """Acknowledge as the one whom the letter was for. Good once: GOOD means that this was it.

    Every other standing is the reason why nothing was changed. The incidents of a bundle are
    acknowledged one by one: each is good by itself. Where the database goes away in the middle,
    the rest is INTERRUPTED, and the link stays good for it. Raises Unavailable if none was taken.
    """
    async with core.reading(Actor.system()) as tx:
        found = await _find(tx, token)
        if found is None:
            return Link(Standing.WRONG)
        before = [(page, await _look(tx, page, found.member)) for page in await _pages(tx, found)]
    used: list[Link] = []
    for page, _ in before:
        try:
            used.append(await _use(core, page, found.member))
        except Unavailable:
            if not any(link.standing is Standing.GOOD for link in used):
                raise
            used += [_interrupted(link) for _, link in before[len(used) :]]
            break
    return _joined(used)


def _interrupted(link: Link) -> Link:
    good = link.standing is Standing.GOOD
    return replace(link, standing=Standing.INTERRUPTED) if good else link


async def _use(core: Core, page: Delivery, member: Member) -> Link:
    async with core.transaction(people.actor_of(member, Surface.MAIL)) as tx:
        incident = await incidents.lock(tx, page.incident_id)
        # Read anew under the lock: of two who press at once, one is the first.
        page = await tx.db.get_one(Delivery, page.id, with_for_update={"key_share": True})
        link = await _link(tx, page, await tx.db.get_one(Member, member.id), incident)
        if link.standing is not Standing.GOOD:
            return link
        page.link_used_at = tx.now
        await escalation.acknowledge(tx, incident.id)
        return replace(link, incident=await facts.of(tx, incident))


def _joined(links: Sequence[Link]) -> Link:
    """One link for all that a letter told of, each incident once: what it is good for first."""
    of_each: dict[UUID, Link] = {}
    for link in sorted(links, key=lambda link: _SAYS_MOST.get(link.standing, 2)):
        if link.incident:  # two layers may have wanted the same person
            of_each.setdefault(link.incident.id, link)
    in_order = sorted(of_each.values(), key=_good_first) or links[:1]
    return replace(in_order[0], others=tuple(in_order[1:]))


_SAYS_MOST = {Standing.GOOD: 0, Standing.INTERRUPTED: 1, Standing.HANDED_OFF: 3}
"""Of two pages for one incident: a handoff is the reason only where nothing else is."""


def _good_first(link: Link) -> tuple[bool, int]:
    return link.standing is not Standing.GOOD, link.incident.number if link.incident else 0


async def _pages(tx: Transaction, found: "_Found") -> Sequence[Delivery]:
    """All that the letter of a link told of, the worst incident first."""
    page = found.delivery
    if page.carrier_id is None:
        return [page]
    every = await tx.db.scalars(
        select(Delivery)
        .join(Incident, Incident.id == Delivery.incident_id)
        .where(Delivery.carrier_id == page.carrier_id)
        .order_by(Delivery.priority, Incident.number, Delivery.id)
    )
    return every.all()


@dataclass(frozen=True)
class _Found:
    delivery: Delivery
    member: Member


async def _find(tx: Transaction, token: str) -> _Found | None:
    """The page that a token names, if we have signed it."""
    if not _TOKEN.fullmatch(token):
        return None
    delivery_id = UUID(bytes=urlsafe_b64decode(f"{token.partition('.')[0]}=="))
    delivery = await tx.db.get(Delivery, delivery_id)
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


def _standing(tx: Transaction, page: Delivery, member: Member, incident: Incident) -> Standing:
    if member.removed_at:
        return Standing.REMOVED
    if incident.status is Status.RESOLVED:
        return Standing.RESOLVED
    if page.round != incident.escalation_round:
        return Standing.HANDED_OFF
    if incident.acknowledged_at:
        return Standing.ACKNOWLEDGED
    if page.link_used_at:
        return Standing.USED
    if tx.now - page.created_at > LIFE:
        return Standing.EXPIRED
    return Standing.GOOD


async def _look(tx: Transaction, page: Delivery, member: Member) -> Link:
    return await _link(tx, page, member, await tx.db.get_one(Incident, page.incident_id))


async def _link(tx: Transaction, page: Delivery, member: Member, incident: Incident) -> Link:
    standing = _standing(tx, page, member, incident)
    if standing is Standing.REMOVED:
        return Link(standing)
    return Link(standing, Person.of(member), await facts.of(tx, incident))


def _encode(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
