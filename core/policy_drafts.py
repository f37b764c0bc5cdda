"""PURE. An escalation policy as somebody asks for it, and how the trail tells of it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class EscalationLayerDraft:
    """A layer as somebody asks for it: a schedule, or members by name, and a timeout in minutes.

    With an `id` it is that layer, wherever it stood before.
    """

    ack_timeout_minutes: int
    schedule_id: UUID | None = None
    member_ids: tuple[UUID, ...] = ()
    id: UUID | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PolicyDraft:
    """A policy as somebody asks for it; a layer's position is its place in the list, from 1."""

    name: str
    description: str | None
    layers: tuple[EscalationLayerDraft, ...]


def describe(draft: PolicyDraft) -> dict[str, Any]:
    """A policy as the trail tells of it."""
    return {
        "name": draft.name,
        "description": draft.description,
        "layers": [
            {"position": position, **describe_layer(layer)}
            for position, layer in enumerate(draft.layers, start=1)
        ],
    }


def describe_layer(layer: EscalationLayerDraft) -> dict[str, Any]:
    """A layer as the trail tells of it, but for its position."""
    return {
        "ackTimeoutMinutes": layer.ack_timeout_minutes,
        "target": (
            {"type": "schedule", "scheduleId": str(layer.schedule_id)}
            if layer.schedule_id
            else {"type": "users", "userIds": [str(one) for one in layer.member_ids]}
        ),
    }
