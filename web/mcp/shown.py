"""Incidents, what happened to them and what was done, as JSON."""

from typing import Any
from uuid import UUID

from pydantic import Field

from core.leaks import LeakKind
from core.overviews import IncidentOverview
from storage.vocabulary import (
    AuditType,
    Channel,
    EscalationState,
    Severity,
    Status,
    Visibility,
)
from web.api.schemas.base import Instant
from web.mcp.marked import ByShown, Foreign, NamedShown, Shown
from web.mcp.shown_duties import StepShown


class EscalationShown(Shown):
    """How far the escalation is."""

    state: EscalationState
    layer: int | None
    next_escalation_at: Instant | None


class IncidentShown(Shown):
    """An incident. Number and id are null where it is not declared, but only tried out."""

    number: int | None
    id: UUID | None
    title: Foreign
    description: Foreign | None
    severity: Severity
    status: Status
    owner: NamedShown | None
    escalation_policy: NamedShown | None
    affected_components: list[NamedShown]
    created_by: ByShown
    created_at: Instant
    updated_at: Instant
    acknowledged_by: ByShown | None
    acknowledged_at: Instant | None
    resolved_at: Instant | None
    escalation: EscalationShown

    @classmethod
    def of(cls, one: IncidentOverview) -> "IncidentShown":
        """An incident with the names of whom and what it speaks of."""
        named = {name: getattr(one, name) for name in ("owner", "escalation_policy", "resolved_at")}
        return cls.model_validate({**vars(one.record), **named})


class IncidentsShown(Shown):
    """A page of incidents, the newest first. With `next_before_number` there are more."""

    incidents: list[IncidentShown]
    next_before_number: int | None


class TransitionShown(Shown):
    """A status that the incident took on, and what staff noted then."""

    status: Status
    changed_at: Instant
    resolution_note: Foreign | None


class IncidentWithHistory(Shown):
    """An incident and the statuses it has had."""

    incident: IncidentShown
    status_history: list[TransitionShown]


class UpdateShown(Shown):
    """Something said about an incident. Its body is null if it had none, or was removed."""

    id: UUID | None
    body: Foreign | None
    status_change: Status | None
    visibility: Visibility
    posted_by: ByShown
    posted_at: Instant
    redacted_at: Instant | None


class SaidShown(Shown):
    """The text and the status change of a timeline's entry."""

    id: UUID
    body: Foreign | None
    status_change: Status | None
    visibility: Visibility
    redacted: bool


class EntryShown(Shown):
    """One thing that happened. `untrusted_details` are what the trail holds of it, as data."""

    at: Instant
    by: Foreign
    type: AuditType
    update: SaidShown | None
    untrusted_details: dict[str, Any] = Field(validation_alias="data")


class TimelineShown(Shown):
    """What happened to an incident, the oldest first. `left_out` came before these."""

    number: int
    entries: list[EntryShown]
    left_out: int


class PagedShown(Shown):
    """Somebody who is paged by this, and through what."""

    id: UUID
    name: Foreign
    channels: list[Channel]


class StatusPageShown(Shown):
    """A public status page that shows this to customers."""

    slug: str
    title: Foreign


class Done(Shown):
    """What was done, or with `dry_run` what would be.

    `updates` were posted, a status change with each step walked; `paged` are paged by it, and
    `status_pages` show it to customers. Unless `changed`, it was so already.
    """

    dry_run: bool
    changed: bool
    incident: IncidentShown
    updates: list[UpdateShown]
    paged: list[PagedShown]
    status_pages: list[StatusPageShown]


class Declared(Done):
    """`if_nobody_answers` is told by a dry run: the escalation policy's layers, one by one."""

    if_nobody_answers: list[StepShown] | None = None


class LeakShown(Shown):
    """Something that should perhaps not be published."""

    kind: LeakKind
    excerpt: Foreign


class Posted(Done):
    """`possible_leaks` is told by a dry run of a public update: what not to publish, perhaps."""

    possible_leaks: list[LeakShown] | None = None
