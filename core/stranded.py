"""Deliveries whose channel was switched off: nobody carries them any more, so none waits for ever.

A page is superseded where the same person is paged through another channel, and fails out loud
where this was the only way to them (spec section 6, the promise).
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from core import delivering, failing, incidents, logs, outbox
from core.errors import Unavailable
from core.people import Person
from core.transaction import Actor, Core, Transaction
from storage.columns import UtcDateTime
from storage.models import Delivery, Incident, Member
from storage.vocabulary import Channel, DeliveryKind, DeliveryState

log = logging.getLogger(__name__)

LEFT_FOR = timedelta(minutes=1)
"""How long what is due may lie there: a replica that still carries it would have taken it up."""

LOOK_EVERY = timedelta(seconds=30)

AT_ONCE = 20
"""How many are ended before the engine goes on with what else is due."""


class StrandedWatch:
    """Looks now and then for what the senders of this process do not carry."""

    def __init__(self, core: Core, carried: Collection[Channel]) -> None:
        self._core = core
        self._carried = frozenset(carried)
        self._looked: datetime | None = None

    async def look(self, organization_id: UUID | None) -> None:
        """End some of what is stranded; cheap where there is nothing."""
        if organization_id is None or self._carried.issuperset(Channel):
            return
        now = self._core.clock.now()
        if self._looked and now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        if await end_stranded(self._core, organization_id, self._carried) == AT_ONCE:
            self._looked = None  # there may be more


async def end_stranded(
    core: Core, organization_id: UUID, carried: Collection[Channel], *, limit: int = AT_ONCE
) -> int:
    """End what has been due for `LEFT_FOR` through a channel that is not `carried`.

    Each by itself: what stumbles is left for the next look. Returns how many were found.
    """
    async with core.reading(Actor.system(organization_id)) as tx:
        given = {"carried": list(carried), "limit": limit, **_now(tx)}
        found = (await tx.db.execute(_STRANDED, given)).all()
    for delivery_id, incident_id in found:
        with logs.about(delivery_id=str(delivery_id)):
            try:
                async with core.transaction(Actor.system(organization_id)) as tx:
                    incident = await incidents.lock(tx, incident_id) if incident_id else None
                    delivery = await tx.db.scalar(_STILL, {"id": delivery_id, **_now(tx)})
                    if delivery is not None:
                        await _end(tx, incident, delivery, carried)
            except Unavailable:
                raise
            except Exception:
                log.exception("delivery %s is stranded and can't be ended", delivery_id)
    return len(found)


def _now(tx: Transaction) -> dict[str, object]:
    return {
        "organization_id": tx.organization_id,
        "now": tx.now,
        "left_since": tx.now - LEFT_FOR,
    }


_left_alone = (
    Delivery.organization_id == bindparam("organization_id"),
    Delivery.state == DeliveryState.PENDING,
    Delivery.due_at <= bindparam("left_since", type_=UtcDateTime),
    or_(
        Delivery.lease_until.is_(None),
        Delivery.lease_until <= bindparam("now", type_=UtcDateTime),
    ),
)
_STRANDED = (
    select(Delivery.id, Delivery.incident_id)
    .where(*_left_alone, Delivery.channel.not_in(bindparam("carried", expanding=True)))
    .order_by(Delivery.priority, Delivery.due_at, Delivery.sequence)
    .limit(bindparam("limit"))
)
_STILL = (
    select(Delivery)
    .where(*_left_alone, Delivery.id == bindparam("id"))
    .with_for_update(key_share=True)
)


async def _end(
    tx: Transaction, incident: Incident | None, delivery: Delivery, carried: Collection[Channel]
) -> None:
    if not delivery.outcome_unknown:
        delivery.carrier_id = None  # the message that it was to be in was never sent
    needless = delivering.unwanted(delivery, incident) if incident else None
    if needless is None and delivery.kind is DeliveryKind.PAGE:
        needless = await _carried_by_another(tx, delivery, carried)
    if incident and needless is not None:
        delivery.outcome_unknown = False
        outbox.supersede(tx, incident, delivery, needless)
        tx.due.append(tx.now)  # the engine looks again: there may be more
        return
    delivery.last_error = _switched_off(delivery)
    member = await tx.db.get(Member, delivery.member_id) if delivery.member_id else None
    await failing.end(tx, incident, delivery, Person.of(member) if member else None)


async def _carried_by_another(
    tx: Transaction, page: Delivery, carried: Collection[Channel]
) -> str | None:
    """Why the page is not needed, where the same one reaches its person by another way."""
    other = await tx.db.scalar(
        select(Delivery.state)
        .where(
            Delivery.incident_id == page.incident_id,
            Delivery.kind == DeliveryKind.PAGE,
            Delivery.member_id == page.member_id,
            Delivery.round == page.round,
            Delivery.layer.is_not_distinct_from(page.layer),
            Delivery.channel.in_(carried),
            Delivery.state.in_((DeliveryState.SENT, DeliveryState.PENDING)),
        )
        .order_by(Delivery.state.desc())  # sent before pending
        .limit(1)
    )
    if other is None:
        return None
    how = "paged" if other is DeliveryState.SENT else "being paged"
    return f"{_switched_off(page)}; {how} through another channel"


def _switched_off(delivery: Delivery) -> str:
    if delivery.outcome_unknown:
        return "switched off while it was being sent, so it may have arrived"
    return "switched off before it was sent"
