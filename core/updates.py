"""Updates: the single road to a status change, and what is said on the way (spec section 4)."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from core import (
    audit,
    escalation,
    incidents,
    lifecycle,
    messages,
    notifications,
    public_surface,
    surfaces,
)
from core.errors import AlreadyPosted, NoPublicSurface, NotAsForeseen, ValidationFailed
from core.incidents import clean_text
from core.leaks import Leak, find_leaks
from core.public_surface import Covering
from core.transaction import Transaction
from storage.limits import UPDATE_BODY_MAX
from storage.models import Incident, IncidentUpdate
from storage.vocabulary import AuditType, Status, Visibility


@dataclass(frozen=True)
class PublicForesight:
    """A public update before it is posted: the very text, the pages that will show it, warnings."""

    body: str
    status_change: Status | None
    pages: tuple[Covering, ...]
    leaks: tuple[Leak, ...]
    """What is found in the incident's title too: it is published with the first word."""
    token: str
    """What stands for all that was shown: text, status, title and pages."""


async def post_update(
    tx: Transaction,
    incident_id: UUID,
    *,
    body: str | None = None,
    status_change: Status | None = None,
    visibility: Visibility = Visibility.INTERNAL,
    dedup_key: str | None = None,
    foreseen: str | None = None,
) -> IncidentUpdate:
    """Say something about an incident, advance its status, or both: both or neither.

    The same `dedup_key` again returns the update that it made. With `foreseen`, the token of a
    PublicForesight, a public one is posted only where that still holds. Raises, in this order,
    NotFound, AlreadyPosted, ValidationFailed, IncidentResolved, InvalidStatusTransition,
    NoPublicSurface, NotAsForeseen (spec section 4).
    """
    incident = await incidents.lock(tx, incident_id)
    if dedup_key and (again := await _find_by_key(tx, dedup_key)):
        return _the_same(again, body, status_change, visibility)
    body, pages = await _judge(tx, incident, body, status_change, visibility)
    if foreseen is not None and foreseen != _token(incident, body, status_change, pages):
        raise NotAsForeseen
    posted = await _write(tx, incident, body, status_change, visibility, dedup_key)
    await _tell(tx, incident, posted)
    return posted


async def foresee_public(
    tx: Transaction, incident_id: UUID, *, body: str | None, status_change: Status | None = None
) -> PublicForesight:
    """What a public update would look like, and where; nothing is written.

    Raises what `post_update` would raise (spec section 4).
    """
    incident = await incidents.get(tx, incident_id)
    text, pages = await _judge(tx, incident, body, status_change, Visibility.PUBLIC)
    # Beside the loop: the first look for leaks in a process reads what it looks by.
    leaks = await asyncio.to_thread(find_leaks, f"{incident.title}\n{text}")
    token = _token(incident, text, status_change, pages)
    return PublicForesight(text or "", status_change, pages, leaks, token)


async def foresee_write_up(tx: Transaction, incident_id: UUID, write_up: str) -> PublicForesight:
    """What the final public update would look like. Raises what `resolve` would raise for it."""
    with _at_the_write_up():
        return await foresee_public(tx, incident_id, body=write_up)


async def resolve(
    tx: Transaction,
    incident_id: UUID,
    *,
    body: str | None = None,
    write_up: str | None = None,
    foreseen: str | None = None,
) -> Incident:
    """Walk every step that is missing to `resolved`, one internal update for each.

    The text goes with the last. A `write_up` is the final public update, posted before the first
    of them, as `foreseen`. On a resolved incident raises IncidentResolved; else NotFound,
    ValidationFailed, NoPublicSurface, NotAsForeseen (spec sections 3 and 4).
    """
    incident = await incidents.lock(tx, incident_id)
    body = clean_text(body, "body", maximum=UPDATE_BODY_MAX)
    lifecycle.check_open(incident.status)
    if write_up is not None:
        with _at_the_write_up():
            await post_update(
                tx, incident_id, body=write_up, visibility=Visibility.PUBLIC, foreseen=foreseen
            )
    posted: IncidentUpdate | None = None
    for status in lifecycle.steps_to_resolved(incident.status):
        text = body if status is Status.RESOLVED else None
        posted = await _write(tx, incident, text, status, Visibility.INTERNAL, None)
    assert posted is not None  # noqa: S101  (an open incident has a step to go)
    await _tell(tx, incident, posted)
    return incident


def check_said(
    body: str | None, status_change: Status | None, visibility: Visibility
) -> str | None:
    """The text as it is stored, of an update that says something. Raises ValidationFailed."""
    body = clean_text(body, "body", maximum=UPDATE_BODY_MAX)
    if body is None and status_change is None:
        raise ValidationFailed("Write something, or choose the next status.", field="body")
    if visibility is Visibility.PUBLIC and body is None:
        raise ValidationFailed("A public update needs a text.", field="body")
    return body


async def _judge(
    tx: Transaction,
    incident: Incident,
    body: str | None,
    status_change: Status | None,
    visibility: Visibility,
) -> tuple[str | None, tuple[Covering, ...]]:
    """The text as it is stored, and the pages that show it; or the first refusal in order."""
    body = check_said(body, status_change, visibility)
    lifecycle.check_open(incident.status)
    if status_change:
        lifecycle.check_transition(incident.status, status_change)
    if visibility is not Visibility.PUBLIC:
        return body, ()
    return body, await public_surface.require_cover(tx, incident)


async def _write(
    tx: Transaction,
    incident: Incident,
    body: str | None,
    status_change: Status | None,
    visibility: Visibility,
    dedup_key: str | None,
) -> IncidentUpdate:
    incident.last_sequence += 1
    update = IncidentUpdate(
        organization_id=incident.organization_id,
        incident_id=incident.id,
        sequence=incident.last_sequence,
        dedup_key=dedup_key,
        body=body,
        status_change=status_change,
        visibility=visibility,
        posted_by=tx.actor.name,
        posted_by_kind=tx.actor.kind,
        posted_by_id=tx.actor.id,
        posted_at=tx.now,
    )
    tx.db.add(update)
    await tx.db.flush()
    audit.record(
        tx,
        AuditType.UPDATE_POSTED,
        incident=incident,
        updateId=str(update.id),
        visibility=visibility.value,
        statusChange=status_change.value if status_change else None,
    )
    if status_change:
        audit.record(
            tx,
            AuditType.STATUS_CHANGED,
            incident=incident,
            before=incident.status.value,
            after=status_change.value,
            updateId=str(update.id),
        )
        incident.status = status_change
        if status_change is Status.RESOLVED:
            incident.resolved_at = tx.now
            await escalation.stop(tx, incident)
    await tx.db.flush()
    if status_change or visibility is Visibility.PUBLIC:
        await surfaces.incident_changed(tx, incident)
    return update


@contextmanager
def _at_the_write_up() -> Iterator[None]:
    """What is wrong with a write-up is said at the write-up."""
    try:
        yield
    except (NoPublicSurface, ValidationFailed) as refusal:
        refusal.field = "write_up"
        raise


def _the_same(
    posted: IncidentUpdate, body: str | None, step: Status | None, visibility: Visibility
) -> IncidentUpdate:
    """What a gesture has posted already. Raises AlreadyPosted if it says something else now."""
    said = clean_text(body, "body", maximum=UPDATE_BODY_MAX)
    is_same = posted.redacted_at is not None or posted.body == said
    if not is_same or (posted.status_change, posted.visibility) != (step, visibility):
        raise AlreadyPosted
    return posted


def _token(
    incident: Incident, body: str | None, step: Status | None, pages: Sequence[Covering]
) -> str:
    """PURE. What stands for a public update as it was shown before it was posted."""
    shown = [incident.title, body, step, [str(one.id) for one in pages]]
    return sha256(json.dumps(shown).encode()).hexdigest()[:24]


async def _tell(tx: Transaction, incident: Incident, posted: IncidentUpdate) -> None:
    await notifications.say(tx, incident, messages.UpdatePosted(posted.id), key=str(posted.id))
    await notifications.refresh(tx, incident)


async def _find_by_key(tx: Transaction, dedup_key: str) -> IncidentUpdate | None:
    return await tx.db.scalar(
        select(IncidentUpdate).filter_by(organization_id=tx.organization_id, dedup_key=dedup_key)
    )
