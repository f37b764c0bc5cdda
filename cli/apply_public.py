"""Makes components and pages be as a blueprint says: what `apply` plans of them, and does."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from cli.drafts_public import component_draft, component_fields, page_draft, page_fields
from cli.plan import Change, compare
from cli.stored_public import StoredPublic
from cli.wanted import Blueprint
from core import components, status_pages
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
from core.transaction import Transaction


def public_changes(stored: StoredPublic, blueprint: Blueprint) -> list[Change | None]:
    """What is to be made and changed; None for each that is as it should be."""
    ids = {one.name: uuid4() for one in blueprint.components}  # stand in for those still to be made
    ids |= {name: one.id for name, one in stored.components.items()}
    names = {id: name for name, id in ids.items()}
    changes = []
    for name, (old, component) in _components(stored, blueprint).items():
        known = component_fields(old) if old else None
        changes.append(compare(f"component {name}", known, component_fields(component)))
    for slug, (was, page) in _pages(stored, blueprint, ids).items():
        shown = page_fields(was, names) if was else None
        changes.append(compare(f"status page {slug}", shown, page_fields(page, names)))
    return changes


async def carry_out_public(tx: Transaction, stored: StoredPublic, blueprint: Blueprint) -> None:
    """Make and change them. Asked for what is there already, core changes nothing."""
    if not (blueprint.components or blueprint.pages):
        return
    await status_pages.lock_catalogue(tx)
    ids = {name: one.id for name, one in stored.components.items()}
    for name, (_, component) in _components(stored, blueprint).items():
        if name in stored.components:
            await components.change_component(tx, ids[name], component)
        else:
            ids[name] = (await components.create_component(tx, component)).id
    for slug, (_, page) in _pages(stored, blueprint, ids).items():
        if slug in stored.pages:
            await status_pages.change_page(tx, stored.pages[slug].id, page)
        else:
            await status_pages.create_page(tx, page)


def public_left_alone(stored: StoredPublic, blueprint: Blueprint) -> list[str]:
    """What there is and the file does not name."""
    components_named = {one.name for one in blueprint.components}
    pages_named = {one.slug for one in blueprint.pages}
    left = [f"component {name}" for name in stored.components if name not in components_named]
    return left + [f"status page {slug}" for slug in stored.pages if slug not in pages_named]


def _components(
    stored: StoredPublic, blueprint: Blueprint
) -> dict[str, tuple[ComponentDraft | None, ComponentDraft]]:
    """By name: what is stored, and what is wanted."""
    found = {}
    for one in blueprint.components:
        there = stored.components.get(one.name)
        old = there.draft if there else None
        found[one.name] = (old, component_draft(one, old))
    return found


def _pages(
    stored: StoredPublic, blueprint: Blueprint, ids: Mapping[str, UUID]
) -> dict[str, tuple[StatusPageDraft | None, StatusPageDraft]]:
    """By slug: the same of pages, whose components have these ids."""
    found = {}
    for one in blueprint.pages:
        there = stored.pages.get(one.slug)
        old = there.draft if there else None
        found[one.slug] = (old, page_draft(one, old, ids))
    return found
