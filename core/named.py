"""Where members are named: what would miss each of them, if they left."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select

from core import last_resort, oncall, policies, schedules
from core.transaction import Transaction
from storage.models import Incident, Schedule
from storage.vocabulary import Status


@dataclass
class Named:
    """All that names one member, by name and by number, and is not over."""

    on_call_for: list[str] = field(default_factory=list)
    """Schedules that page them at this instant."""
    rotations: list[str] = field(default_factory=list)
    """Schedules in whose rotations others can stand in for them."""
    alone_in: list[str] = field(default_factory=list)
    """Schedules with a rotation layer in which nobody else is left."""
    covering: list[str] = field(default_factory=list)
    """Schedules with an override of theirs."""
    policies: list[str] = field(default_factory=list)
    """Policies that page them by name."""
    is_last_resort: bool = False
    owns: int = 0
    """How many open incidents."""


async def by_member(tx: Transaction) -> Mapping[UUID, Named]:
    """What names whom now (spec section 5). Whoever is named nowhere is left out."""
    found: dict[UUID, Named] = defaultdict(Named)
    ids = await tx.db.scalars(select(Schedule.id).filter_by(organization_id=tx.organization_id))
    loaded = await schedules.load(tx, ids)
    for schedule in sorted(loaded.values(), key=lambda one: one.name):
        _note_schedule(tx, schedule, found)
    for policy in await policies.list_policies(tx):
        for member_id in {one.member_id for layer in policy.layers for one in layer.members}:
            found[member_id].policies.append(policy.name)
    resort = await last_resort.stored(tx)
    for member_id in resort.member_ids if resort else ():
        found[member_id].is_last_resort = True
    owned = (
        select(Incident.owner_id, func.count())
        .where(
            Incident.organization_id == tx.organization_id,
            Incident.status != Status.RESOLVED,
        )
        .group_by(Incident.owner_id)
    )
    for owner_id, count in await tx.db.execute(owned):
        if owner_id:
            found[owner_id].owns = count
    return found


def _note_schedule(tx: Transaction, schedule: oncall.Schedule, found: dict[UUID, Named]) -> None:
    for duty in oncall.resolve(schedule, tx.now).targets:
        found[duty.member_id].on_call_for.append(schedule.name)
    alone: set[UUID] = set()
    among: set[UUID] = set()
    for layer in schedule.layers:
        if layer.effective_until is None or layer.effective_until > tx.now:
            left = {one.member_id for one in layer.participants if one.removed_at is None}
            (among if len(left) > 1 else alone).update(left)
    for member_id in alone:
        found[member_id].alone_in.append(schedule.name)
    for member_id in among - alone:
        found[member_id].rotations.append(schedule.name)
    for member_id in {one.member.member_id for one in schedule.overrides}:
        found[member_id].covering.append(schedule.name)
