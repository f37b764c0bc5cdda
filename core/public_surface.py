"""Which published pages show an incident to customers, and what is missing where none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core import affected, permissions, status_pages
from core.errors import NoPublicSurface
from core.transaction import Transaction
from storage.models import Incident, StatusPage, StatusPageComponent


@dataclass(frozen=True)
class Covering:
    """A published page that shows an incident."""

    id: UUID
    slug: str
    title: str


async def covering(tx: Transaction, component_ids: Sequence[UUID]) -> tuple[Covering, ...]:
    """The published pages that show an incident of these components (spec section 4)."""
    if not component_ids:
        return ()
    found = await tx.db.scalars(
        select(StatusPage)
        .where(
            StatusPage.organization_id == tx.organization_id,
            StatusPage.published.is_(True),
            StatusPage.id.in_(
                select(StatusPageComponent.page_id).where(
                    StatusPageComponent.component_id.in_(component_ids)
                )
            ),
        )
        .order_by(StatusPage.title, StatusPage.slug)
    )
    return tuple(Covering(one.id, one.slug, one.title) for one in found)


async def covering_incident(tx: Transaction, incident: Incident) -> tuple[Covering, ...]:
    """The published pages that show an incident."""
    return await covering(tx, [one.id for one in await affected.of(tx, incident)])


async def require_cover(tx: Transaction, incident: Incident) -> tuple[Covering, ...]:
    """The pages that would show a public update. Raises NoPublicSurface, saying what is missing."""
    tags = await affected.of(tx, incident)
    found = await covering(tx, [one.id for one in tags])
    if found:
        return found
    raise NoPublicSurface(await _missing(tx, incident, tags), field="visibility")


async def _missing(tx: Transaction, incident: Incident, tags: Sequence[affected.Affected]) -> str:
    if not tags:
        return (
            f"#{incident.number} affects no component yet, so no status page shows it. Say first "
            "which components are affected."
        )
    every = await status_pages.list_pages(tx)
    selected = {one.id: {each.component_id for each in one.components} for one in every}
    hidden = [one for one in every if any(tag.id in selected[one.id] for tag in tags)]
    who = "" if await permissions.is_admin(tx) else "Have an admin "
    if hidden:
        on_them = [one for one in tags if any(one.id in selected[page.id] for page in hidden)]
        are = "are" if len(hidden) > 1 else "is"
        what = "them" if len(hidden) > 1 else "it"
        return (
            f"{_listed([one.title for one in hidden])} would show "
            f"{_listed([one.name for one in on_them])}, but {are} not published. "
            + _said(who, f"publish {what} under “/incident pages”.")
        )
    names = _listed([one.name for one in tags])
    what = "it" if len(tags) == 1 else "one of them"
    if not every:
        return f"There is no status page yet that could show {names}. " + _said(
            who, "make one under “/incident pages”."
        )
    return f"No status page shows {names}. " + _said(
        who, f"add {what} to {_listed([one.title for one in every])} under “/incident pages”."
    )


def _said(who: str, what: str) -> str:
    return f"{who}{what}" if who else f"{what[0].upper()}{what[1:]}"


def _listed(names: Sequence[str], limit: int = 3) -> str:
    shown = ", ".join(f"“{one}”" for one in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
