"""Escalation policies as programs are told of them: every field of spec section 5."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.models import EscalationLayer, EscalationPolicy
from storage.vocabulary import TargetType


@dataclass(frozen=True)
class ScheduleTargetRecord:
    """A layer pages whoever is on call for a schedule at the moment it fires."""

    schedule_id: UUID
    type: TargetType = TargetType.SCHEDULE


@dataclass(frozen=True)
class UsersTargetRecord:
    """A layer pages these members, in order, those who were removed since included."""

    user_ids: tuple[UUID, ...]
    type: TargetType = TargetType.USERS


@dataclass(frozen=True)
class EscalationLayerRecord:
    """A layer of a policy; positions are from 1."""

    id: UUID
    position: int
    ack_timeout_minutes: int
    target: ScheduleTargetRecord | UsersTargetRecord

    @classmethod
    def of(cls, layer: EscalationLayer) -> "EscalationLayerRecord":
        """The record of a layer's row, its members loaded."""
        return cls(
            id=layer.id,
            position=layer.position,
            ack_timeout_minutes=layer.ack_timeout_minutes,
            target=(
                ScheduleTargetRecord(layer.schedule_id)
                if layer.schedule_id
                else UsersTargetRecord(tuple(one.member_id for one in layer.members))
            ),
        )


@dataclass(frozen=True)
class PolicyRecord:
    """A policy with its layers by position."""

    id: UUID
    name: str
    description: str | None
    created_at: datetime
    layers: tuple[EscalationLayerRecord, ...]

    @classmethod
    def of(cls, policy: EscalationPolicy) -> "PolicyRecord":
        """The record of a policy's row, its layers loaded."""
        return cls(
            id=policy.id,
            name=policy.name,
            description=policy.description,
            created_at=policy.created_at,
            layers=tuple(EscalationLayerRecord.of(one) for one in policy.layers),
        )
