"""Incidents with their running escalation, and the updates posted to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Identified, words
from storage.limits import DEDUP_KEY_MAX, NAME_MAX, TITLE_MAX
from storage.vocabulary import (
    ActorKind,
    EscalationState,
    Severity,
    Status,
    Visibility,
)


class Incident(Identified, Base):
    """An incident. Its row is the one lock for everything that happens to it."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        UniqueConstraint("organization_id", "dedup_key"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {TITLE_MAX}", name="title_length"),
        CheckConstraint(
            "(escalation_state = 'waiting') = (next_escalation_at IS NOT NULL)",
            name="waiting_has_an_instant",
        ),
        Index(
            "ix_incidents_due",
            "organization_id",
            "next_escalation_at",
            sqlite_where=text("next_escalation_at IS NOT NULL"),
            postgresql_where=text("next_escalation_at IS NOT NULL"),
        ),
        Index("ix_incidents_organization_id_status", "organization_id", "status", "number"),
        Index("ix_incidents_newest", "organization_id", "created_at", "number"),
        Index(
            "ix_incidents_newest_of_a_kind",
            "organization_id",
            "status",
            "severity",
            "created_at",
            "number",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    number: Mapped[int]
    dedup_key: Mapped[str | None] = mapped_column(String(DEDUP_KEY_MAX))
    """Names the one gesture that declared it, so that the gesture repeated declares nothing."""
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    description: Mapped[str | None] = mapped_column(Text)
    severity: Mapped[Severity] = mapped_column(words(Severity, "severity"))
    status: Mapped[Status] = mapped_column(words(Status, "status"), default=Status.INVESTIGATING)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    owner_schedule_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    created_by: Mapped[str] = mapped_column(String(NAME_MAX))
    created_by_kind: Mapped[ActorKind] = mapped_column(words(ActorKind, "created_by_kind"))
    created_by_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    acknowledged_by: Mapped[str | None] = mapped_column(String(NAME_MAX))
    acknowledged_by_id: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]

    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change that a card shows."""
    affected: Mapped[int] = mapped_column(default=0)
    """How many components it affects: most affect none, and those are never asked for."""
    last_sequence: Mapped[int] = mapped_column(default=0)
    """The timeline's last sequence number."""
    last_delivery: Mapped[int] = mapped_column(default=0)
    """The last delivery's sequence number."""

    escalation_policy_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("escalation_policies.id", ondelete="SET NULL")
    )
    escalation_policy_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    escalation_state: Mapped[EscalationState] = mapped_column(
        words(EscalationState, "escalation_state"), default=EscalationState.IDLE
    )
    escalation_layers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """The policy's layers as they were when the escalation began (spec section 6.1)."""
    escalation_layer: Mapped[int | None]
    """The position of the layer that fired last, from 1."""
    escalation_round: Mapped[int] = mapped_column(default=1)
    """Grows with every handoff; a page of an earlier round is no longer wanted."""
    next_escalation_at: Mapped[datetime | None]


class IncidentUpdate(Identified, Base):
    """Something said about an incident, perhaps with a step of its status. Only ever added."""

    __tablename__ = "incident_updates"
    __table_args__ = (
        UniqueConstraint("incident_id", "sequence"),
        UniqueConstraint("organization_id", "dedup_key"),
        CheckConstraint(
            "body IS NOT NULL OR status_change IS NOT NULL OR redacted_at IS NOT NULL",
            name="says_something",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    sequence: Mapped[int]
    dedup_key: Mapped[str | None] = mapped_column(String(DEDUP_KEY_MAX))
    body: Mapped[str | None] = mapped_column(Text)
    status_change: Mapped[Status | None] = mapped_column(words(Status, "status_change"))
    visibility: Mapped[Visibility] = mapped_column(words(Visibility, "visibility"))
    posted_by: Mapped[str] = mapped_column(String(NAME_MAX))
    posted_by_kind: Mapped[ActorKind] = mapped_column(words(ActorKind, "posted_by_kind"))
    posted_by_id: Mapped[UUID | None]
    posted_at: Mapped[datetime]
    redacted_at: Mapped[datetime | None]
    redacted_by: Mapped[str | None] = mapped_column(String(NAME_MAX))
    redacted_by_id: Mapped[UUID | None]
