"""A status page as views and forms show it, and what the public would read of it at once."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from core import amending, component_facts, permissions, publishing, status_pages, surfaces
from core.component_facts import ComponentLine
from core.status_pages import StatusPageDraft
from core.transaction import Transaction
from storage.limits import SLUG_MAX
from storage.models import Incident, IncidentComponent, StatusPage, StatusPageComponent
from storage.vocabulary import ComponentStatus, Status


@dataclass(frozen=True)
class StatusPageLine:
    """A status page in a list."""

    id: UUID
    title: str
    slug: str
    published: bool
    components: int


@dataclass(frozen=True)
class ShownIncident:
    """An open incident that a page shows; `is_public` if a published page shows it now."""

    number: int
    title: str
    is_public: bool


@dataclass(frozen=True)
class Exposure:
    """What the public reads of a page with these components, once it is published."""

    components: tuple[str, ...]
    """Their names, in the page's order."""
    incidents: tuple[ShownIncident, ...]
    """Those that are open, the newest first."""
    resolved: int
    """How many that are resolved stand in its history."""


@dataclass(frozen=True)
class StatusPageFacts:
    """A status page as it is now, and whether the one who asks may change it."""

    id: UUID
    draft: StatusPageDraft
    components: tuple[ComponentLine, ...]
    exposure: Exposure
    may_change: bool
    seen: str

    @property
    def banner(self) -> ComponentStatus:
        """The worst of its components."""
        return surfaces.banner_of(one.status for one in self.components)


@dataclass(frozen=True)
class Foreseen:
    """What a draft would lead to: the page before, if there is one, after, and what is read."""

    before: StatusPageDraft | None
    after: StatusPageDraft
    exposure: Exposure

    @property
    def concerns_the_public(self) -> bool:
        """Whether what anybody can read becomes another: more, less, or somewhere else."""
        was_public = self.before is not None and self.before.published
        return self.before != self.after and (was_public or self.after.published)


async def of(tx: Transaction, page_id: UUID) -> StatusPageFacts:
    """One status page. Raises NotFound."""
    draft = status_pages.draft_of(await status_pages.get_page(tx, page_id))
    return StatusPageFacts(
        id=page_id,
        draft=draft,
        components=await component_facts.lines_of(tx, draft.component_ids),
        exposure=await exposure(tx, draft.component_ids),
        may_change=await permissions.is_admin(tx),
        seen=amending.page_seen(draft),
    )


async def foresee(tx: Transaction, draft: StatusPageDraft, page_id: UUID | None) -> Foreseen:
    """What making a page, or changing the one of `page_id`, would lead to. Changes nothing.

    An admin's. Raises what `create_page` and `change_page` raise for it.
    """
    await permissions.require_admin(tx, "Changing a status page")
    present = await status_pages.get_page(tx, page_id) if page_id else None
    after = await status_pages.checked(tx, draft, present)
    before = status_pages.draft_of(present) if present else None
    return Foreseen(before, after, await exposure(tx, after.component_ids))


async def lines(tx: Transaction) -> list[StatusPageLine]:
    """Every status page by title."""
    return [
        StatusPageLine(one.id, one.title, one.slug, one.published, len(one.components))
        for one in await status_pages.list_pages(tx)
    ]


async def exposure(tx: Transaction, component_ids: Sequence[UUID]) -> Exposure:
    """What the public reads of a page that selects these components (spec section 8)."""
    selected = await component_facts.lines_of(tx, component_ids)
    found = await tx.db.execute(
        select(Incident.id, Incident.number, Incident.title, Incident.status)
        .where(
            Incident.organization_id == tx.organization_id,
            Incident.id.in_(
                select(IncidentComponent.incident_id).where(
                    IncidentComponent.component_id.in_([one.id for one in selected])
                )
            ),
            or_(
                Incident.status != Status.RESOLVED,
                Incident.resolved_at >= publishing.first_day(tx.now),
            ),
        )
        .order_by(Incident.number.desc())
    )
    shown = found.all()
    running = [row for row in shown if row.status is not Status.RESOLVED]
    public = await _public_already(tx, [row.id for row in running])
    return Exposure(
        tuple(one.name for one in selected),
        tuple(ShownIncident(row.number, row.title, row.id in public) for row in running),
        len(shown) - len(running),
    )


def slug_of(title: str) -> str:
    """PURE. The address that a title suggests."""
    latin = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:SLUG_MAX].strip("-") or "status"


async def free_slug(tx: Transaction, title: str) -> str:
    """The address that a title suggests, or the next one that nobody has."""
    wanted = slug_of(title)
    query = select(StatusPage.slug).where(StatusPage.slug.startswith(wanted[: SLUG_MAX - 4]))
    taken = set(await tx.db.scalars(query))
    numbered = (f"{wanted[: SLUG_MAX - 4].strip('-')}-{number}" for number in range(2, 1_000))
    return next((one for one in (wanted, *numbered) if one not in taken), wanted)


async def _public_already(tx: Transaction, incident_ids: Sequence[UUID]) -> set[UUID]:
    found = await tx.db.scalars(
        select(IncidentComponent.incident_id)
        .join(
            StatusPageComponent,
            StatusPageComponent.component_id == IncidentComponent.component_id,
        )
        .join(StatusPage, StatusPage.id == StatusPageComponent.page_id)
        .where(IncidentComponent.incident_id.in_(incident_ids), StatusPage.published.is_(True))
    )
    return set(found)
