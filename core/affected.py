"""Which components an incident affects: said when it is declared, and changed until it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from core import audit, incidents, lifecycle, notifications, surfaces
from core.errors import DuplicateComponentId, InvalidComponentId, ValidationFailed
from core.transaction import Transaction
from storage.limits import AFFECTED_COMPONENTS_MAX
from storage.models import Incident, IncidentComponent
from storage.vocabulary import AuditType


@dataclass(frozen=True)
class Affected:
    """A component that an incident affects, under the name it has or had."""

    id: UUID
    name: str


async def of(tx: Transaction, incident: Incident) -> tuple[Affected, ...]:
    """What an incident affects, in the order in which it was said."""
    return (await of_many(tx, [incident])).get(incident.id, ())


async def of_many(tx: Transaction, found: Sequence[Incident]) -> dict[UUID, tuple[Affected, ...]]:
    """What several incidents affect. Where none affects anything nothing is asked."""
    ids = [one.id for one in found if one.affected]
    if not ids:
        return {}
    tags = await tx.db.scalars(
        select(IncidentComponent)
        .where(IncidentComponent.incident_id.in_(ids))
        .order_by(IncidentComponent.incident_id, IncidentComponent.position)
    )
    by_incident: dict[UUID, list[Affected]] = {}
    for tag in tags:
        by_incident.setdefault(tag.incident_id, []).append(Affected(tag.component_id, tag.name))
    return {incident_id: tuple(affected) for incident_id, affected in by_incident.items()}


async def set_components(
    tx: Transaction, incident_id: UUID, component_ids: Sequence[UUID]
) -> Incident:
    """Say which components an incident affects; the same again changes nothing.

    Tags never change who is paged. Raises, in this order, NotFound, DuplicateComponentId or
    ValidationFailed, IncidentResolved, InvalidComponentId (spec sections 2 and 9).
    """
    incident = await incidents.lock(tx, incident_id)
    check(component_ids)
    lifecycle.check_open(incident.status)
    before = await of(tx, incident)
    after = await _named(tx, component_ids, locking=[one.id for one in before])
    if set(before) == set(after):
        return incident
    await tx.db.execute(delete(IncidentComponent).filter_by(incident_id=incident.id))
    await write(tx, incident, after)
    audit.record(
        tx,
        AuditType.COMPONENTS_CHANGED,
        incident=incident,
        before=[_told(one) for one in before],
        after=[_told(one) for one in after],
    )
    await surfaces.settle(tx, [one.id for one in (*before, *after)])
    await notifications.refresh(tx, incident)
    return incident


def check(component_ids: Sequence[UUID]) -> None:
    """Raises DuplicateComponentId, or ValidationFailed for too many."""
    if len(set(component_ids)) < len(component_ids):
        raise DuplicateComponentId(field="component_ids")
    if len(component_ids) > AFFECTED_COMPONENTS_MAX:
        raise ValidationFailed(
            f"An incident affects at most {AFFECTED_COMPONENTS_MAX} components.",
            field="component_ids",
        )


async def named(tx: Transaction, component_ids: Sequence[UUID]) -> tuple[Affected, ...]:
    """These components with their names, held until the transaction ends.

    Raises DuplicateComponentId, ValidationFailed, InvalidComponentId.
    """
    check(component_ids)
    return await _named(tx, component_ids)


async def write(tx: Transaction, incident: Incident, found: Sequence[Affected]) -> None:
    """Write down what an incident affects that affects nothing yet."""
    incident.affected = len(found)
    for position, one in enumerate(found):
        tx.db.add(
            IncidentComponent(
                incident_id=incident.id, position=position, component_id=one.id, name=one.name
            )
        )
    await tx.db.flush()


async def _named(
    tx: Transaction, component_ids: Sequence[UUID], *, locking: Sequence[UUID] = ()
) -> tuple[Affected, ...]:
    held = await surfaces.lock_components(tx, {*component_ids, *locking})
    if any(one not in held for one in component_ids):
        raise InvalidComponentId(field="component_ids")
    return tuple(Affected(one, held[one].name) for one in component_ids)


def _told(one: Affected) -> dict[str, str]:
    return {"id": str(one.id), "name": one.name}
