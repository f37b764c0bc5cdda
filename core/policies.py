"""Escalation policies and their layers: whom to page, in what order, after how long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from core import audit, people, schedules
from core.errors import InUse, InvalidTarget, NameConflict, NotFound, ValidationFailed
from core.transaction import Transaction
from storage.limits import ACK_TIMEOUT_MINUTES_MAX, NAME_MAX
from storage.models import (
    EscalationLayer,
    EscalationLayerMember,
    EscalationPolicy,
    Incident,
    Schedule,
)
from storage.vocabulary import AuditType, Status, TargetType


@dataclass(frozen=True)
class EscalationLayerDraft:
    """A layer as somebody asks for it: a schedule, or members by name, and a timeout in minutes."""

    ack_timeout_minutes: int
    schedule_id: UUID | None = None
    member_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class PolicyDraft:
    """A policy as somebody asks for it; a layer's position is its place in the list, from 1."""

    name: str
    description: str | None
    layers: tuple[EscalationLayerDraft, ...]


async def list_policies(tx: Transaction) -> Sequence[EscalationPolicy]:
    """Every policy of the organization by name, its layers loaded."""
    return (await tx.db.scalars(_whole(tx).order_by(EscalationPolicy.name))).unique().all()


async def get_policy(tx: Transaction, policy_id: UUID) -> EscalationPolicy:
    """One policy with its layers. Raises NotFound."""
    found = (
        (await tx.db.scalars(_whole(tx).where(EscalationPolicy.id == policy_id)))
        .unique()
        .one_or_none()
    )
    if found is None:
        raise NotFound("There is no such escalation policy. It may have been removed.")
    return found


async def policy_for_schedule(tx: Transaction, schedule_id: UUID) -> EscalationPolicy | None:
    """The policy that an incident for this schedule runs (spec section 2).

    The one whose layer targets the schedule: lowest layer position first, then the oldest.
    """
    wanted = {"organization_id": tx.organization_id, "schedule_id": schedule_id}
    return (await tx.db.scalars(_FOR_SCHEDULE, wanted)).unique().one_or_none()


def by_schedule(every: Iterable[EscalationPolicy]) -> dict[UUID, EscalationPolicy]:
    """PURE. What `policy_for_schedule` answers, for each schedule that these policies page."""
    chosen: dict[UUID, tuple[tuple[int, datetime, str], EscalationPolicy]] = {}
    for policy in every:
        for layer in policy.layers:
            rank = layer.position, policy.created_at, policy.name
            if layer.schedule_id and (
                layer.schedule_id not in chosen or rank < chosen[layer.schedule_id][0]
            ):
                chosen[layer.schedule_id] = rank, policy
    return {schedule_id: policy for schedule_id, (_, policy) in chosen.items()}


async def create_policy(tx: Transaction, draft: PolicyDraft) -> EscalationPolicy:
    """Make a policy.

    Raises ValidationFailed, NameConflict, InvalidTarget, InvalidTargetUser or NotFound.
    """
    await _check(tx, draft)
    policy = EscalationPolicy(
        organization_id=tx.organization_id, name=draft.name, created_at=tx.now, layers=[]
    )
    tx.db.add(policy)
    _write(policy, draft)
    await tx.db.flush()
    audit.record(tx, AuditType.POLICY_CREATED, policyId=str(policy.id), after=_describe(draft))
    return policy


async def change_policy(
    tx: Transaction, policy: EscalationPolicy, draft: PolicyDraft
) -> EscalationPolicy:
    """Make a policy be as the draft says; escalations that run keep the layers they began with."""
    before = draft_of(policy)
    if before == draft:
        return policy
    await _check(tx, draft, policy)
    policy.layers.clear()
    await tx.db.flush()
    _write(policy, draft)
    await tx.db.flush()
    audit.record(
        tx,
        AuditType.POLICY_CHANGED,
        policyId=str(policy.id),
        before=_describe(before),
        after=_describe(draft),
    )
    return policy


async def remove_policy(tx: Transaction, policy: EscalationPolicy) -> None:
    """Remove a policy that no open incident runs. Raises InUse, naming the incidents."""
    numbers = await tx.db.scalars(
        select(Incident.number)
        .where(Incident.escalation_policy_id == policy.id, Incident.status != Status.RESOLVED)
        .order_by(Incident.number)
    )
    used = ", ".join(f"#{number}" for number in numbers)
    if used:
        raise InUse(f"“{policy.name}” is in use by the open incidents {used}.")
    audit.record(
        tx,
        AuditType.POLICY_REMOVED,
        policyId=str(policy.id),
        before=_describe(draft_of(policy)),
    )
    await tx.db.delete(policy)
    await tx.db.flush()


def draft_of(policy: EscalationPolicy) -> PolicyDraft:
    """A stored policy, as one would ask for it."""
    return PolicyDraft(
        name=policy.name,
        description=policy.description,
        layers=tuple(
            EscalationLayerDraft(
                ack_timeout_minutes=layer.ack_timeout_minutes,
                schedule_id=layer.schedule_id,
                member_ids=tuple(one.member_id for one in layer.members),
            )
            for layer in policy.layers
        ),
    )


_LAYERS = joinedload(EscalationPolicy.layers).options(
    joinedload(EscalationLayer.members),
    joinedload(EscalationLayer.schedule).load_only(Schedule.name),
)

_FOR_SCHEDULE = (
    select(EscalationPolicy)
    .where(
        EscalationPolicy.id
        == select(EscalationPolicy.id)
        .join(EscalationLayer)
        .where(
            EscalationPolicy.organization_id == bindparam("organization_id"),
            EscalationLayer.schedule_id == bindparam("schedule_id"),
        )
        .order_by(EscalationLayer.position, EscalationPolicy.created_at, EscalationPolicy.name)
        .limit(1)
        .scalar_subquery()
    )
    .options(_LAYERS)
)


def _whole(tx: Transaction) -> Select[EscalationPolicy]:
    return (
        select(EscalationPolicy)
        .where(EscalationPolicy.organization_id == tx.organization_id)
        .options(_LAYERS)
    )


def _write(policy: EscalationPolicy, draft: PolicyDraft) -> None:
    policy.name = draft.name
    policy.description = draft.description
    policy.layers = [
        EscalationLayer(
            position=position,
            ack_timeout_minutes=wanted.ack_timeout_minutes,
            target_type=TargetType.SCHEDULE if wanted.schedule_id else TargetType.USERS,
            schedule_id=wanted.schedule_id,
            members=[
                EscalationLayerMember(position=place, member_id=member_id)
                for place, member_id in enumerate(wanted.member_ids)
            ],
        )
        for position, wanted in enumerate(draft.layers, start=1)
    ]


async def _check(
    tx: Transaction, draft: PolicyDraft, present: EscalationPolicy | None = None
) -> None:
    if not 1 <= len(draft.name) <= NAME_MAX:
        raise ValidationFailed(f"A policy's name has 1 to {NAME_MAX} characters.", field="name")
    await people.lock_organization(tx)
    taken = await tx.db.scalar(
        select(EscalationPolicy.id).filter_by(organization_id=tx.organization_id, name=draft.name)
    )
    if taken and (present is None or taken != present.id):
        raise NameConflict(f"There is a policy called “{draft.name}” already.")
    for layer in draft.layers:
        if not 1 <= layer.ack_timeout_minutes <= ACK_TIMEOUT_MINUTES_MAX:
            raise ValidationFailed(
                f"A layer waits 1 to {ACK_TIMEOUT_MINUTES_MAX} minutes for an acknowledgement.",
                field="ack_timeout_minutes",
            )
        if bool(layer.schedule_id) == bool(layer.member_ids):
            raise InvalidTarget
        if layer.schedule_id:
            await schedules.value_of(tx, layer.schedule_id)
        for member_id in layer.member_ids:
            await people.get_member(tx, member_id)


def _describe(draft: PolicyDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "description": draft.description,
        "layers": [
            {
                "position": position,
                "ackTimeoutMinutes": layer.ack_timeout_minutes,
                "target": (
                    {"type": "schedule", "scheduleId": str(layer.schedule_id)}
                    if layer.schedule_id
                    else {"type": "users", "userIds": [str(one) for one in layer.member_ids]}
                ),
            }
            for position, layer in enumerate(draft.layers, start=1)
        ],
    }
