"""Taking deliveries up: what is due is claimed under a lease, by one replica at a time.

A row is due when `due_at` is set: to be sent, to be tried again, or, once sent and if it is live,
to be brought up to date. Whoever claims it holds it until its lease ends (spec section 6).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Row, String, Table, bindparam, case, func, select, update

from core import claimable, pacing
from core.transaction import Transaction
from storage.columns import UtcDateTime
from storage.models import Delivery
from storage.vocabulary import Channel

LEASE = timedelta(seconds=60)
"""Outlasts every HTTP timeout, so that nobody takes over what is still being sent."""


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours to carry out until the lease ends."""

    delivery_id: UUID
    lease: UUID
    until: datetime
    channel: Channel
    target: str
    wakes: bool
    """It is a page that was not sent yet."""
    look_up_first: bool
    """An earlier attempt began and its answer never came."""
    bundled: tuple[UUID, ...] = ()
    """Every delivery of its bundle, where it carries one."""

    @property
    def delivery_ids(self) -> tuple[UUID, ...]:
        """All that is carried out by it."""
        return self.bundled or (self.delivery_id,)


@dataclass(frozen=True)
class Taken:
    """What was taken up, and whether that is all there was to take up now."""

    claims: tuple[Claim, ...]
    complete: bool


_table = cast(Table, Delivery.__table__)  # nothing is loaded: half of what a class would cost
_d = _table.c
_now = bindparam("now", type_=UtcDateTime)
_target = func.unnest(bindparam("targets", type_=ARRAY(String))).column_valued("target")
_LOCK_TARGETS = select(_target).where(
    func.pg_try_advisory_xact_lock(func.hashtextextended(_target, 0))
)
_BUSY = select(_d.target).where(
    _d.target.in_(bindparam("targets", expanding=True)),
    _d.lease.is_not(None),
    _d.lease_until > _now,
)
_TAKE = (
    update(_table)
    .where(_d.id.in_(bindparam("ids", expanding=True)))
    .values(
        lease=bindparam("lease"),
        lease_until=bindparam("until"),
        attempted_at=case((_d.outcome_unknown, _d.attempted_at), else_=_now),
        outcome_unknown=True,
    )
)
_HELD = (
    select(Delivery)
    .where(
        Delivery.id.in_(bindparam("ids", expanding=True)),
        Delivery.lease.in_(bindparam("leases", expanding=True)),
    )
    .order_by(Delivery.id)
    .with_for_update()
)
_Row = Row[UUID, Channel, str, bool, UUID | None, datetime | None, bool]


async def claim(
    tx: Transaction,
    *,
    organization_id: UUID,
    limit: int,
    busy_targets: Collection[str] = (),
    channels: Collection[Channel] = tuple(Channel),
) -> Taken:
    """Take what is due, the most urgent first, one for each target, under a lease of `LEASE`.

    What answers in a thread waits until the message that began it is out, unless it wakes
    somebody. A target in `busy_targets` is left alone, and so is every channel but `channels`.
    Claiming says that an attempt begins: from here until its outcome is written, the outcome is
    unknown.
    """
    asked = claimable.rows(frozenset(channels), some_busy=bool(busy_targets))
    due = {"now": tx.now, "limit": limit, "loud_since": tx.now - pacing.REST}
    due |= claimable.eligible(tx, organization_id, busy_targets)
    while True:
        rows = (await tx.db.execute(asked, due)).all()
        resting = {
            row.target: row.last_page + pacing.REST for row in rows if row.wakes and row.last_page
        }
        await pacing.put_off(tx, resting)
        first: dict[str, _Row] = {}
        for row in rows:
            if not (row.wakes and row.target in resting):
                first.setdefault(row.target, row)
        if first or not resting:
            break
    for target in await _taken_elsewhere(tx, set(first)):
        del first[target]
    several = {row.target for row in rows if row.wakes and row is not first.get(row.target)}
    joined = await pacing.join(
        tx,
        {
            row.target: row.id
            for row in first.values()
            if row.wakes and not row.outcome_unknown  # what may be out there stays what it was
            if row.target in several or len(rows) == limit
        },
    )
    claimed = []
    lease, until = uuid4(), tx.now + LEASE
    for row in first.values():
        together: Sequence[UUID] | None = joined.get(row.id, ())
        if row.carrier_id:
            together = await pacing.bundle(tx, row.carrier_id)
        if together is not None:
            claimed.append(
                Claim(
                    row.carrier_id or row.id,
                    lease,
                    until,
                    row.channel,
                    row.target,
                    row.wakes,
                    row.outcome_unknown,
                    tuple(together),
                )
            )
    if claimed:
        ids = [id for one in claimed for id in one.delivery_ids]
        await tx.db.execute(_TAKE, {"ids": ids, "lease": lease, "until": until, "now": tx.now})
    return Taken(tuple(claimed), complete=len(rows) < limit)


async def _taken_elsewhere(tx: Transaction, targets: set[str]) -> set[str]:
    """The conversations that another replica is taking up, or took up since we looked.

    One row is never taken twice: the row's own lock sees to that. This keeps two replicas from
    speaking into one conversation at the same time, each with another row.
    """
    if not targets or tx.db.get_bind().dialect.name == "sqlite":
        return set()
    ours = set(await tx.db.scalars(_LOCK_TARGETS, {"targets": list(targets)}))
    busy = await tx.db.scalars(_BUSY, {"targets": list(ours), "now": tx.now})
    return (targets - ours) | set(busy)


async def hold(tx: Transaction, claims: Sequence[Claim]) -> Sequence[Delivery]:
    """What was claimed, locked; without what somebody else took over meanwhile."""
    ids = [id for claim in claims for id in claim.delivery_ids]
    leases = {claim.lease for claim in claims}
    return (await tx.db.scalars(_HELD, {"ids": ids, "leases": list(leases)})).all()


async def earliest_due(
    tx: Transaction,
    organization_id: UUID | None,
    *,
    busy_targets: Collection[str] = (),
    channels: Collection[Channel] = tuple(Channel),
) -> datetime | None:
    """When the next delivery can be taken up, leases and waiting threads considered."""
    asked = claimable.earliest(frozenset(channels), some_busy=bool(busy_targets))
    found: datetime | None = await tx.db.scalar(
        asked, claimable.eligible(tx, organization_id, busy_targets)
    )
    return found


async def free_claims(tx: Transaction) -> None:
    """Free what a process that is no longer there had claimed: SQLite has one process only.

    An attempt that had begun keeps its unknown outcome, and is looked up before it is repeated.
    """
    await tx.db.execute(
        update(Delivery).where(Delivery.lease.is_not(None)).values(lease=None, lease_until=None)
    )
