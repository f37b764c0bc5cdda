"""Incidents with the names of whom and what they speak of, for readers who know no ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core import incident_records, people
from core.incident_records import IncidentRecord
from core.transaction import Transaction
from storage.models import Incident


@dataclass(frozen=True)
class Named:
    """Somebody or something, under the name it has or had."""

    id: UUID
    name: str


@dataclass(frozen=True)
class IncidentOverview:
    """An incident at one version, with names."""

    record: IncidentRecord
    owner: Named | None
    escalation_policy: Named | None
    resolved_at: datetime | None


async def of(tx: Transaction, incident: Incident) -> IncidentOverview:
    """The overview of one incident, as it is in this transaction."""
    (found,) = await of_many(tx, [incident])
    return found


async def of_many(tx: Transaction, incidents: Sequence[Incident]) -> list[IncidentOverview]:
    """The overviews of incidents of the organization, in their order."""
    records = await incident_records.of_many(tx, incidents)
    owners = await people.by_id(tx, [one.owner_id for one in incidents if one.owner_id])
    return [
        IncidentOverview(
            record=record,
            owner=_named(one.owner_id, owners[one.owner_id].name if one.owner_id else None),
            escalation_policy=_named(one.escalation_policy_id, one.escalation_policy_name),
            resolved_at=one.resolved_at,
        )
        for one, record in zip(incidents, records, strict=True)
    ]


def _named(id: UUID | None, name: str | None) -> Named | None:
    return Named(id, name or "") if id else None
