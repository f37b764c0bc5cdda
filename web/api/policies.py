"""Escalation policies over REST: made, changed, arranged, and tried out (spec section 9)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from core import policies, policy_parts, simulation
from core.errors import InUse, InvalidTarget, InvalidTargetUser, NameConflict
from core.policy_records import EscalationLayerRecord, PolicyRecord
from core.transaction import Transaction
from web.api.answering import Call
from web.api.endpoints import Endpoints
from web.api.schemas.base import GivenInstant, Named
from web.api.schemas.policies import (
    EscalationLayerChanges,
    EscalationLayerShown,
    NewEscalationLayer,
    NewPolicy,
    PolicyChanges,
    PolicyListed,
    PolicyShown,
    SimulationShown,
    StepShown,
)
from web.api.schemas.schedules import LayerOrder

PolicyId = Annotated[UUID, Path(alias="policyId")]
LayerId = Annotated[UUID, Path(alias="layerId")]


async def _exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    await policies.get_policy(tx, ids["policyId"])
    if "layerId" in ids:
        await policy_parts.get_layer(tx, ids["policyId"], ids["layerId"])


ENDPOINTS = Endpoints("Escalation policies", exists=_exists)


@ENDPOINTS.get("/escalation/policies")
async def list_policies(tx: Transaction) -> list[PolicyListed]:
    """List all escalation policies.

    By name, without their layers.
    """
    return [PolicyListed.model_validate(one) for one in await policies.list_policies(tx)]


@ENDPOINTS.post("/escalation/policies", refuses=(NameConflict,))
async def create_policy(tx: Transaction, wanted: NewPolicy) -> PolicyShown:
    """Make an escalation policy.

    It pages nobody until it has a layer.
    """
    policy = await policy_parts.create_policy(tx, **dict(wanted))
    return PolicyShown.model_validate(PolicyRecord.of(policy))


@ENDPOINTS.get("/escalation/policies/{policyId}")
async def get_policy(tx: Transaction, policy_id: PolicyId) -> PolicyShown:
    """Get one escalation policy, with its layers."""
    return PolicyShown.model_validate(PolicyRecord.of(await policies.get_policy(tx, policy_id)))


@ENDPOINTS.patch("/escalation/policies/{policyId}", refuses=(NameConflict,))
async def change_policy(tx: Transaction, policy_id: PolicyId, wanted: PolicyChanges) -> PolicyShown:
    """Change a policy's name or description."""
    policy = await policy_parts.change_details(tx, policy_id, **wanted.named)
    return PolicyShown.model_validate(PolicyRecord.of(policy))


@ENDPOINTS.delete("/escalation/policies/{policyId}", refuses=(InUse,))
async def delete_policy(tx: Transaction, policy_id: PolicyId) -> None:
    """Remove an escalation policy.

    It is refused while an open incident runs it.
    """
    await policy_parts.remove_policy(tx, policy_id)


@ENDPOINTS.post(
    "/escalation/policies/{policyId}/layers", refuses=(InvalidTarget, InvalidTargetUser)
)
async def add_escalation_layer(
    tx: Transaction, policy_id: PolicyId, wanted: NewEscalationLayer
) -> EscalationLayerShown:
    """Add a layer to a policy.

    At a `position` that is taken the rest moves down. An escalation that runs keeps the layers
    that it began with.
    """
    layer = await policy_parts.add_layer(tx, policy_id, **wanted.model_dump())
    return EscalationLayerShown.model_validate(EscalationLayerRecord.of(layer))


@ENDPOINTS.patch(
    "/escalation/policies/{policyId}/layers/{layerId}", refuses=(InvalidTarget, InvalidTargetUser)
)
async def change_escalation_layer(
    tx: Transaction, policy_id: PolicyId, layer_id: LayerId, wanted: EscalationLayerChanges
) -> EscalationLayerShown:
    """Change a layer of a policy.

    At another `position`, the others make room for it.
    """
    changes = wanted.model_dump(include=wanted.model_fields_set)
    layer = await policy_parts.change_layer(tx, policy_id, layer_id, **changes)
    return EscalationLayerShown.model_validate(EscalationLayerRecord.of(layer))


@ENDPOINTS.delete("/escalation/policies/{policyId}/layers/{layerId}")
async def delete_escalation_layer(tx: Transaction, policy_id: PolicyId, layer_id: LayerId) -> None:
    """Remove a layer of a policy.

    The layers after it move up; their ids stay.
    """
    await policy_parts.remove_layer(tx, policy_id, layer_id)


@ENDPOINTS.put("/escalation/policies/{policyId}/layers/order")
async def order_escalation_layers(
    tx: Transaction, policy_id: PolicyId, wanted: LayerOrder
) -> PolicyShown:
    """Set the order of all layers of a policy.

    Each is named exactly once; the first one pages first.
    """
    policy = await policy_parts.order_layers(tx, policy_id, layer_ids=wanted.layer_ids)
    return PolicyShown.model_validate(PolicyRecord.of(policy))


@ENDPOINTS.get("/escalation/policies/{policyId}/simulate")
async def simulate_policy(
    call: Call,
    policy_id: PolicyId,
    at: Annotated[GivenInstant | None, Query(description="Now, if it is left out.")] = None,
) -> SimulationShown:
    """Say who would be paged, and when, if an incident were declared and nobody answered.

    By the code that really pages, and nobody is paged. A layer without users is skipped.
    """
    found = await simulation.simulate(call.core, call.actor, policy_id, at=at)
    return SimulationShown(
        steps=[
            StepShown(
                at=step.at,
                layer=step.layer,
                users=[Named.model_validate(one.person) for one in step.people],
                reason=step.reason,
            )
            for step in found.steps
        ],
        ends_at=found.ends_at,
        outcome=found.outcome,
    )
