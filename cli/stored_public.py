"""What the database has of components and pages, and where a blueprint contradicts it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from cli.naming import other_cases, unknown
from cli.reading import Fault
from cli.wanted import Blueprint, Word
from core import components, status_pages
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
from core.transaction import Transaction


@dataclass(frozen=True)
class StoredComponent:
    """A component as one would ask for it, and its id."""

    id: UUID
    draft: ComponentDraft


@dataclass(frozen=True)
class StoredPage:
    """A status page as one would ask for it, and its id."""

    id: UUID
    draft: StatusPageDraft


@dataclass(frozen=True)
class StoredPublic:
    """Components by name and pages by slug, as they were when it was read."""

    components: dict[str, StoredComponent]
    pages: dict[str, StoredPage]
    taken: frozenset[str]
    """Slugs that are somebody else's, of those that were asked for."""

    @property
    def component_names(self) -> dict[UUID, str]:
        """What to call the id of a component."""
        return {one.id: name for name, one in self.components.items()}


async def read_public(tx: Transaction, slugs: Collection[str] = ()) -> StoredPublic:
    """All components and pages, and which of these slugs another organization has."""
    return StoredPublic(
        components={
            one.name: StoredComponent(one.id, components.draft_of(one))
            for one in await components.list_components(tx)
        },
        pages={
            one.slug: StoredPage(one.id, status_pages.draft_of(one))
            for one in await status_pages.list_pages(tx)
        },
        taken=await status_pages.taken_elsewhere(tx, slugs) if slugs else frozenset(),
    )


def public_contradictions(stored: StoredPublic, blueprint: Blueprint) -> Iterator[Fault]:
    """Every line on components and pages that the database makes impossible, and what to do."""
    described = [Word(one.name, one.line) for one in blueprint.components]
    yield from other_cases("component", described, stored.components)
    known = [*(one.text for one in described), *stored.components]
    for page in blueprint.pages:
        yield from unknown("component", "components", page.components or (), known)
        if page.slug in stored.taken:
            yield Fault(page.line, f"the address “{page.slug}” is taken already. Choose another.")
