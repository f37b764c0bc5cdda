"""What would happen if an incident were declared now: asked of the functions that really page."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from core import people, policies, schedules, targets
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
    at_once: set[UUID] = set()
    ends: int | None = None
    policy = None
    if owner_schedule_id:
        await schedules.value_of(tx, owner_schedule_id)
        policy = await policies.policy_for_schedule(tx, owner_schedule_id)
    if policy:
        layers = targets.snapshot(policy)
        resolver = await targets.Resolver.for_layers(tx, layers)
        ends = 0
        for layer in layers:
            found = resolver.targets(layer, tx.now + timedelta(minutes=ends))
            if not found:
                continue
            names = tuple(one.person.name for one in found)
            steps.append(PreviewStep(ends, layer.position, names))
            if ends == 0:
                at_once.update(one.person.id for one in found)
            ends += layer.ack_timeout_minutes
    elif owner_schedule_id and owner is None:
        on_call = await targets.schedule_owner(tx, owner_schedule_id)
        steps = [PreviewStep(0, None, (on_call.person.name,))] if on_call else []
    if owner and owner.id not in at_once:
        steps.insert(0, PreviewStep(0, None, (owner.name,)))
    return Preview(tuple(steps), ends)
