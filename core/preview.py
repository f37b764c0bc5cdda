"""What would happen if an incident were declared now: asked of the functions that really page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core import people, policies, schedules, targets
from core.policies import PolicyDraft
from core.targets import LayerSnapshot
from core.transaction import Transaction


@dataclass(frozen=True)
class PreviewStep:
    """A layer that would page, so many minutes after the incident is declared."""

    after_minutes: int
    layer: int | None
    people: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """Who would be paged and when, and when the policy would be exhausted (None: no policy)."""

    steps: tuple[PreviewStep, ...]
    ends_after_minutes: int | None


async def preview(
    tx: Transaction, *, owner_id: UUID | None = None, owner_schedule_id: UUID | None = None
) -> Preview:
    """Walk what declaring would do, for an owner, a schedule or both (spec section 2).

    Raises NotFound, InvalidTargetUser.
    """
    owner = await people.get_member(tx, owner_id) if owner_id else None
    steps: list[PreviewStep] = []
    at_once: frozenset[UUID] = frozenset()
    ends: int | None = None
    policy = None
    if owner_schedule_id:
        await schedules.value_of(tx, owner_schedule_id)
        policy = await policies.policy_for_schedule(tx, owner_schedule_id)
    if policy:
        layers = targets.snapshot(policy)
        resolver = await targets.Resolver.for_layers(tx, layers)
        steps, ends, at_once = _walk(resolver, layers, tx.now)
    elif owner_schedule_id and owner is None:
        on_call = await targets.schedule_owner(tx, owner_schedule_id)
        steps = [PreviewStep(0, None, (on_call.person.name,))] if on_call else []
    if owner and owner.id not in at_once:
        steps.insert(0, PreviewStep(0, None, (owner.name,)))
    return Preview(tuple(steps), ends)


async def preview_policy(tx: Transaction, draft: PolicyDraft) -> Preview:
    """Walk what a policy would do from now on, as the draft has it, stored or not."""
    layers = [
        LayerSnapshot(position, one.ack_timeout_minutes, one.schedule_id, None, one.member_ids)
        for position, one in enumerate(draft.layers, start=1)
    ]
    resolver = await targets.Resolver.for_layers(tx, layers)
    steps, ends, _ = _walk(resolver, layers, tx.now)
    return Preview(tuple(steps), ends)


def _walk(
    resolver: targets.Resolver, layers: Sequence[LayerSnapshot], begins: datetime
) -> tuple[list[PreviewStep], int, frozenset[UUID]]:
    """The layers that would page, when it would be over, and who is paged at once."""
    steps: list[PreviewStep] = []
    at_once: frozenset[UUID] = frozenset()
    ends = 0
    for layer in layers:
        found = resolver.targets(layer, begins + timedelta(minutes=ends))
        if not found:
            continue
        steps.append(PreviewStep(ends, layer.position, tuple(one.person.name for one in found)))
        if ends == 0:
            at_once = frozenset(one.person.id for one in found)
        ends += layer.ack_timeout_minutes
    return steps, ends, at_once
