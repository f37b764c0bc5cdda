"""An incident's title and description changed; and nothing that was changed meanwhile is lost."""

from collections.abc import Collection
from enum import Enum
from typing import Any
from uuid import UUID

from core import audit, incidents, lifecycle, notifications, surfaces
from core.errors import ChangedMeanwhile
from core.incidents import clean_text
from core.schedule_drafts import seen
from core.transaction import Transaction
from storage.limits import DESCRIPTION_MAX, TITLE_MAX
from storage.models import Incident
from storage.vocabulary import AuditType, Severity


class Unsaid(Enum):
    """What was left out of a request, where None says something."""

    UNSAID = "unsaid"


UNSAID = Unsaid.UNSAID


async def check_version(tx: Transaction, incident_id: UUID, expected: Collection[int]) -> Incident:
    """The incident, held until the transaction ends, if it is what its reader saw.

    Every change that a reader can see makes its version another. Raises NotFound, and
    ChangedMeanwhile unless its version is one of those `expected`.
    """
    incident = await incidents.lock(tx, incident_id)
    if incident.version not in expected:
        raise ChangedMeanwhile
    return incident


def texts_seen(title: str, description: str | None) -> str:
    """PURE. What a form shows of an incident's texts, in a few characters."""
    return seen(title, description)


async def change_incident(
    tx: Transaction,
    incident_id: UUID,
    *,
    title: str | Unsaid = UNSAID,
    description: str | Unsaid | None = UNSAID,
    severity: Severity | Unsaid = UNSAID,
) -> Incident:
    """Change what is said of title, description and severity, all or nothing (spec section 9).

    Raises NotFound, ValidationFailed, IncidentResolved, in this order.
    """
    incident = await edit_incident(tx, incident_id, title=title, description=description)
    if severity is not UNSAID:
        await incidents.change_severity(tx, incident_id, severity)
    return incident


async def edit_incident(
    tx: Transaction,
    incident_id: UUID,
    *,
    title: str | Unsaid = UNSAID,
    description: str | Unsaid | None = UNSAID,
    as_seen: str | None = None,
) -> Incident:
    """Change what is said of title and description, until it is resolved (spec sections 2 and 4).

    A description of None is taken away. The same again changes nothing. `as_seen` is what
    `texts_seen` told of them when they were shown: if somebody changed them meanwhile nothing is
    done. Raises NotFound, ValidationFailed, IncidentResolved, ChangedMeanwhile, in this order.
    """
    incident = await incidents.lock(tx, incident_id)
    wanted: dict[str, str | None] = {}
    if title is not UNSAID:
        wanted["title"] = clean_text(title, "title", maximum=TITLE_MAX, required=True)
    if description is not UNSAID:
        wanted["description"] = clean_text(description, "description", maximum=DESCRIPTION_MAX)
    lifecycle.check_open(incident.status)
    present: dict[str, Any] = {"title": incident.title, "description": incident.description}
    after = {field: text for field, text in wanted.items() if text != present[field]}
    if not after:
        return incident
    if as_seen is not None and as_seen != texts_seen(incident.title, incident.description):
        raise ChangedMeanwhile
    for field, text in after.items():
        setattr(incident, field, text)
    audit.record(
        tx,
        AuditType.INCIDENT_EDITED,
        incident=incident,
        before={field: present[field] for field in after},
        after=after,
    )
    if "title" in after:  # a description is never published
        await surfaces.incident_changed(tx, incident)
    await tx.db.flush()
    await notifications.refresh(tx, incident)
    return incident
