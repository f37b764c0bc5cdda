"""Schedules: rotation layers with their participants, and overrides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.columns import Base, Identified, words
from storage.limits import NAME_MAX, ROTATION_LENGTH_DAYS_MAX
from storage.vocabulary import RotationType


class Schedule(Identified, Base):
    """A schedule: who is on call, by rotation layers and overrides (spec section 5)."""

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    description: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    layers: Mapped[list["RotationLayer"]] = relationship(
        order_by="RotationLayer.position", cascade="all, delete-orphan", lazy="raise"
    )


class RotationLayer(Identified, Base):
    """People who take turns, from one instant, for so many days each."""

    __tablename__ = "rotation_layers"
    __table_args__ = (
        UniqueConstraint("schedule_id", "name"),
        CheckConstraint(
            f"rotation_length_days BETWEEN 1 AND {ROTATION_LENGTH_DAYS_MAX}", name="length_days"
        ),
    )

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    position: Mapped[int]
    rotation_type: Mapped[RotationType] = mapped_column(words(RotationType, "rotation_type"))
    rotation_length_days: Mapped[int]
    handoff_time: Mapped[str] = mapped_column(String(5))
    effective_from: Mapped[datetime]
    effective_until: Mapped[datetime | None]

    participants: Mapped[list["RotationParticipant"]] = relationship(
        order_by="RotationParticipant.position", cascade="all, delete-orphan", lazy="raise"
    )


class RotationParticipant(Base):
    """One place in a rotation layer's order; a member may hold several."""

    __tablename__ = "rotation_participants"

    layer_id: Mapped[UUID] = mapped_column(
        ForeignKey("rotation_layers.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))


class ScheduleOverride(Identified, Base):
    """A member who stands in for the position-0 layer for a while."""

    __tablename__ = "schedule_overrides"
    __table_args__ = (
        CheckConstraint("end_at > start_at", name="ends_after_start"),
        Index("ix_schedule_overrides_schedule_id_end_at", "schedule_id", "end_at"),
    )

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
