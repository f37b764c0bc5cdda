"""Changing a component or a status page as somebody had it before their eyes (`as_seen`).

If somebody else changed it meanwhile nothing is done, and they are told.
"""

from dataclasses import replace
from uuid import UUID

from core import components, people, permissions, status_pages
from core.components import ComponentDraft
from core.errors import ChangedMeanwhile
from core.schedule_drafts import seen
from core.status_pages import StatusPageDraft
from core.transaction import Transaction
from storage.models import Component, StatusPage
from storage.vocabulary import ComponentStatus


def component_seen(draft: ComponentDraft) -> str:
    """What a form shows of a component, in a few characters."""
    return seen(components.describe(draft))


def override_seen(override: ComponentStatus | None) -> str:
    """What a form shows of an admin's word on a component, in a few characters."""
    return override.value if override else ""


def page_seen(draft: StatusPageDraft) -> str:
    """What a form shows of a status page, in a few characters."""
    return seen(status_pages.describe(draft))


async def change_component(
    tx: Transaction, component_id: UUID, draft: ComponentDraft, *, as_seen: str
) -> Component:
    """Change a component. Raises ChangedMeanwhile, and what `components` raises for it."""
    await people.lock_organization(tx)
    present = components.draft_of(await components.get_component(tx, component_id))
    if present != draft and component_seen(present) != as_seen:
        raise ChangedMeanwhile
    return await components.change_component(tx, component_id, draft)


async def override_status(
    tx: Transaction, component_id: UUID, status: ComponentStatus | None, *, as_seen: str
) -> Component:
    """Say how a component is. Raises Forbidden, NotFound, ChangedMeanwhile."""
    await permissions.require_admin(tx, "Setting a component's status")
    await people.lock_organization(tx)
    present = (await components.get_component(tx, component_id)).status_override
    if present is not status and override_seen(present) != as_seen:
        raise ChangedMeanwhile
    return await components.override_status(tx, component_id, status)


async def change_page(
    tx: Transaction, page_id: UUID, draft: StatusPageDraft, *, as_seen: str
) -> StatusPage:
    """Change a status page. Raises ChangedMeanwhile, and what `status_pages` raises for it."""
    present = await _present(tx, page_id, "Changing a status page")
    if present != draft and page_seen(present) != as_seen:
        raise ChangedMeanwhile
    return await status_pages.change_page(tx, page_id, draft)


async def publish_page(
    tx: Transaction, page_id: UUID, *, published: bool, as_seen: str
) -> StatusPage:
    """Publish a status page, or take it back. Raises Forbidden, NotFound, ChangedMeanwhile."""
    present = await _present(tx, page_id, "Publishing a status page")
    return await change_page(tx, page_id, replace(present, published=published), as_seen=as_seen)


async def _present(tx: Transaction, page_id: UUID, what: str) -> StatusPageDraft:
    await permissions.require_admin(tx, what)
    await people.lock_organization(tx)
    return status_pages.draft_of(await status_pages.get_page(tx, page_id))
