"""Changing one part of a policy, its details or one of its layers, and nothing beside it.

As with schedules: who changes a part says what they had before their eyes (`as_seen`), and if
somebody else changed it meanwhile nothing is done. Escalations that run keep their layers.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from core import layer_order, policies
from core.errors import ChangedMeanwhile
from core.layer_order import layer_of
from core.policy_drafts import EscalationLayerDraft, PolicyDraft, describe_layer
from core.schedule_drafts import seen
from core.transaction import Transaction
from storage.models import EscalationPolicy


def details_seen(draft: PolicyDraft) -> str:
    """What a form shows of a policy's details, in a few characters."""
    return seen(draft.name, draft.description)


def layer_seen(layer: EscalationLayerDraft | None) -> str:
    """What a form shows of a layer, or of none yet."""
    return seen(layer and describe_layer(layer))


def with_layer(draft: PolicyDraft, wanted: EscalationLayerDraft) -> PolicyDraft:
    """The policy with this layer: in the place of the one with its id, or after all others."""
    return replace(draft, layers=layer_order.with_layer(draft.layers, wanted))


def without_layer(draft: PolicyDraft, id: UUID) -> PolicyDraft:
    """The policy without this layer."""
    return replace(draft, layers=layer_order.without_layer(draft.layers, id))


async def change_details(
    tx: Transaction, policy_id: UUID, *, name: str, description: str | None, as_seen: str
) -> EscalationPolicy:
    """Change what a policy is called.

    Raises NotFound, ChangedMeanwhile, ValidationFailed, NameConflict.
    """
    said = (description or "").strip() or None
    return await _change(
        tx,
        policy_id,
        lambda draft: replace(draft, name=name.strip(), description=said),
        lambda draft: details_seen(draft) == as_seen,
    )


async def put_layer(
    tx: Transaction, policy_id: UUID, wanted: EscalationLayerDraft, *, as_seen: str
) -> EscalationPolicy:
    """Add a layer, or change the one with its id; asked for twice, it is there once.

    Raises NotFound, ChangedMeanwhile, ValidationFailed, InvalidTarget, InvalidTargetUser.
    """
    return await _change(
        tx,
        policy_id,
        lambda draft: with_layer(draft, wanted),
        lambda draft: layer_seen(layer_of(draft.layers, wanted.id)) == as_seen,
    )


async def move_layer(
    tx: Transaction, policy_id: UUID, layer_id: UUID, *, to: int
) -> EscalationPolicy:
    """Give a layer another position, from 1; asked for twice, it moves once.

    Raises NotFound, and ChangedMeanwhile if the layer is gone.
    """
    return await _change(
        tx,
        policy_id,
        lambda draft: replace(draft, layers=layer_order.moved(draft.layers, layer_id, to=to - 1)),
        lambda draft: layer_of(draft.layers, layer_id) is not None,
    )


async def remove_layer(
    tx: Transaction, policy_id: UUID, layer_id: UUID, *, as_seen: str
) -> EscalationPolicy:
    """Take a layer away; one that is gone stays gone. Raises NotFound, ChangedMeanwhile."""
    return await _change(
        tx,
        policy_id,
        lambda draft: without_layer(draft, layer_id),
        lambda draft: layer_seen(layer_of(draft.layers, layer_id)) == as_seen,
    )


async def _change(
    tx: Transaction,
    policy_id: UUID,
    change: Callable[[PolicyDraft], PolicyDraft],
    is_as_seen: Callable[[PolicyDraft], bool],
) -> EscalationPolicy:
    policy = await policies.lock_policy(tx, policy_id)
    draft = policies.draft_of(policy)
    wanted = change(draft)
    if wanted != draft and not is_as_seen(draft):
        raise ChangedMeanwhile
    return await policies.change_policy(tx, policy, wanted)
