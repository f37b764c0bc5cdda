"""Incidents as JSON (spec section 2)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from storage.limits import AFFECTED_COMPONENTS_MAX, DESCRIPTION_MAX, TITLE_MAX
from storage.vocabulary import EscalationState, Severity, Status
from web.api.schemas.audit import AuditEventShown
from web.api.schemas.base import By, Given, Instant, Named, Shown, Text, left_out

Title = Annotated[Text, Field(min_length=1, max_length=TITLE_MAX)]
Description = Annotated[Text, Field(max_length=DESCRIPTION_MAX)]
ComponentIds = Annotated[list[UUID], Field(max_length=AFFECTED_COMPONENTS_MAX)]


class NewIncident(Given):
    """An incident to declare. At least one of `ownerId` and `ownerScheduleId` is needed."""

    title: Title
    severity: Severity
    description: Description | None = None
    owner_id: UUID | None = None
    owner_schedule_id: UUID | None = None
    escalation_policy_id: UUID | None = None
    component_ids: ComponentIds = Field(default_factory=list)


class IncidentChange(Given):
    """What is to be another. What is left out stays; a `description` of null is taken away."""

    title: Title = left_out()
    description: Description | None = left_out()
    severity: Severity = left_out()


class Handoff(Given):
    """Who is to own the incident from now on."""

    target_user_id: UUID


class AffectedComponents(Given):
    """Everything that the incident affects: none, where the list is empty."""

    component_ids: ComponentIds


class EscalationShown(Shown):
    """How far the escalation is."""

    state: EscalationState
    layer: int | None
    next_escalation_at: Instant | None


class IncidentShown(Shown):
    """An incident."""

    id: UUID
    org_id: UUID
    number: int
    title: str
    description: str | None
    severity: Severity
    status: Status
    owner_id: UUID | None
    escalation_policy_id: UUID | None
    affected_components: list[Named]
    created_by: By
    created_at: Instant
    updated_at: Instant
    acknowledged_by: By | None
    acknowledged_at: Instant | None
    escalation: EscalationShown
    version: int = Field(exclude=True)

    @property
    def etag(self) -> str:
        """Another one with every change of the incident that can be seen."""
        return f'"{self.version}"'


class TransitionShown(Shown):
    """A status that an incident took on. The first one, at its creation, has the incident's id;
    each of the others that of the update which carried it.
    """

    id: UUID
    status: Status
    changed_at: Instant
    resolution_note: str | None


class IncidentInFull(IncidentShown):
    """An incident, with the history of its status and its audit trail, the oldest first."""

    status_history: list[TransitionShown]
    audit: list[AuditEventShown]


class IncidentsListed(Shown):
    """Incidents, the newest first, and what to ask for those before them."""

    incidents: list[IncidentShown]
    next_cursor: str | None
