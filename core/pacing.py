"""Storms: a person hears of one thing at a time, and of what came meanwhile in one message.

Slack takes about one message a second in a conversation, and so does a person (spec section 6.7).
A page goes at once where the conversation is quiet. Where one has just been sent the next waits,
and leaves together with all that has come due until then: as a bundle, whose deliveries share a
carrier. Who belongs to a bundle is written down before it is sent, so that a process that dies
leaves behind what was in it. It is undone only where the bundle surely did not arrive.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, or_, select, update

from core.transaction import Transaction
from storage.columns import UtcDateTime
from storage.models import Delivery
from storage.vocabulary import DeliveryKind, DeliveryState

REST = timedelta(seconds=1)
"""How long a conversation is left alone after a page."""

BUNDLE_MAX = 40
"""How many incidents one message names: what fits into Slack's limits, whatever their titles."""

AT_ONCE = 1_000
"""How many ids one statement names."""

_table = cast(Table, Delivery.__table__)  # nothing is loaded: half of what a class would cost
_d = _table.c
_now = bindparam("now", type_=UtcDateTime)
_WAITING = (
    select(_d.target, _d.id)
    .where(
        _d.target.in_(bindparam("targets", expanding=True)),
        _d.due_at <= _now,
        _d.state == DeliveryState.PENDING,
        or_(_d.lease_until.is_(None), _d.lease_until <= _now),
    )
    .order_by(_d.priority, _d.due_at, _d.created_at)
    .with_for_update(skip_locked=True)
)
_JOINABLE = _WAITING.where(
    _d.kind == DeliveryKind.PAGE,
    _d.outcome_unknown.is_(False),
    _d.carrier_id.is_(None),  # one whose message was refused goes alone
    _d.id.not_in(bindparam("carriers", expanding=True)),
).limit(bindparam("limit"))
_BUNDLE = select(_d.id).where(_d.carrier_id == bindparam("carrier_id"))
_BUNDLE_LOCKED = _BUNDLE.with_for_update(skip_locked=True)
_said = _table.alias()
LAST_PAGE = (
    select(func.max(_said.c.sent_at))
    .where(
        _said.c.target == _d.target,
        _said.c.sent_at > bindparam("loud_since", type_=UtcDateTime),
        _said.c.sent_at <= _now,  # one that a clock set back has left in the future holds nobody up
    )
    .correlate(_table)
    .scalar_subquery()
)
"""When the conversation was last spoken into, if that is less than `REST` ago."""
_PUT_OFF = (
    update(_table)
    .where(_d.id.in_(bindparam("ids", expanding=True)))
    .values(due_at=bindparam("until", type_=UtcDateTime))
)
_JOIN = (
    update(_table)
    .where(_d.id.in_(bindparam("ids", expanding=True)))
    .values(carrier_id=bindparam("carrier"))
)


async def put_off(tx: Transaction, resting: Mapping[str, datetime]) -> None:
    """Have what is to be posted into conversations that rest wait until each of them has rested.

    What another replica is looking at just now is left to it: nobody waits for anybody here.
    """
    waiting = defaultdict(list)
    if resting:
        for row in await tx.db.execute(_WAITING, {"targets": list(resting), "now": tx.now}):
            waiting[row.target].append(row.id)
    for target, ids in waiting.items():
        for begin in range(0, len(ids), AT_ONCE):
            some = ids[begin : begin + AT_ONCE]
            await tx.db.execute(_PUT_OFF, {"ids": some, "until": resting[target]})
        tx.due.append(resting[target])


async def join(tx: Transaction, carriers: Mapping[str, UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """Bind what else waits for each conversation to its carrier: all of each bundle, by carrier.

    A carrier that nothing else waits with carries itself alone, and is not told of.
    """
    if not carriers:
        return {}
    others = await _joinable(tx, carriers)
    if sum(map(len, others.values())) == BUNDLE_MAX * len(carriers):
        # Many wait, and for one conversation more than for another: ask for each by itself.
        each = [await _joinable(tx, {target: id}) for target, id in carriers.items()]
        others = {carrier: ids for found in each for carrier, ids in found.items()}
    bundles = {carrier: [carrier, *ids][:BUNDLE_MAX] for carrier, ids in others.items()}
    for carrier, ids in bundles.items():
        await tx.db.execute(_JOIN, {"ids": ids, "carrier": carrier})
    return bundles


async def _joinable(tx: Transaction, carriers: Mapping[str, UUID]) -> dict[UUID, list[UUID]]:
    given = {"targets": list(carriers), "carriers": list(carriers.values()), "now": tx.now}
    found: dict[UUID, list[UUID]] = defaultdict(list)
    limit = BUNDLE_MAX * len(carriers)
    for row in await tx.db.execute(_JOINABLE, {**given, "limit": limit}):
        found[carriers[row.target]].append(row.id)
    return found


async def bundle(tx: Transaction, carrier_id: UUID) -> Sequence[UUID] | None:
    """Every delivery of a bundle, locked; None while another replica holds one of them."""
    given = {"carrier_id": carrier_id}
    every = (await tx.db.scalars(_BUNDLE, given)).all()
    locked = (await tx.db.scalars(_BUNDLE_LOCKED, given)).all()
    return every if len(every) == len(locked) else None
