"""Firing: the next layer that has anybody is paged, and the clock set for the one after it.

The caller holds the incident's lock; all of it is written in the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from core import audit, last_resort, messages, notifications, targets
from core.targets import LayerSnapshot, Resolver, Target
from core.transaction import Transaction
from storage.models import Incident
from storage.vocabulary import AuditType, EscalationState

Reason = Literal["timeout", "undeliverable"]


def next_layer(layers: Sequence[LayerSnapshot], fired: int | None) -> LayerSnapshot | None:
    """PURE. The layer after the one that fired last, or None at the end of the policy."""
    position = fired or 0
    return layers[position] if position < len(layers) else None


async def fire_from(
    tx: Transaction,
    incident: Incident,
    fired: int,
    *,
    resolver: Resolver | None = None,
    reason: Reason | None = None,
) -> tuple[UUID, ...]:
    """Page the first layer after `fired` that has anybody; exhausted if there is none."""
    layers = targets.parse(incident.escalation_layers)
    while layer := next_layer(layers, incident.escalation_layer or fired):
        found = (resolver or await Resolver.for_layers(tx, [layer])).targets(layer, tx.now)
        previous, incident.escalation_layer = incident.escalation_layer, layer.position
        if reason:
            audit.record(
                tx,
                AuditType.ESCALATED,
                incident=incident,
                fromLayer=previous,
                toLayer=layer.position,
                reason=reason,
            )
        if found:
            await _page_layer(tx, incident, layer, found, len(layers))
            return tuple(one.person.id for one in found)
        await _skip_unstaffed(tx, incident, layer)
    await _exhaust(tx, incident)
    return ()


async def _page_layer(
    tx: Transaction,
    incident: Incident,
    layer: LayerSnapshot,
    found: Sequence[Target],
    layers: int,
) -> None:
    wait(tx, incident, layer)
    audit.record(
        tx,
        AuditType.LAYER_PAGED,
        incident=incident,
        layer=layer.position,
        of=layers,
        round=incident.escalation_round,
        schedule=layer.schedule_name,
        targets=[{"id": str(one.person.id), "name": one.person.name} for one in found],
        nextEscalationAt=_iso(incident.next_escalation_at),
    )
    for target in found:
        await notifications.page(tx, incident, target, layers=layers)
    await notifications.say(
        tx,
        incident,
        messages.LayerPaged(layer.position, layers, tuple(one.person.name for one in found)),
        key=f"{incident.escalation_round}:{layer.position}",
    )


async def page_owner(tx: Transaction, incident: Incident, owner: Target) -> None:
    """Page the owner, besides or in place of a layer (spec section 2)."""
    audit.record(
        tx,
        AuditType.OWNER_PAGED,
        incident=incident,
        targets=[{"id": str(owner.person.id), "name": owner.person.name}],
    )
    await notifications.page(tx, incident, owner, layers=len(incident.escalation_layers))


async def _skip_unstaffed(tx: Transaction, incident: Incident, layer: LayerSnapshot) -> None:
    target = layer.schedule_name or "its members"
    audit.record(
        tx,
        AuditType.LAYER_UNSTAFFED,
        incident=incident,
        layer=layer.position,
        round=incident.escalation_round,
        target=target,
    )
    await notifications.say(
        tx,
        incident,
        messages.LayerUnstaffed(layer.position, target),
        key=f"{incident.escalation_round}:{layer.position}",
    )


async def _exhaust(tx: Transaction, incident: Incident) -> None:
    incident.escalation_state = EscalationState.EXHAUSTED
    incident.next_escalation_at = None
    policy = incident.escalation_policy_name or "The escalation policy"
    audit.record(
        tx,
        AuditType.ESCALATION_EXHAUSTED,
        incident=incident,
        policy=policy,
        round=incident.escalation_round,
    )
    await notifications.say(
        tx, incident, messages.Exhausted(policy), key=str(incident.escalation_round)
    )
    await last_resort.page(tx, incident)


def wait(tx: Transaction, incident: Incident, layer: LayerSnapshot) -> None:
    """Give the layer its time from now on; after it the next one is due."""
    incident.escalation_state = EscalationState.WAITING
    incident.next_escalation_at = tx.now + layer.timeout
    tx.due.append(incident.next_escalation_at)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
