"""What must not be lost: deliveries on their way out, the audit trail, events already seen."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Identified, words
from storage.limits import DEDUP_KEY_MAX, NAME_MAX
from storage.vocabulary import (
    ActorKind,
    AuditType,
    Channel,
    DeliveryKind,
    DeliveryState,
    Surface,
)


class Delivery(Identified, Base):
    """One message to one target: sent once, and then, if it is live, kept current."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_due_at",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_deliveries_incident_id", "incident_id"),
        Index(
            "ix_deliveries_in_order",
            "organization_id",
            "priority",
            "due_at",
            "sequence",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_leased",
            "target",
            sqlite_where=text("lease IS NOT NULL"),
            postgresql_where=text("lease IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_carrier_id",
            "carrier_id",
            sqlite_where=text("carrier_id IS NOT NULL"),
            postgresql_where=text("carrier_id IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_due_to",
            "target",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_sent_to",
            "target",
            "sent_at",
            sqlite_where=text("sent_at IS NOT NULL"),
            postgresql_where=text("sent_at IS NOT NULL"),
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))
    """What it speaks of; null for what is said apart from any incident."""
    sequence: Mapped[int]
    """Its place among the incident's deliveries: what is told first is sent first."""
    dedup_key: Mapped[str] = mapped_column(String(DEDUP_KEY_MAX), unique=True)
    kind: Mapped[DeliveryKind] = mapped_column(words(DeliveryKind, "kind"))
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("deliveries.id"))
    """The delivery in whose thread this one answers."""
    carrier_id: Mapped[UUID | None] = mapped_column(ForeignKey("deliveries.id"))
    """The bundle that it is in (spec section 6.7): the delivery whose message names them all.

    Set when the bundle is about to be sent, on the carrier itself too; unset if it surely was not.
    """
    target: Mapped[str] = mapped_column(String(80))
    """The conversation: what is sent to one target is sent in order, one at a time."""
    message: Mapped[dict[str, Any]]
    """The facts to tell, as notifications writes them."""
    round: Mapped[int]
    """The escalation round that asked for it."""
    layer: Mapped[int | None]
    """The escalation layer that asked for it, if one did."""

    state: Mapped[DeliveryState] = mapped_column(
        words(DeliveryState, "state"), default=DeliveryState.PENDING
    )
    priority: Mapped[int]
    """What is taken up first, smallest first: what is new before what is to be edited."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When there is something to do: send it, try again, or bring it up to date."""
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """How often in a row it has failed."""
    outcome_unknown: Mapped[bool] = mapped_column(default=False)
    """An attempt began whose answer never came: look it up before trying again."""
    attempted_at: Mapped[datetime | None]
    """When the first attempt began whose outcome is not known."""
    history: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Each attempt to send it: when, how long it took, and what came of it."""
    last_error: Mapped[str | None] = mapped_column(Text)
    ended_reason: Mapped[str | None] = mapped_column(Text)

    live: Mapped[bool] = mapped_column(default=False)
    """Whether it is kept current after it was sent."""
    shown_version: Mapped[int | None]
    """The incident's version that the message shows."""
    sent_at: Mapped[datetime | None]
    receipt: Mapped[dict[str, Any] | None]
    """Where the message is, in the words of its channel."""
    link_used_at: Mapped[datetime | None]
    """When the acknowledging link of its letter was used: it is good once."""


class AuditEvent(Base):
    """Who did what, when, through which door. A trigger refuses to change or remove one."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_incident_id", "incident_id", "sequence"),
        Index("ix_audit_events_organization_id", "organization_id", "sequence"),
        Index("ix_audit_events_newest", "organization_id", "at", "sequence"),
        Index("ix_audit_events_newest_of_a_type", "organization_id", "type", "at", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    """The order of the trail. Within one incident it is assigned under the incident's lock."""
    id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))
    type: Mapped[AuditType] = mapped_column(words(AuditType, "type", closed=False))
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind, "actor_kind"))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(NAME_MAX))
    surface: Mapped[Surface] = mapped_column(words(Surface, "surface"))
    data: Mapped[dict[str, Any]]


class ReceivedEvent(Base):
    """An event that Slack has delivered already: a retry of it does nothing."""

    __tablename__ = "received_events"

    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
