"""Audit events as programs are told of them: who did what, when, through which door (spec 9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from storage.models import AuditEvent
from storage.vocabulary import ActorKind, AuditType, Surface


@dataclass(frozen=True)
class ActorRecord:
    """Who acted: a member, an API key, or Tocsin itself, which has no id."""

    kind: ActorKind
    id: UUID | None
    name: str


@dataclass(frozen=True)
class EventRecord:
    """One thing that happened, to an incident or to the organization itself."""

    id: UUID
    type: AuditType
    at: datetime
    actor: ActorRecord
    surface: Surface
    incident_id: UUID | None
    data: dict[str, Any]

    @classmethod
    def of(cls, event: AuditEvent) -> "EventRecord":
        """The record of an event's row."""
        return cls(
            id=event.id,
            type=event.type,
            at=event.at,
            actor=ActorRecord(event.actor_kind, event.actor_id, event.actor_name),
            surface=event.surface,
            incident_id=event.incident_id,
            data=event.data,
        )
