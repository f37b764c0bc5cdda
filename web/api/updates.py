"""What is said about an incident over REST, and each step of its status (spec section 4)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import history, incident_records, incidents, redaction, updates
from core.errors import (
    IncidentResolved,
    InvalidStatusTransition,
    NoPublicSurface,
    NothingToRedact,
    RedactionNotPermitted,
)
from core.incident_records import UpdateRecord
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.incidents import IncidentId, incident_exists
from web.api.preconditions import IfMatch, check_unchanged
from web.api.refusals import PreconditionFailed
from web.api.schemas.incidents import IncidentShown
from web.api.schemas.updates import NewUpdate, StatusStep, UpdateShown, UpdatesListed

UpdateId = Annotated[UUID, Path(alias="updateId")]


async def _update_exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    await history.get_update(tx, ids["incidentId"], ids["updateId"])


ENDPOINTS = Endpoints("Updates", exists=incident_exists)


@ENDPOINTS.patch(
    "/incidents/{incidentId}/status",
    refuses=(IncidentResolved, InvalidStatusTransition, PreconditionFailed),
)
async def advance_status(
    tx: Transaction, incident_id: IncidentId, wanted: StatusStep, if_match: IfMatch = None
) -> IncidentShown:
    """Advance an incident's status by one step.

    From `investigating` to `identified`, `monitoring` and `resolved`; never back, and no step is
    skipped. The note is posted with it as an internal update: customers never read it.
    """
    await check_unchanged(tx, incident_id, if_match)
    await updates.post_update(
        tx, incident_id, body=wanted.resolution_note, status_change=wanted.status
    )
    incident = await incidents.get(tx, incident_id)
    return IncidentShown.model_validate(await incident_records.of(tx, incident))


@ENDPOINTS.get("/incidents/{incidentId}/updates")
async def list_updates(tx: Transaction, incident_id: IncidentId) -> UpdatesListed:
    """List what was said about an incident, in the order it was posted."""
    said = await history.list_updates(tx, incident_id)
    return UpdatesListed(updates=[UpdateShown.model_validate(UpdateRecord.of(one)) for one in said])


@ENDPOINTS.post(
    "/incidents/{incidentId}/updates",
    refuses=(IncidentResolved, InvalidStatusTransition, NoPublicSurface, PreconditionFailed),
)
async def post_update(
    tx: Transaction, incident_id: IncidentId, wanted: NewUpdate, if_match: IfMatch = None
) -> UpdateShown:
    """Post an update, with or without a step of the status.

    It is internal unless you say `public`. A public one is shown at once on every published status
    page that shows one of the incident's components; where none does, nothing is posted.
    """
    await check_unchanged(tx, incident_id, if_match)
    posted = await updates.post_update(tx, incident_id, **dict(wanted))
    return UpdateShown.model_validate(UpdateRecord.of(posted))


@ENDPOINTS.post(
    "/incidents/{incidentId}/updates/{updateId}/redact",
    makes=False,
    exists=_update_exists,
    refuses=(NothingToRedact, RedactionNotPermitted),
)
async def redact_update(
    tx: Transaction, incident_id: IncidentId, update_id: UpdateId
) -> UpdateShown:
    """Remove an update's text for good.

    With the key that posted it within 300 seconds, or with an admin's at any time. The text is gone
    from everywhere; that something was said there, and when, stays. Again changes nothing.
    """
    redacted = await redaction.redact_update(tx, incident_id, update_id)
    return UpdateShown.model_validate(UpdateRecord.of(redacted))
