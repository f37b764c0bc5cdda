"""The organization's audit trail over REST: who did what, when, through which door (spec 4, 9)."""

from typing import Annotated

from fastapi import Query

from core import instants, trail_search
from core.audit_records import EventRecord
from core.transaction import Transaction
from storage.limits import LISTED
from storage.vocabulary import AuditType
from web.api.endpoints import Endpoints
from web.api.schemas.audit import AuditEventShown, AuditEventsListed
from web.api.schemas.paging import Cursor, Limit, Moment, cursor_after

_FROM = Query(alias="from", description="On this UTC day or later, or at this instant or later.")
_TO = Query(alias="to", description="On this UTC day or earlier, or before this instant.")
_TYPE = Query(description="Of this type alone.")

ENDPOINTS = Endpoints("Audit trail")


@ENDPOINTS.get("/audit", admins="The audit trail")
async def list_audit_events(
    tx: Transaction,
    first: Annotated[Moment | None, _FROM] = None,
    last: Annotated[Moment | None, _TO] = None,
    type: Annotated[AuditType | None, _TYPE] = None,
    limit: Limit = LISTED,
    cursor: Cursor = None,
) -> AuditEventsListed:
    """List what happened in the organization, the newest first.

    What happened to incidents is among it. A page at a time: as long as `nextCursor` is not null,
    ask again with it as `cursor`; what happens meanwhile moves nothing. The trail never holds the
    text of an update.
    """
    since, until = instants.between(first, last)
    # One more than is asked for tells whether there are more.
    found = await trail_search.search(
        tx, since=since, until=until, type=type, before_sequence=cursor, limit=limit + 1
    )
    shown = found[:limit]
    return AuditEventsListed(
        events=[AuditEventShown.model_validate(EventRecord.of(one)) for one in shown],
        next_cursor=cursor_after(shown[-1].sequence) if len(found) > limit else None,
    )
