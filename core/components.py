"""The catalogue of components: what customers know the product's parts by (spec section 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select

from core import audit, incidents, notifications, people, permissions, schedules, surfaces
from core.errors import InUse, NameConflict, NotFound
from core.incidents import clean_text
from core.transaction import Transaction
from storage.limits import COMPONENT_DESCRIPTION_MAX, COMPONENT_NAME_MAX, GROUP_LABEL_MAX
from storage.models import (
    Component,
    Incident,
    IncidentComponent,
    StatusPage,
    StatusPageComponent,
)
from storage.vocabulary import AuditType, ComponentStatus, Status


@dataclass(frozen=True)
class ComponentDraft:
    """A component as somebody asks for it."""

    name: str
    description: str | None = None
    group_label: str | None = None


async def list_components(tx: Transaction) -> Sequence[Component]:
    """Every component of the organization: those without a group first, then by group and name."""
    found = (await tx.db.scalars(_ours(tx))).all()
    return sorted(
        found,
        key=lambda one: (one.group_label is not None, (one.group_label or "").casefold(),
                         one.name.casefold(), one.name),
    )  # fmt: skip


async def get_component(tx: Transaction, component_id: UUID) -> Component:
    """One component. Raises NotFound."""
    found = await tx.db.scalar(_ours(tx).where(Component.id == component_id))
    if found is None:
        raise NotFound("There is no such component. It may have been removed.")
    return found


async def find_component(tx: Transaction, name: str) -> Component:
    """The component that somebody means by what they typed. Raises NotFound, naming those."""
    known = [(one.name, one) for one in await list_components(tx)]
    return schedules.meant(name, known, "component", "components")


async def create_component(
    tx: Transaction, draft: ComponentDraft, *, id: UUID | None = None
) -> Component:
    """Make a component. Asked for twice with the same `id`, there is one.

    Raises ValidationFailed or NameConflict.
    """
    await people.lock_organization(tx)
    id = id or uuid4()
    made = await tx.db.get(Component, id)
    if made and made.organization_id == tx.organization_id:
        return made
    id = uuid4() if made else id  # an id of another organization's says nothing here
    draft = await _checked(tx, draft)
    component = Component(
        id=id,
        organization_id=tx.organization_id,
        name=draft.name,
        description=draft.description,
        group_label=draft.group_label,
        status=ComponentStatus.OPERATIONAL,
        created_at=tx.now,
    )
    tx.db.add(component)
    await tx.db.flush()
    await surfaces.keep_state(tx, component)
    audit.record(tx, AuditType.COMPONENT_CREATED, componentId=str(id), after=describe(draft))
    await tx.db.flush()
    return component


async def change_component(tx: Transaction, component_id: UUID, draft: ComponentDraft) -> Component:
    """Make a component be as the draft says; asking for what it is already changes nothing.

    Open incidents follow its name, resolved ones keep the one they had (spec section 5). Raises
    NotFound, ValidationFailed, NameConflict.
    """
    await people.lock_organization(tx)
    present = await get_component(tx, component_id)
    draft = await _checked(tx, draft, present)
    before = draft_of(present)
    if before == draft:
        return present
    affected = await _open_with(tx, component_id) if before.name != draft.name else []
    held = await incidents.lock_all(tx, [one.id for one in affected])
    component = (await surfaces.lock_components(tx, [component_id]))[component_id]
    component.name, component.description = draft.name, draft.description
    component.group_label = draft.group_label
    if before.name != draft.name:
        # Tags are written under the component's lock: from here on there are no others.
        for tag in await tx.db.scalars(_tags_of_open(tx, component_id)):
            tag.name = draft.name
    await tx.db.flush()
    for incident in held.values():
        await notifications.refresh(tx, incident)
    audit.record(
        tx,
        AuditType.COMPONENT_CHANGED,
        componentId=str(component_id),
        before=describe(before),
        after=describe(draft),
    )
    await surfaces.touch_pages(tx, [component_id])
    return component


async def override_status(
    tx: Transaction, component_id: UUID, status: ComponentStatus | None
) -> Component:
    """Say how a component is, whatever the incidents say; None lets them say it again.

    An admin's (spec sections 1 and 8). Raises Forbidden, NotFound.
    """
    await permissions.require_admin(tx, "Setting a component's status")
    await people.lock_organization(tx)
    await get_component(tx, component_id)
    component = (await surfaces.lock_components(tx, [component_id]))[component_id]
    if component.status_override is status:
        return component
    before, component.status_override = component.status_override, status
    await tx.db.flush()
    audit.record(
        tx,
        AuditType.COMPONENT_CHANGED,
        componentId=str(component_id),
        before={"statusOverride": before.value if before else None},
        after={"statusOverride": status.value if status else None},
    )
    await surfaces.settle(tx, [component_id], is_of_an_incident=False)
    return component


async def remove_component(tx: Transaction, component_id: UUID) -> None:
    """Remove a component that nothing uses; resolved incidents keep its name.

    Raises NotFound, and InUse, naming the open incidents and the pages.
    """
    await people.lock_organization(tx)
    await get_component(tx, component_id)
    component = (await surfaces.lock_components(tx, [component_id]))[component_id]
    running = [one.number for one in await _open_with(tx, component_id)]
    titles = await tx.db.scalars(
        select(StatusPage.title)
        .join(StatusPageComponent)
        .where(StatusPageComponent.component_id == component_id)
        .order_by(StatusPage.title)
    )
    used = [f"the status page “{title}”" for title in titles]
    if used or running:
        raise InUse.by(component.name, used, running)
    audit.record(
        tx,
        AuditType.COMPONENT_REMOVED,
        componentId=str(component_id),
        before=describe(draft_of(component)),
    )
    await tx.db.delete(component)
    await tx.db.flush()


def draft_of(component: Component) -> ComponentDraft:
    """A stored component, as one would ask for it."""
    return ComponentDraft(component.name, component.description, component.group_label)


def describe(draft: ComponentDraft) -> dict[str, Any]:
    """A component as the trail tells of it."""
    return {
        "name": draft.name,
        "description": draft.description,
        "groupLabel": draft.group_label,
    }


def _ours(tx: Transaction) -> Select[Component]:
    return select(Component).where(Component.organization_id == tx.organization_id)


def _tags_of_open(tx: Transaction, component_id: UUID) -> Select[IncidentComponent]:
    return (
        select(IncidentComponent)
        .join(Incident, Incident.id == IncidentComponent.incident_id)
        .where(
            IncidentComponent.component_id == component_id,
            Incident.organization_id == tx.organization_id,
            Incident.status != Status.RESOLVED,
        )
    )


async def _open_with(tx: Transaction, component_id: UUID) -> Sequence[Incident]:
    ids = _tags_of_open(tx, component_id).with_only_columns(IncidentComponent.incident_id)
    query = select(Incident).where(Incident.id.in_(ids)).order_by(Incident.number)
    return (await tx.db.scalars(query)).all()


async def _checked(
    tx: Transaction, draft: ComponentDraft, present: Component | None = None
) -> ComponentDraft:
    """The draft as it is stored. Raises ValidationFailed, NameConflict."""
    name = clean_text(draft.name, "name", maximum=COMPONENT_NAME_MAX, required=True) or ""
    taken = await tx.db.scalar(_ours(tx).where(Component.name == name))
    if taken and (present is None or taken.id != present.id):
        raise NameConflict(f"There is a component called “{name}” already.", field="name")
    return ComponentDraft(
        name,
        clean_text(draft.description, "description", maximum=COMPONENT_DESCRIPTION_MAX),
        clean_text(draft.group_label, "group_label", maximum=GROUP_LABEL_MAX),
    )
