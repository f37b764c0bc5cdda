"""What is said of a component, a status page or a member changed, and nothing else of it: whatever
somebody else changes of the rest at the same time stays.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from core import components, people, permissions, status_pages, team
from core.components import ComponentDraft
from core.editing import UNSAID, Unsaid
from core.status_pages import StatusPageDraft
from core.transaction import Transaction
from storage.models import Component, Member, StatusPage
from storage.vocabulary import ComponentStatus, Role


async def create_component(
    tx: Transaction, draft: ComponentDraft, *, status_override: ComponentStatus | Unsaid | None
) -> Component:
    """Make a component and, where anything is said of it, override its status: both or neither.

    Who says anything of the override is an admin. Raises Forbidden, ValidationFailed,
    NameConflict, in this order (spec sections 1 and 8).
    """
    await _require_admin_to_override(tx, status_override)
    made = await components.create_component(tx, draft)
    return await _override(tx, made, status_override)


async def change_component(
    tx: Transaction,
    component_id: UUID,
    *,
    name: str | Unsaid = UNSAID,
    description: str | Unsaid | None = UNSAID,
    group_label: str | Unsaid | None = UNSAID,
    status_override: ComponentStatus | Unsaid | None = UNSAID,
) -> Component:
    """Change what is said of a component, all or nothing; None takes away.

    Who says anything of the override is an admin. Raises NotFound, Forbidden, ValidationFailed,
    NameConflict, in this order (spec sections 1 and 8).
    """
    await people.lock_organization(tx)
    present = await components.get_component(tx, component_id)
    await _require_admin_to_override(tx, status_override)
    said = _said(name=name, description=description, group_label=group_label)
    draft = replace(components.draft_of(present), **said)
    changed = await components.change_component(tx, component_id, draft)  # locks incidents: first
    return await _override(tx, changed, status_override)


async def change_page(
    tx: Transaction,
    page_id: UUID,
    *,
    slug: str | Unsaid = UNSAID,
    title: str | Unsaid = UNSAID,
    component_ids: tuple[UUID, ...] | Unsaid = UNSAID,
    published: bool | Unsaid = UNSAID,
) -> StatusPage:
    """Change what is said of a status page, all or nothing; its components as a whole.

    An admin's. Raises Forbidden, NotFound, and what `status_pages.create_page` raises, in this
    order (spec section 8).
    """
    await permissions.require_admin(tx, "Changing a status page")
    await people.lock_organization(tx)
    present = status_pages.draft_of(await status_pages.get_page(tx, page_id))
    said = _said(slug=slug, title=title, component_ids=component_ids, published=published)
    draft: StatusPageDraft = replace(present, **said)
    return await status_pages.change_page(tx, page_id, draft)


async def change_member(
    tx: Transaction, member_id: UUID, *, role: Role | Unsaid = UNSAID
) -> Member:
    """Change what is said of a member: their role, as far as that is ours to say.

    An admin's. Raises Forbidden, NotFound, CannotChangeOwnRole, LastAdmin, in this order (spec
    section 1).
    """
    if role is not UNSAID:
        return await team.change_role(tx, member_id, role)
    await permissions.require_admin(tx, "Changing a role")
    return await team.get_member(tx, member_id)


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not UNSAID}


async def _require_admin_to_override(
    tx: Transaction, status: ComponentStatus | Unsaid | None
) -> None:
    if status is not UNSAID:
        await permissions.require_admin(tx, "Setting a component's status")


async def _override(
    tx: Transaction, component: Component, status: ComponentStatus | Unsaid | None
) -> Component:
    if status is UNSAID:
        return component
    return await components.override_status(tx, component.id, status)
