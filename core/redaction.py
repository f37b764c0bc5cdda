"""Taking a text back for good: it is gone from everywhere, and its place stays (spec section 4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from core import audit, incidents, notifications, outbox, permissions, repeats, surfaces
from core.errors import NotFound, NothingToRedact, RedactionNotPermitted
from core.instants import END
from core.transaction import Transaction
from storage.models import IncidentUpdate
from storage.vocabulary import AuditType, Visibility

AUTHORS_TIME = timedelta(seconds=300)
"""So long, inclusively, an author may take back what they posted."""

FOR_EVER = END


async def redact_update(tx: Transaction, incident_id: UUID, update_id: UUID) -> IncidentUpdate:
    """Remove an update's text for good; doing it again changes nothing.

    By its author within AUTHORS_TIME of posting it, by an admin at any time, on a resolved incident
    too. Every copy in Slack and every public surface is brought up to date, and the database is
    made to forget the bytes. Raises NotFound, RedactionNotPermitted, NothingToRedact, in this order
    (spec section 4).
    """
    incident = await incidents.lock(tx, incident_id)
    update = await tx.db.scalar(
        select(IncidentUpdate)
        .filter_by(incident_id=incident.id, id=update_id)
        .execution_options(populate_existing=True)
    )
    if update is None:
        raise NotFound("There is no such update.")
    if not (_is_authors_own(tx, update) or await permissions.is_admin(tx)):
        raise RedactionNotPermitted
    if update.redacted_at:
        return update
    if update.body is None:
        raise NothingToRedact
    await repeats.forget_text(tx, update.body, posted_at=update.posted_at)
    update.body = None
    update.redacted_at = tx.now
    update.redacted_by = tx.actor.name
    update.redacted_by_id = tx.actor.id
    audit.record(
        tx,
        AuditType.UPDATE_REDACTED,
        incident=incident,
        updateId=str(update.id),
        visibility=update.visibility.value,
    )
    await tx.db.flush()
    tx.erases = True
    if update.visibility is Visibility.PUBLIC:
        await surfaces.incident_changed(tx, incident)
    await outbox.revive_update(tx, incident, update.id)
    await notifications.refresh(tx, incident)
    return update


async def removable(tx: Transaction, updates: Iterable[IncidentUpdate]) -> dict[UUID, datetime]:
    """Until when whoever acts may remove the text of which of these updates.

    FOR_EVER for an admin. What has no text, and what is too late, is left out.
    """
    is_admin = await permissions.is_admin(tx)
    return {
        one.id: FOR_EVER if is_admin else one.posted_at + AUTHORS_TIME
        for one in updates
        if one.body is not None and (is_admin or _is_authors_own(tx, one))
    }


def _is_authors_own(tx: Transaction, update: IncidentUpdate) -> bool:
    """Whether whoever acts posted it, and not too long ago by our own clock."""
    is_theirs = (update.posted_by_kind, update.posted_by_id) == (tx.actor.kind, tx.actor.id)
    return is_theirs and tx.now - update.posted_at <= AUTHORS_TIME
