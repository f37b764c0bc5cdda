"""Escalation policies and their layers: whom to page, in what order, after how long."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from core import audit, people, schedules
from core.errors import InUse, InvalidTarget, NameConflict, NotFound, ValidationFailed
from core.policy_drafts import EscalationLayerDraft, PolicyDraft, describe
from core.transaction import Transaction
from storage.limits import ACK_TIMEOUT_MINUTES_MAX, NAME_MAX, PARTICIPANTS_MAX
from storage.models import (
    EscalationLayer,
    EscalationLayerMember,
    EscalationPolicy,
    Incident,
    Schedule,
)
from storage.vocabulary import AuditType, Status, TargetType

__all__ = [
    "EscalationLayerDraft",
    "PolicyDraft",
    "change_policy",
    "create_policy",
    "draft_of",
    "get_policy",
    "list_policies",
    "lock_policy",
    "policy_for_schedule",
    "remove_policy",
]


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


async def lock_policy(tx: Transaction, policy_id: UUID) -> EscalationPolicy:
    """A policy that nobody else changes until the transaction ends. Raises NotFound."""
    await people.lock_organization(tx)
    return await get_policy(tx, policy_id)


async def create_policy(
    tx: Transaction, draft: PolicyDraft, *, id: UUID | None = None
) -> EscalationPolicy:
    """Make a policy. Asked for twice with the same `id`, there is one.

    Raises ValidationFailed, NameConflict, InvalidTarget, InvalidTargetUser or NotFound.
    """
    await people.lock_organization(tx)
    id = id or uuid4()
    made = await tx.db.get(EscalationPolicy, id)
    if made and made.organization_id == tx.organization_id:
        return made
    await _check(tx, draft)
    policy = EscalationPolicy(
        id=id, organization_id=tx.organization_id, name=draft.name, created_at=tx.now, layers=[]
    )
    tx.db.add(policy)
    _write(policy, draft, {})
    await tx.db.flush()
    audit.record(tx, AuditType.POLICY_CREATED, policyId=str(policy.id), after=describe(draft))
    return policy


async def change_policy(
    tx: Transaction, policy: EscalationPolicy, draft: PolicyDraft
) -> EscalationPolicy:
    """Make a policy be as the draft says; escalations that run keep the layers they began with."""
    before = draft_of(policy)
    if before == draft and _in_same_order(before, draft):
        return policy
    await _check(tx, draft, policy)
    wanted = {layer.id for layer in draft.layers}
    kept = {layer.id: layer for layer in policy.layers if layer.id in wanted}
    policy.layers = list(kept.values())
    for layer in kept.values():
        layer.members.clear()
    await tx.db.flush()
    _write(policy, draft, kept)
    await tx.db.flush()
    audit.record(
        tx,
        AuditType.POLICY_CHANGED,
        policyId=str(policy.id),
        before=describe(before),
        after=describe(draft),
    )
    return policy


async def remove_policy(tx: Transaction, policy: EscalationPolicy) -> None:
    """Remove a policy that no open incident runs. Raises InUse, naming the incidents."""
    numbers = await tx.db.scalars(
        select(Incident.number)
        .where(Incident.escalation_policy_id == policy.id, Incident.status != Status.RESOLVED)
        .order_by(Incident.number)
    )
    if used := numbers.all():
        raise InUse.by(policy.name, (), used)
    audit.record(
        tx,
        AuditType.POLICY_REMOVED,
        policyId=str(policy.id),
        before=describe(draft_of(policy)),
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
                id=layer.id,
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


def _in_same_order(before: PolicyDraft, draft: PolicyDraft) -> bool:
    """Whether layers that are alike are the same ones, too."""
    both = zip(before.layers, draft.layers, strict=True)
    return all(wanted.id in (None, present.id) for present, wanted in both)


def _write(policy: EscalationPolicy, draft: PolicyDraft, kept: dict[UUID, EscalationLayer]) -> None:
    policy.name = draft.name
    policy.description = draft.description
    policy.layers = [
        _write_layer(kept.get(wanted.id) if wanted.id else None, wanted, position)
        for position, wanted in enumerate(draft.layers, start=1)
    ]


def _write_layer(
    layer: EscalationLayer | None, draft: EscalationLayerDraft, position: int
) -> EscalationLayer:
    layer = layer or EscalationLayer(id=draft.id or uuid4())
    layer.position = position
    layer.ack_timeout_minutes = draft.ack_timeout_minutes
    layer.target_type = TargetType.SCHEDULE if draft.schedule_id else TargetType.USERS
    layer.schedule_id = draft.schedule_id
    layer.members = [
        EscalationLayerMember(position=place, member_id=member_id)
        for place, member_id in enumerate(draft.member_ids)
    ]
    return layer


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
        if len(layer.member_ids) > PARTICIPANTS_MAX:
            raise InvalidTarget(
                f"A layer pages at most {PARTICIPANTS_MAX} members by name. Use a schedule, or "
                "several layers."
            )
        if layer.schedule_id:
            await schedules.value_of(tx, layer.schedule_id)
        known = _members_of(present, layer.id)
        for member_id in layer.member_ids:
            if member_id not in known:  # somebody who was removed does not forbid other changes
                await people.get_member(tx, member_id)


def _members_of(present: EscalationPolicy | None, layer_id: UUID | None) -> set[UUID]:
    """Whom a layer pages by name already; without an id it may be any of the policy's."""
    layers = present.layers if present else ()
    same = (layer for layer in layers if layer_id in (None, layer.id))
    return {one.member_id for layer in same for one in layer.members}
