"""Incidents and updates as programs are told of them: every field of spec sections 2, 4 and 9."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core import affected, audit, history
from core.affected import Affected
from core.audit_records import EventRecord
from core.history import Transition
from core.transaction import Transaction
from storage.models import Incident, IncidentUpdate
from storage.vocabulary import EscalationState, Severity, Status, Visibility


@dataclass(frozen=True)
class By:
    """Who did something: a member, an API key, or Tocsin itself, which has no id."""

    id: UUID | None
    name: str


@dataclass(frozen=True)
class EscalationRecord:
    """How far an escalation is."""

    state: EscalationState
    layer: int | None
    next_escalation_at: datetime | None


@dataclass(frozen=True)
class IncidentRecord:
    """An incident at one version."""

    id: UUID
    org_id: UUID
    number: int
    title: str
    description: str | None
    severity: Severity
    status: Status
    owner_id: UUID | None
    escalation_policy_id: UUID | None
    affected_components: tuple[Affected, ...]
    created_by: By
    created_at: datetime
    updated_at: datetime
    acknowledged_by: By | None
    acknowledged_at: datetime | None
    escalation: EscalationRecord
    version: int
    status_history: tuple[Transition, ...] = ()
    """Empty unless it is told in full."""
    audit: tuple[EventRecord, ...] = ()
    """Empty unless it is told in full."""


@dataclass(frozen=True)
class UpdateRecord:
    """Something said about an incident; `body` is None where there was none or it was removed."""

    id: UUID
    incident_id: UUID
    body: str | None
    status_change: Status | None
    visibility: Visibility
    posted_by: By
    posted_at: datetime
    redacted_at: datetime | None
    redacted_by: By | None

    @classmethod
    def of(cls, update: IncidentUpdate) -> "UpdateRecord":
        """The record of an update's row."""
        return cls(
            id=update.id,
            incident_id=update.incident_id,
            body=update.body,
            status_change=update.status_change,
            visibility=update.visibility,
            posted_by=By(update.posted_by_id, update.posted_by),
            posted_at=update.posted_at,
            redacted_at=update.redacted_at,
            redacted_by=_by(update.redacted_by_id, update.redacted_by),
        )


async def of(tx: Transaction, incident: Incident) -> IncidentRecord:
    """The record of one incident, as it is in this transaction."""
    (record,) = await of_many(tx, [incident])
    return record


async def in_full(tx: Transaction, incident: Incident) -> IncidentRecord:
    """The record of one incident, with the history of its status and its whole audit trail."""
    return replace(
        await of(tx, incident),
        status_history=await history.status_history(tx, incident.id),
        audit=tuple(EventRecord.of(one) for one in await audit.trail(tx, incident.id)),
    )


async def of_many(tx: Transaction, incidents: Sequence[Incident]) -> list[IncidentRecord]:
    """The records of incidents of the organization, in their order."""
    components = await affected.of_many(tx, incidents)
    return [_record(one, components.get(one.id, ())) for one in incidents]


def _record(incident: Incident, components: tuple[Affected, ...]) -> IncidentRecord:
    return IncidentRecord(
        id=incident.id,
        org_id=incident.organization_id,
        number=incident.number,
        title=incident.title,
        description=incident.description,
        severity=incident.severity,
        status=incident.status,
        owner_id=incident.owner_id,
        escalation_policy_id=incident.escalation_policy_id,
        affected_components=components,
        created_by=By(incident.created_by_id, incident.created_by),
        created_at=incident.created_at,
        updated_at=incident.updated_at,
        acknowledged_by=_by(incident.acknowledged_by_id, incident.acknowledged_by),
        acknowledged_at=incident.acknowledged_at,
        escalation=EscalationRecord(
            incident.escalation_state, incident.escalation_layer, incident.next_escalation_at
        ),
        version=incident.version,
    )


def _by(id: UUID | None, name: str | None) -> By | None:
    return By(id, name) if name is not None else None
