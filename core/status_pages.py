"""Status pages: their address, what they select, and whether they are published."""

import re
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from core import audit, people, permissions, schedules, surfaces
from core.errors import (
    DuplicateComponentId,
    InvalidComponentId,
    NameConflict,
    NotFound,
    ValidationFailed,
)
from core.incidents import clean_text
from core.transaction import Transaction
from storage.limits import PAGE_COMPONENTS_MAX, PAGE_TITLE_MAX, SLUG_MAX
from storage.models import Component, StatusPage, StatusPageComponent
from storage.vocabulary import AuditType

SLUG = re.compile(rf"[a-z0-9-]{{1,{SLUG_MAX}}}")
"""What the whole of a page's place in its address looks like."""


@dataclass(frozen=True)
class StatusPageDraft:
    """A status page as somebody asks for it; its components in the order in which it shows them."""

    slug: str
    title: str
    component_ids: tuple[UUID, ...] = ()
    published: bool = False


async def list_pages(tx: Transaction) -> Sequence[StatusPage]:
    """Every status page of the organization by title, with what it selects."""
    return (await tx.db.scalars(_ours(tx).order_by(StatusPage.title, StatusPage.slug))).all()


async def get_page(tx: Transaction, page_id: UUID) -> StatusPage:
    """One status page with what it selects. Raises NotFound."""
    found = await tx.db.scalar(_ours(tx).where(StatusPage.id == page_id))
    if found is None:
        raise NotFound("There is no such status page. It may have been removed.")
    return found


async def find_page(tx: Transaction, name: str) -> StatusPage:
    """The page that somebody means by its title or slug. Raises NotFound, naming those."""
    every = await list_pages(tx)
    known = [(one.title, one) for one in every]
    by_slug = {one.slug: one for one in every}
    return by_slug.get(name.strip().lower()) or schedules.meant(
        name, known, "status page", "status pages"
    )


async def create_page(
    tx: Transaction, draft: StatusPageDraft, *, id: UUID | None = None
) -> StatusPage:
    """Make a status page. Asked for twice with the same `id`, there is one.

    An admin's (spec section 1). Raises Forbidden, ValidationFailed, NameConflict,
    DuplicateComponentId, InvalidComponentId.
    """
    await permissions.require_admin(tx, "Making a status page")
    await people.lock_organization(tx)
    id = id or uuid4()
    made = await tx.db.scalar(_ours(tx).where(StatusPage.id == id))
    if made:
        return made
    draft = await checked(tx, draft, holding=True)
    page = StatusPage(
        id=id,
        organization_id=tx.organization_id,
        slug=draft.slug,
        title=draft.title,
        published=draft.published,
        created_at=tx.now,
        changed_at=tx.now,
        version=1,
        components=_selected(draft),
    )
    tx.publishes = True
    async with _taking_the_address(tx, draft):
        tx.db.add(page)
    audit.record(tx, AuditType.STATUS_PAGE_CREATED, statusPageId=str(id), after=describe(draft))
    return page


async def change_page(tx: Transaction, page_id: UUID, draft: StatusPageDraft) -> StatusPage:
    """Make a page be as the draft says; asking for what it is already changes nothing.

    An admin's. Raises NotFound and what `create_page` raises.
    """
    await permissions.require_admin(tx, "Changing a status page")
    await people.lock_organization(tx)
    present = await get_page(tx, page_id)
    draft = await checked(tx, draft, present, holding=True)  # components come before pages
    page = await _lock(tx, page_id)
    before = draft_of(page)
    if before == draft:
        return page
    async with _taking_the_address(tx, draft):
        page.slug = draft.slug
    page.title, page.published = draft.title, draft.published
    if before.component_ids != draft.component_ids:
        page.components.clear()
        await tx.db.flush()
        page.components = _selected(draft)
    surfaces.touch(tx, page)
    await tx.db.flush()
    audit.record(
        tx,
        AuditType.STATUS_PAGE_CHANGED,
        statusPageId=str(page_id),
        before=describe(before),
        after=describe(draft),
    )
    return page


async def remove_page(tx: Transaction, page_id: UUID) -> None:
    """Take a page away; its address answers as one that never was. An admin's.

    Raises Forbidden, NotFound.
    """
    await permissions.require_admin(tx, "Removing a status page")
    await people.lock_organization(tx)
    page = await _lock(tx, page_id)
    audit.record(
        tx,
        AuditType.STATUS_PAGE_REMOVED,
        statusPageId=str(page_id),
        before=describe(draft_of(page)),
    )
    await tx.db.delete(page)
    await tx.db.flush()
    tx.publishes = True


async def taken_elsewhere(tx: Transaction, slugs: Collection[str]) -> frozenset[str]:
    """Those of these addresses that another organization's page has."""
    found = await tx.db.scalars(
        select(StatusPage.slug).where(
            StatusPage.slug.in_(slugs), StatusPage.organization_id != tx.organization_id
        )
    )
    return frozenset(found)


async def lock_catalogue(tx: Transaction) -> None:
    """Hold every component and page of the organization until the transaction ends.

    For whoever changes several of them: one after another, they would be locked in any order.
    """
    ours = tx.organization_id
    ids = await tx.db.scalars(select(Component.id).where(Component.organization_id == ours))
    await surfaces.lock_components(tx, ids.all())
    await tx.db.execute(
        select(StatusPage.id)
        .where(StatusPage.organization_id == ours)
        .order_by(StatusPage.id)
        .with_for_update(key_share=True)
    )


def draft_of(page: StatusPage) -> StatusPageDraft:
    """A stored page, as one would ask for it."""
    return StatusPageDraft(
        page.slug,
        page.title,
        tuple(one.component_id for one in page.components),
        page.published,
    )


def describe(draft: StatusPageDraft) -> dict[str, Any]:
    """A page as the trail tells of it."""
    return {
        "slug": draft.slug,
        "title": draft.title,
        "componentIds": [str(one) for one in draft.component_ids],
        "published": draft.published,
    }


def _ours(tx: Transaction) -> Select[StatusPage]:
    return (
        select(StatusPage)
        .where(StatusPage.organization_id == tx.organization_id)
        .options(selectinload(StatusPage.components))
    )


async def _lock(tx: Transaction, page_id: UUID) -> StatusPage:
    found = await tx.db.scalar(
        _ours(tx)
        .where(StatusPage.id == page_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no such status page. It may have been removed.")
    return found


@asynccontextmanager
async def _taking_the_address(tx: Transaction, draft: StatusPageDraft) -> AsyncIterator[None]:
    """Of two organizations that take one address at once the second is refused as any other is."""
    try:
        async with tx.db.begin_nested():
            yield
    except IntegrityError as error:
        raise _taken(draft.slug) from error


def _taken(slug: str) -> NameConflict:
    return NameConflict(f"The address “{slug}” is taken. Choose another.", field="slug")


def _selected(draft: StatusPageDraft) -> list[StatusPageComponent]:
    return [
        StatusPageComponent(position=position, component_id=one)
        for position, one in enumerate(draft.component_ids)
    ]


async def checked(
    tx: Transaction,
    draft: StatusPageDraft,
    present: StatusPage | None = None,
    *,
    holding: bool = False,
) -> StatusPageDraft:
    """The draft as it is stored, in place of `present`. Raises what `create_page` raises.

    `holding`: its components stay as they are until the transaction ends; who only reads says no.
    """
    title = clean_text(draft.title, "title", maximum=PAGE_TITLE_MAX, required=True) or ""
    slug = draft.slug.strip().lower()
    if not SLUG.fullmatch(slug):
        raise ValidationFailed(
            f"A page's address has 1 to {SLUG_MAX} small letters, digits or hyphens.", field="slug"
        )
    taken = await tx.db.scalar(select(StatusPage.id).filter_by(slug=slug))
    if taken and (present is None or taken != present.id):
        raise _taken(slug)
    if len(set(draft.component_ids)) < len(draft.component_ids):
        raise DuplicateComponentId(field="component_ids")
    if len(draft.component_ids) > PAGE_COMPONENTS_MAX:
        raise ValidationFailed(
            f"A page shows at most {PAGE_COMPONENTS_MAX} components.", field="component_ids"
        )
    find = surfaces.lock_components if holding else surfaces.find_components
    found = await find(tx, draft.component_ids)
    if any(one not in found for one in draft.component_ids):
        raise InvalidComponentId(field="component_ids")
    return replace(draft, title=title, slug=slug)
