"""The coverage report: what would page nobody, the wrong people or too late, before it does.

Only what lies ahead, each with what to do, and under a key that stays the same until the finding
changes, so that it can be said once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core import (
    coverage_policies,
    coverage_schedules,
    last_resort,
    people,
    policies,
    schedules,
)
from core.findings import Finding, FindingKind, Looked
from core.staffing import Line, staffing
from core.transaction import Transaction
from storage.models import Incident, Member, Schedule
from storage.vocabulary import Status

DAYS = 30
DAYS_MAX = 366

LOOK_BACK = timedelta(days=30)
"""How far back the beginning of what goes on now is looked for, so that it has one name."""

_CHECKS = (
    coverage_schedules.gaps,
    coverage_schedules.removed_members,
    coverage_schedules.without_channel,
    coverage_schedules.without_policy,
    coverage_schedules.removed_owners,
    coverage_policies.unstaffed,
    coverage_policies.repeats,
    coverage_policies.too_late,
    coverage_policies.removed_members,
    coverage_policies.empty,
    coverage_policies.unreached,
)
_ORDER = list(FindingKind)


async def report(tx: Transaction, *, days: int = DAYS) -> tuple[Finding, ...]:
    """Everything that is wrong from now on, `days` ahead: what comes first, first.

    The same finding has the same key in every report until it changes; one that goes on longer
    than is looked ahead gets another key when its end comes into sight, and one that began over
    30 days ago when that was. Reads in a handful of statements for any number of schedules.
    Raises ValueError unless `days` is 1 to 366 (spec section 5).
    """
    if not 1 <= days <= DAYS_MAX:
        raise ValueError(f"A report looks 1 to {DAYS_MAX} days ahead, not {days}.")
    looked = await _look(tx, days)
    found: list[Finding] = []
    for check in _CHECKS:
        found += check(looked)
        await _let_others_work()
    return tuple(
        sorted(
            found,
            key=lambda one: (one.start_at or looked.now, _ORDER.index(one.kind), one.said),
        )
    )


async def _look(tx: Transaction, days: int) -> Looked:
    since = tx.now - LOOK_BACK
    ids = await tx.db.scalars(select(Schedule.id).filter_by(organization_id=tx.organization_id))
    loaded = await schedules.load(tx, ids, overrides_from=since)
    every = await policies.list_policies(tx)
    resort = await last_resort.stored(tx)
    owned = await _owned_by_removed(tx)
    named = {
        *(one.member_id for policy in every for layer in policy.layers for one in layer.members),
        *(resort.member_ids if resort else ()),
        *owned,
    }
    for schedule in loaded.values():
        named |= {p.member_id for layer in schedule.layers for p in layer.participants}
        named |= {override.member.member_id for override in schedule.overrides}
    until = tx.now + timedelta(days=days)
    ahead: dict[UUID, Line] = {}
    for schedule in loaded.values():
        ahead[schedule.id] = staffing(schedule, tx.now, until)
        await _let_others_work()
    return Looked(
        since=since,
        now=tx.now,
        until=until,
        channels=tx.person_channels,
        schedules=sorted(loaded.values(), key=lambda one: one.name),
        ahead=ahead,
        policies=every,
        last_resort=resort,
        members=await people.by_id(tx, named),
        owned_by_removed=owned,
    )


async def _let_others_work() -> None:
    """A page that is due must not wait for a report: everything shares one processor."""
    await asyncio.sleep(0)


async def _owned_by_removed(tx: Transaction) -> Mapping[UUID, Sequence[int]]:
    rows = await tx.db.execute(
        select(Member.id, Incident.number)
        .join(Incident, Incident.owner_id == Member.id)
        .where(
            Incident.organization_id == tx.organization_id,
            Incident.status != Status.RESOLVED,
            Member.removed_at.is_not(None),
        )
        .order_by(Incident.number)
    )
    found: dict[UUID, list[int]] = defaultdict(list)
    for member_id, number in rows:
        found[member_id].append(number)
    return found
