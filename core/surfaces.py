"""What a change means for the public: how components are now, and which pages show something new.

Whatever is locked is locked in one order: incidents, then components, then pages.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, select

from core.transaction import Transaction
from storage.models import (
    Component,
    ComponentState,
    Incident,
    IncidentComponent,
    StatusPage,
    StatusPageComponent,
)
from storage.vocabulary import ComponentStatus, Severity, Status

BY_SEVERITY = {
    Severity.CRITICAL: ComponentStatus.MAJOR_OUTAGE,
    Severity.HIGH: ComponentStatus.PARTIAL_OUTAGE,
    Severity.MEDIUM: ComponentStatus.DEGRADED,
    Severity.LOW: ComponentStatus.DEGRADED,
}
"""What an open incident makes of the components that it affects (spec section 8)."""


def status_of(override: ComponentStatus | None, severities: Iterable[Severity]) -> ComponentStatus:
    """PURE. An admin's override, else the worst of the open incidents, else operational."""
    if override:
        return override
    found = (BY_SEVERITY[one] for one in severities)
    return max(found, key=lambda one: one.badness, default=ComponentStatus.OPERATIONAL)


def banner_of(statuses: Iterable[ComponentStatus]) -> ComponentStatus:
    """PURE. The worst of a page's components; maintenance counts as operational."""
    worst = max(statuses, key=lambda one: one.badness, default=ComponentStatus.OPERATIONAL)
    return ComponentStatus.OPERATIONAL if worst is ComponentStatus.MAINTENANCE else worst


async def incident_changed(tx: Transaction, incident: Incident) -> None:
    """Something of an incident changed that the public sees: its severity, status or updates.

    The caller holds the incident's lock. One that affects no component costs nothing.
    """
    if incident.affected:
        await tx.db.flush()
        ids = await tx.db.scalars(
            select(IncidentComponent.component_id).filter_by(incident_id=incident.id)
        )
        await settle(tx, ids.all())


async def settle(
    tx: Transaction, component_ids: Iterable[UUID], *, is_of_an_incident: bool = True
) -> None:
    """Reckon anew how these components are, keep since when, and have their pages shown anew.

    Where nothing of an incident changed, only the pages of a component that is otherwise now. The
    caller has flushed what changed. Spec section 8.
    """
    wanted, changed = set(component_ids), set()
    found = await lock_components(tx, wanted)
    open_incidents = await tx.db.execute(
        select(IncidentComponent.component_id, Incident.severity)
        .join(Incident, Incident.id == IncidentComponent.incident_id)
        .where(
            IncidentComponent.component_id.in_(found),
            Incident.organization_id == tx.organization_id,
            Incident.status != Status.RESOLVED,
        )
    )
    severities: dict[UUID, list[Severity]] = {}
    for component_id, severity in open_incidents:
        severities.setdefault(component_id, []).append(severity)
    for component in found.values():
        status = status_of(component.status_override, severities.get(component.id, ()))
        if status is not component.status:
            component.status = status
            changed.add(component.id)
            await keep_state(tx, component)
    await tx.db.flush()
    await touch_pages(tx, wanted if is_of_an_incident else changed)


async def keep_state(tx: Transaction, component: Component) -> None:
    """Write down how the component is from now on."""
    last = await tx.db.scalar(
        select(ComponentState)
        .filter_by(component_id=component.id)
        .order_by(ComponentState.began_at.desc())
        .limit(1)
    )
    if last and last.began_at >= tx.now:  # of one instant the last word counts
        last.status = component.status
        return
    tx.db.add(ComponentState(component_id=component.id, began_at=tx.now, status=component.status))


async def find_components(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Component]:
    """These components of the organization. Those that are gone, or another's, are left out."""
    return {one.id: one for one in await tx.db.scalars(_these_components(tx, ids))}


async def lock_components(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Component]:
    """The same, held until the transaction ends; always in one order."""
    held = _these_components(tx, ids).with_for_update(key_share=True)
    found = await tx.db.scalars(held.execution_options(populate_existing=True))
    return {one.id: one for one in found}


def _these_components(tx: Transaction, ids: Iterable[UUID]) -> Select[Component]:
    return (
        select(Component)
        .where(Component.id.in_(set(ids)), Component.organization_id == tx.organization_id)
        .order_by(Component.id)
    )


async def touch_pages(tx: Transaction, component_ids: Iterable[UUID]) -> None:
    """Have every page that selects one of these components shown anew."""
    pages = await tx.db.scalars(
        select(StatusPage)
        .where(
            StatusPage.organization_id == tx.organization_id,
            StatusPage.id.in_(
                select(StatusPageComponent.page_id).where(
                    StatusPageComponent.component_id.in_(set(component_ids))
                )
            ),
        )
        .order_by(StatusPage.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for page in pages:
        touch(tx, page)
    await tx.db.flush()


def touch(tx: Transaction, page: StatusPage) -> None:
    """Have a page, that the caller holds, shown anew."""
    page.version += 1
    page.changed_at = tx.now
    tx.publishes = True
