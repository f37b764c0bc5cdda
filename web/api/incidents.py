"""Incidents over REST: declared, found, read, changed, taken and handed on (spec section 9)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from core import (
    affected,
    declaring,
    editing,
    escalation,
    incident_records,
    incident_search,
    incidents,
    receipts,
)
from core.errors import (
    AlreadyOwner,
    DuplicateComponentId,
    IncidentResolved,
    InvalidComponentId,
    InvalidTargetUser,
    NotFound,
)
from core.transaction import Transaction
from storage.limits import LISTED
from storage.vocabulary import Severity, Status
from web.api.endpoints import Endpoints
from web.api.preconditions import IfMatch, check_unchanged
from web.api.refusals import PreconditionFailed
from web.api.schemas.incidents import (
    AffectedComponents,
    Handoff,
    IncidentChange,
    IncidentInFull,
    IncidentShown,
    IncidentsListed,
    NewIncident,
)
from web.api.schemas.paging import Cursor, Day, Limit, cursor_after
from web.api.schemas.receipts import ReceiptShown

IncidentId = Annotated[UUID, Path(alias="incidentId")]

_STATUS = Query(default_factory=list, description="Of this status; said twice, of either.")
_SEVERITY = Query(default_factory=list, description="Of this severity; said twice, of either.")
_FROM = Query(alias="from", description="Declared on this day or later, in UTC.")
_TO = Query(alias="to", description="Declared on this day or earlier, in UTC.")


async def incident_exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    """Raises NotFound."""
    await incidents.get(tx, ids["incidentId"])


ENDPOINTS = Endpoints("Incidents", exists=incident_exists)


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


@ENDPOINTS.get("/incidents")
async def list_incidents(
    tx: Transaction,
    status: Annotated[list[Status], _STATUS],
    severity: Annotated[list[Severity], _SEVERITY],
    first: Annotated[Day | None, _FROM] = None,
    last: Annotated[Day | None, _TO] = None,
    limit: Limit = LISTED,
    cursor: Cursor = None,
) -> IncidentsListed:
    """List incidents, the newest first.

    A page at a time: as long as `nextCursor` is not null, ask again with it as `cursor`. What is
    declared meanwhile moves nothing.
    """
    # One more than is asked for tells whether there are more.
    found = await incident_search.search(
        tx,
        statuses=status,
        severities=severity,
        created_from=first,
        created_to=last,
        before_number=cursor,
        limit=limit + 1,
    )
    shown = found[:limit]
    return IncidentsListed(
        incidents=[
            IncidentShown.model_validate(one) for one in await incident_records.of_many(tx, shown)
        ],
        next_cursor=cursor_after(shown[-1].number) if len(found) > limit else None,
    )


@ENDPOINTS.get("/incidents/{incidentId}")
async def get_incident(tx: Transaction, incident_id: IncidentId) -> IncidentInFull:
    """Get one incident.

    With the history of its status and its audit trail.
    """
    incident = await incidents.get(tx, incident_id)
    return IncidentInFull.model_validate(await incident_records.in_full(tx, incident))


@ENDPOINTS.get("/incidents/{incidentId}/receipts")
async def list_receipts(tx: Transaction, incident_id: IncidentId) -> list[ReceiptShown]:
    """List what became of each page.

    Whom it was for and why, through which channel, each try to send it, and what ended it: in the
    order in which they were committed.
    """
    incident = await incidents.get(tx, incident_id)
    return [ReceiptShown.model_validate(one) for one in await receipts.of(tx, incident)]


@ENDPOINTS.patch("/incidents/{incidentId}", refuses=(IncidentResolved, PreconditionFailed))
async def change_incident(
    tx: Transaction, incident_id: IncidentId, wanted: IncidentChange, if_match: IfMatch = None
) -> IncidentShown:
    """Change an incident's title, description or severity.

    Until it is resolved. What was changed is on the audit trail, as it was and as it is.
    """
    await check_unchanged(tx, incident_id, if_match)
    incident = await editing.change_incident(tx, incident_id, **wanted.named)
    return IncidentShown.model_validate(await incident_records.of(tx, incident))


@ENDPOINTS.put(
    "/incidents/{incidentId}/components",
    refuses=(DuplicateComponentId, IncidentResolved, InvalidComponentId, PreconditionFailed),
)
async def set_components(
    tx: Transaction, incident_id: IncidentId, wanted: AffectedComponents, if_match: IfMatch = None
) -> IncidentShown:
    """Say which components an incident affects.

    Until it is resolved. It changes nobody's pages, but what the status pages show.
    """
    await check_unchanged(tx, incident_id, if_match)
    incident = await affected.set_components(tx, incident_id, wanted.component_ids)
    return IncidentShown.model_validate(await incident_records.of(tx, incident))


@ENDPOINTS.post("/incidents/{incidentId}/acknowledge", makes=False, refuses=(PreconditionFailed,))
async def acknowledge_incident(
    tx: Transaction, incident_id: IncidentId, if_match: IfMatch = None
) -> IncidentShown:
    """Acknowledge an incident.

    The pending escalation is cancelled. The first one wins: acknowledging again changes nothing,
    and neither does acknowledging what is resolved.
    """
    await check_unchanged(tx, incident_id, if_match)
    incident = await escalation.acknowledge(tx, incident_id)
    return IncidentShown.model_validate(await incident_records.of(tx, incident))


@ENDPOINTS.post(
    "/incidents/{incidentId}/handoff",
    makes=False,
    refuses=(AlreadyOwner, IncidentResolved, InvalidTargetUser, PreconditionFailed),
)
async def hand_off_incident(
    tx: Transaction, incident_id: IncidentId, wanted: Handoff, if_match: IfMatch = None
) -> IncidentShown:
    """Hand an incident off to another member.

    They own it from now on and are paged, and nobody else is. Any acknowledgement is cleared, and
    the present layer's clock starts anew.
    """
    await check_unchanged(tx, incident_id, if_match)
    incident = await escalation.hand_off(tx, incident_id, to=wanted.target_user_id)
    return IncidentShown.model_validate(await incident_records.of(tx, incident))
