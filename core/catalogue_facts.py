"""What is published at a glance: the components with the pages that show each, and the pages with
what each shows now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core import component_facts, components, permissions, status_pages, surfaces
from core.component_facts import ComponentLine, OpenIncident, ShownOn
from core.transaction import Transaction
from storage.vocabulary import ComponentStatus


@dataclass(frozen=True)
class ComponentRow:
    """A component, and who is shown it."""

    line: ComponentLine
    description: str | None
    pages: tuple[ShownOn, ...]


@dataclass(frozen=True)
class ComponentGroup:
    """The components of one label, or those that have none."""

    label: str | None
    rows: tuple[ComponentRow, ...]


@dataclass(frozen=True)
class PageRow:
    """A status page, and what it shows now, or would if it were published."""

    id: UUID
    title: str
    slug: str
    published: bool
    components: tuple[ComponentLine, ...]
    banner: ComponentStatus
    incidents: tuple[OpenIncident, ...]
    """Those that are open, the newest first."""


@dataclass(frozen=True)
class Catalogue:
    """Components by group, pages by title, and whether the one who asks may change the pages."""

    groups: tuple[ComponentGroup, ...]
    pages: tuple[PageRow, ...]
    may_change_pages: bool


async def of(tx: Transaction) -> Catalogue:
    """All of the organization's."""
    lines = await component_facts.lines(tx)
    by_id = {one.id: one for one in lines}
    described = {one.id: one.description for one in await components.list_components(tx)}
    pages, shown = [], dict[UUID, list[ShownOn]]()
    for page in await status_pages.list_pages(tx):
        selected = [one.component_id for one in page.components]
        for id in selected:
            shown.setdefault(id, []).append(ShownOn(page.id, page.title, page.published))
        of_it = tuple(by_id[id] for id in selected if id in by_id)
        banner = surfaces.banner_of(one.status for one in of_it)
        pages.append(PageRow(page.id, page.title, page.slug, page.published, of_it, banner,
                             open_incidents(of_it)))  # fmt: skip
    rows = [ComponentRow(one, described.get(one.id), tuple(shown.get(one.id, ()))) for one in lines]
    return Catalogue(_grouped(rows), tuple(pages), await permissions.is_admin(tx))


def open_incidents(lines: Iterable[ComponentLine]) -> tuple[OpenIncident, ...]:
    """PURE. The open incidents that affect any of these components, the newest first."""
    found = {incident.number: incident for one in lines for incident in one.incidents}
    return tuple(found[number] for number in sorted(found, reverse=True))


def _grouped(rows: Sequence[ComponentRow]) -> tuple[ComponentGroup, ...]:
    groups: dict[str | None, list[ComponentRow]] = {}
    for row in rows:
        groups.setdefault(row.line.group_label, []).append(row)
    return tuple(ComponentGroup(label, tuple(of_it)) for label, of_it in groups.items())
