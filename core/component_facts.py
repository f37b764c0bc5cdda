"""A component as views and forms show it: how it is, why, and who is shown it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core import amending, components, permissions, surfaces
from core.components import ComponentDraft
from core.transaction import Transaction
from storage.models import Component, Incident, IncidentComponent, StatusPage, StatusPageComponent
from storage.vocabulary import ComponentStatus, Severity, Status


@dataclass(frozen=True)
class OpenIncident:
    """An open incident that affects a component."""

    number: int
    title: str
    severity: Severity


@dataclass(frozen=True)
class ComponentLine:
    """A component in a list: how it is now, and what makes it so."""

    id: UUID
    name: str
    group_label: str | None
    status: ComponentStatus
    is_override: bool
    incidents: tuple[OpenIncident, ...]


@dataclass(frozen=True)
class ShownOn:
    """A status page that selects a component."""

    id: UUID
    title: str
    published: bool


@dataclass(frozen=True)
class ComponentFacts:
    """A component as it is now, and whether the one who asks may override its status."""

    id: UUID
    draft: ComponentDraft
    status: ComponentStatus
    override: ComponentStatus | None
    by_incidents: ComponentStatus
    """What the open incidents say it is."""
    incidents: tuple[OpenIncident, ...]
    pages: tuple[ShownOn, ...]
    may_override: bool
    seen: str
    override_seen: str


async def of(tx: Transaction, component_id: UUID) -> ComponentFacts:
    """One component. Raises NotFound."""
    found = await components.get_component(tx, component_id)
    draft = components.draft_of(found)
    incidents = (await _open_incidents(tx, [component_id])).get(component_id, ())
    return ComponentFacts(
        id=component_id,
        draft=draft,
        status=found.status,
        override=found.status_override,
        by_incidents=surfaces.status_of(None, [one.severity for one in incidents]),
        incidents=incidents,
        pages=await _shown_on(tx, component_id),
        may_override=await permissions.is_admin(tx),
        seen=amending.component_seen(draft),
        override_seen=amending.override_seen(found.status_override),
    )


async def lines(tx: Transaction) -> list[ComponentLine]:
    """Every component: those without a group first, then by group and name."""
    every = await components.list_components(tx)
    incidents = await _open_incidents(tx, [one.id for one in every])
    return [_line(one, incidents.get(one.id, ())) for one in every]


async def lines_of(tx: Transaction, component_ids: Iterable[UUID]) -> tuple[ComponentLine, ...]:
    """These components in this order; those that are gone are left out."""
    every = {one.id: one for one in await lines(tx)}
    return tuple(every[one] for one in component_ids if one in every)


async def groups_in_use(tx: Transaction) -> list[str]:
    """The labels of the groups that there are."""
    labels = (one.group_label for one in await components.list_components(tx))
    return list(dict.fromkeys(label for label in labels if label))


def _line(one: Component, incidents: tuple[OpenIncident, ...]) -> ComponentLine:
    return ComponentLine(
        one.id, one.name, one.group_label, one.status, one.status_override is not None, incidents
    )


async def _open_incidents(
    tx: Transaction, component_ids: Iterable[UUID]
) -> dict[UUID, tuple[OpenIncident, ...]]:
    rows = await tx.db.execute(
        select(IncidentComponent.component_id, Incident.number, Incident.title, Incident.severity)
        .join(Incident, Incident.id == IncidentComponent.incident_id)
        .where(
            IncidentComponent.component_id.in_(list(component_ids)),
            Incident.organization_id == tx.organization_id,
            Incident.status != Status.RESOLVED,
        )
        .order_by(Incident.number.desc())
    )
    found: dict[UUID, list[OpenIncident]] = {}
    for component_id, number, title, severity in rows:
        found.setdefault(component_id, []).append(OpenIncident(number, title, severity))
    return {component_id: tuple(incidents) for component_id, incidents in found.items()}


async def _shown_on(tx: Transaction, component_id: UUID) -> tuple[ShownOn, ...]:
    rows = await tx.db.execute(
        select(StatusPage.id, StatusPage.title, StatusPage.published)
        .join(StatusPageComponent, StatusPageComponent.page_id == StatusPage.id)
        .where(
            StatusPageComponent.component_id == component_id,
            StatusPage.organization_id == tx.organization_id,
        )
        .order_by(StatusPage.title, StatusPage.slug)
    )
    return tuple(ShownOn(id, title, published) for id, title, published in rows)
