"""Audit events as JSON (spec section 9), of an incident and of the organization alike."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from storage.vocabulary import ActorKind, AuditType, Surface
from web.api.schemas.base import Instant, Shown


class ActorShown(Shown):
    """Who acted: a member, an API key, or Tocsin itself (`system`), which has no id."""

    kind: ActorKind
    id: UUID | None
    name: str


class AuditEventShown(Shown):
    """Something that happened. What `data` says depends on the type."""

    id: UUID
    type: AuditType
    at: Instant
    actor: ActorShown
    surface: Surface
    incident_id: UUID | None
    data: dict[str, Any]


class AuditEventsListed(Shown):
    """A page of the trail, the newest first."""

    events: list[AuditEventShown]
    next_cursor: Annotated[
        str | None, Field(description="Asks for the page after this one; null on the last.")
    ]
