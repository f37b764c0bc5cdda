"""Changing one part of a policy as it is now: what is named changes, and all else stays.

As with schedules, for programs, which see no form. Escalations that run keep their layers.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from core import policies
from core.errors import InvalidTarget, NotFound, ValidationFailed
from core.escalation_order import without_layer
from core.layer_order import in_order, layer_of
from core.policy_drafts import EscalationLayerDraft, PolicyDraft
from core.transaction import Transaction
from storage.models import EscalationLayer, EscalationPolicy
from storage.vocabulary import TargetType


class Details(TypedDict, total=False):
    """What can be changed of a policy itself."""

    name: str
    description: str | None


class LayerTarget(TypedDict, total=False):
    """Whom an escalation layer is to page, as somebody asks for it."""

    type: TargetType
    schedule_id: UUID | None
    user_ids: Sequence[UUID] | None


class Turn(TypedDict, total=False):
    """What can be changed of an escalation layer. Minutes; positions are from 1."""

    position: int
    ack_timeout_minutes: int
    target: LayerTarget


async def create_policy(
    tx: Transaction, *, name: str, description: str | None = None
) -> EscalationPolicy:
    """Make a policy without layers. Raises ValidationFailed, NameConflict (spec section 5)."""
    return await policies.create_policy(tx, PolicyDraft(name, description or None, ()))


async def change_details(
    tx: Transaction, policy_id: UUID, **named: Unpack[Details]
) -> EscalationPolicy:
    """Change what a policy is called. Raises NotFound, ValidationFailed, NameConflict."""

    def change(draft: PolicyDraft) -> PolicyDraft:
        changed = replace(draft, **named)
        return replace(changed, description=changed.description or None)

    return await _change(tx, policy_id, change)


async def remove_policy(tx: Transaction, policy_id: UUID) -> None:
    """Remove a policy that no open incident runs. Raises NotFound, InUse (spec section 5)."""
    await policies.remove_policy(tx, await policies.lock_policy(tx, policy_id))


async def add_layer(
    tx: Transaction,
    policy_id: UUID,
    *,
    ack_timeout_minutes: int,
    target: LayerTarget,
    position: int | None = None,
) -> EscalationLayer:
    """Add a layer at a position, from 1, from where on the rest moves down; or after all others.

    Raises NotFound, ValidationFailed, InvalidTarget, InvalidTargetUser (spec section 5).
    """
    made = EscalationLayerDraft(ack_timeout_minutes, id=uuid4())

    def change(draft: PolicyDraft) -> PolicyDraft:
        return _with(draft, _aimed(made, target), position)  # a policy comes before its target

    policy = await _change(tx, policy_id, change)
    return next(one for one in policy.layers if one.id == made.id)


async def change_layer(
    tx: Transaction, policy_id: UUID, layer_id: UUID, **named: Unpack[Turn]
) -> EscalationLayer:
    """Change what is named of a layer; at another position, the others make room for it.

    Raises NotFound, ValidationFailed, InvalidTarget, InvalidTargetUser (spec section 5).
    """

    def change(draft: PolicyDraft) -> PolicyDraft:
        wanted = _known(draft, layer_id)
        place = draft.layers.index(wanted) + 1
        if "ack_timeout_minutes" in named:
            wanted = replace(wanted, ack_timeout_minutes=named["ack_timeout_minutes"])
        if "target" in named:
            wanted = _aimed(wanted, named["target"])
        return _with(without_layer(draft, layer_id), wanted, named.get("position", place))

    policy = await _change(tx, policy_id, change)
    return next(one for one in policy.layers if one.id == layer_id)


async def remove_layer(tx: Transaction, policy_id: UUID, layer_id: UUID) -> None:
    """Take a layer away; those after it move up. Raises NotFound."""

    def change(draft: PolicyDraft) -> PolicyDraft:
        _known(draft, layer_id)
        return without_layer(draft, layer_id)

    await _change(tx, policy_id, change)


async def order_layers(
    tx: Transaction, policy_id: UUID, *, layer_ids: Sequence[UUID]
) -> EscalationPolicy:
    """Set the order of all layers at once: the first has position 1, and pages first.

    Raises NotFound, and ValidationFailed unless each layer is named exactly once (spec section 9).
    """

    def change(draft: PolicyDraft) -> PolicyDraft:
        return replace(draft, layers=in_order(draft.layers, layer_ids))

    return await _change(tx, policy_id, change)


async def get_layer(tx: Transaction, policy_id: UUID, layer_id: UUID) -> EscalationLayer:
    """One layer of a policy. Raises NotFound."""
    policy = await policies.get_policy(tx, policy_id)
    _known(policies.draft_of(policy), layer_id)
    return next(one for one in policy.layers if one.id == layer_id)


def _aimed(layer: EscalationLayerDraft, target: LayerTarget) -> EscalationLayerDraft:
    """The layer with another target. Raises InvalidTarget for what is no whole one."""
    schedule_id, user_ids = target.get("schedule_id"), tuple(target.get("user_ids") or ())
    is_schedule = target["type"] is TargetType.SCHEDULE
    if bool(schedule_id) is not is_schedule or bool(user_ids) is is_schedule:
        raise InvalidTarget(field="target")
    return replace(layer, schedule_id=schedule_id, member_ids=user_ids)


def _with(draft: PolicyDraft, layer: EscalationLayerDraft, position: int | None) -> PolicyDraft:
    if position is not None and position < 1:
        raise ValidationFailed("Positions are counted from 1.", field="position")
    before = len(draft.layers) if position is None else position - 1
    return replace(draft, layers=(*draft.layers[:before], layer, *draft.layers[before:]))


def _known(draft: PolicyDraft, layer_id: UUID) -> EscalationLayerDraft:
    layer = layer_of(draft.layers, layer_id)
    if layer is None:
        raise NotFound("This policy has no such layer. It may have been removed.")
    return layer


async def _change(
    tx: Transaction, policy_id: UUID, change: Callable[[PolicyDraft], PolicyDraft]
) -> EscalationPolicy:
    policy = await policies.lock_policy(tx, policy_id)
    return await policies.change_policy(tx, policy, change(policies.draft_of(policy)))
