"""Escalation policies: which layer is paged after which, and after how long."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base, Identified, words
from storage.limits import ACK_TIMEOUT_MINUTES_MAX, NAME_MAX
from storage.models.schedules import Schedule
from storage.vocabulary import TargetType


class EscalationPolicy(Identified, Base):
    """An ordered chain of layers (spec section 5)."""

    __tablename__ = "escalation_policies"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    description: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    layers: Mapped[list["EscalationLayer"]] = relationship(
        order_by="EscalationLayer.position", cascade="all, delete-orphan", lazy="raise"
    )


class EscalationLayer(Identified, Base):
    """Whom to page, and how long to wait for an acknowledgement before the next layer."""

    __tablename__ = "escalation_layers"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint(
            f"ack_timeout_minutes BETWEEN 1 AND {ACK_TIMEOUT_MINUTES_MAX}", name="ack_timeout"
        ),
        CheckConstraint(
            "(target_type = 'schedule') = (schedule_id IS NOT NULL)", name="one_target"
        ),
    )

    policy_id: Mapped[UUID] = mapped_column(
        ForeignKey("escalation_policies.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    ack_timeout_minutes: Mapped[int]
    target_type: Mapped[TargetType] = mapped_column(words(TargetType, "target_type"))
    schedule_id: Mapped[UUID | None] = mapped_column(ForeignKey("schedules.id"))

    schedule: Mapped[Schedule | None] = relationship(lazy="raise")
    members: Mapped[list["EscalationLayerMember"]] = relationship(
        order_by="EscalationLayerMember.position", cascade="all, delete-orphan", lazy="raise"
    )


class EscalationLayerMember(Base):
    """One of the members whom an escalation layer pages by name."""

    __tablename__ = "escalation_layer_members"

    layer_id: Mapped[UUID] = mapped_column(
        ForeignKey("escalation_layers.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))


class LastResort(Base):
    """Who is paged when a policy is exhausted or pages nobody: a schedule, or members by name."""

    __tablename__ = "last_resorts"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    schedule_id: Mapped[UUID | None] = mapped_column(ForeignKey("schedules.id"))
    member_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Members by id, in order; they are never deleted, only marked as removed."""
