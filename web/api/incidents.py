"""Incidents over REST: declared, read, taken (spec section 9)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import declaring, escalation, incident_records, incidents
from core.errors import DuplicateComponentId, InvalidComponentId, InvalidTargetUser, NotFound
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schemas.incidents import IncidentShown, NewIncident

IncidentId = Annotated[UUID, Path(alias="incidentId")]


async def _exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    await incidents.get(tx, ids["incidentId"])


ENDPOINTS = Endpoints("Incidents", exists=_exists)


@ENDPOINTS.post(
    "/incidents",
    refuses=(DuplicateComponentId, InvalidComponentId, InvalidTargetUser, NotFound),
    malformed=HTTPStatus.BAD_REQUEST,
)
async def declare_incident(tx: Transaction, wanted: NewIncident) -> IncidentShown:
    """Declare an incident.

    Layer 1 of its escalation policy is paged at once, and its owner with it.
    """
    incident = await declaring.open_incident(tx, **dict(wanted))
    return IncidentShown.model_validate(await incident_records.of(tx, incident))


@ENDPOINTS.get("/incidents/{incidentId}")
async def get_incident(tx: Transaction, incident_id: IncidentId) -> IncidentShown:
    """Get one incident."""
    incident = await incidents.get(tx, incident_id)
    return IncidentShown.model_validate(await incident_records.of(tx, incident))


@ENDPOINTS.post("/incidents/{incidentId}/acknowledge", makes=False)
async def acknowledge_incident(tx: Transaction, incident_id: IncidentId) -> IncidentShown:
    """Acknowledge an incident.

    The pending escalation is cancelled. The first one wins; acknowledging again changes nothing.
    """
    incident = await escalation.acknowledge(tx, incident_id)
    return IncidentShown.model_validate(await incident_records.of(tx, incident))
