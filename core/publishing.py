"""What the public is shown: which pages are published, and each one as a PublicStatusPage.

All that leaves the house by a status page is read here, and put into values that have no place for
anything internal (spec section 8).
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from core.component_days import days_of, uptime_of
from core.instants import as_utc
from core.public_page import (
    HISTORY_DAYS,
    ComponentDay,
    PublicComponent,
    PublicIncident,
    PublicStatusPage,
    PublicTag,
    PublicUpdate,
)
from core.surfaces import banner_of
from core.transaction import Actor, Core, Transaction
from storage.models import (
    AuditEvent,
    Component,
    ComponentState,
    Incident,
    IncidentComponent,
    IncidentUpdate,
    StatusPage,
)
from storage.vocabulary import AuditType, ComponentStatus, Status, Visibility


class Publishing:
    """What the web asks of core: the versions of what is published, and a page by its id."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def versions(self) -> Mapping[str, tuple[UUID, int]]:
        """Every published page of every organization by slug: its id and its version.

        Raises Unavailable.
        """
        async with self._core.reading(Actor.system()) as tx:
            query = select(StatusPage.slug, StatusPage.id, StatusPage.version)
            found = await tx.db.execute(query.where(StatusPage.published.is_(True)))
            return {slug: (page_id, version) for slug, page_id, version in found}

    async def load(self, page_id: UUID) -> PublicStatusPage | None:
        """A page as the public sees it now; None if it is not published. Raises Unavailable."""
        async with self._core.reading(Actor.system()) as tx:
            return await public_view(tx, page_id)


async def public_view(tx: Transaction, page_id: UUID) -> PublicStatusPage | None:
    """A published page and all that it shows; None for one that is not published, or is none."""
    page = await tx.db.scalar(
        select(StatusPage)
        .where(StatusPage.id == page_id, StatusPage.published.is_(True))
        .options(selectinload(StatusPage.components))
    )
    if page is None:
        return None
    selected = [one.component_id for one in page.components]
    found = await tx.db.scalars(select(Component).where(Component.id.in_(selected)))
    by_id = {one.id: one for one in found}
    components = [by_id[one] for one in selected if one in by_id]
    since = first_day(tx.now)
    days = await _days(tx, components, since)
    incidents = await _incidents(tx, page, selected, since)
    return PublicStatusPage(
        id=page.id,
        slug=page.slug,
        title=page.title,
        banner=banner_of(one.status for one in components),
        updated_at=page.changed_at,
        components=tuple(
            PublicComponent(
                id=one.id,
                name=one.name,
                group_label=one.group_label,
                description=one.description,
                status=one.status,
                days=days[one.id],
                uptime=uptime_of(days[one.id], one.created_at, tx.now),
            )
            for one in components
        ),
        incidents=tuple(one for one in incidents if one.resolved_at is None),
        history=tuple(one for one in incidents if one.resolved_at is not None),
    )


def public_updates(updates: Sequence[IncidentUpdate]) -> tuple[PublicUpdate, ...]:
    """PURE. What the public reads of an incident's updates, the newest first.

    A public text is shown, and its slot stays if it was removed. Of an internal one the transition
    alone is shown; without one, nothing (spec section 8).
    """
    return tuple(
        PublicUpdate(
            posted_at=one.posted_at,
            body=one.body if one.visibility is Visibility.PUBLIC else None,
            status_change=one.status_change,
            removed_at=one.redacted_at if one.visibility is Visibility.PUBLIC else None,
        )
        for one in sorted(updates, key=lambda one: -one.sequence)
        if one.visibility is Visibility.PUBLIC or one.status_change
    )


def first_day(now: datetime) -> datetime:
    """PURE. When the first of the days begins that a page looks back on."""
    return datetime.combine(now.date() - timedelta(days=HISTORY_DAYS - 1), time(), UTC)


async def _days(
    tx: Transaction, components: Sequence[Component], since: datetime
) -> dict[UUID, tuple[ComponentDay, ...]]:
    """The days of each component; of what lies before them only the last state is read."""
    ids = [one.id for one in components]
    state = ComponentState
    last = (
        select(state.component_id, func.max(state.began_at).label("began_at"))
        .where(state.component_id.in_(ids), state.began_at < since)
        .group_by(state.component_id)
        .subquery()
    )
    columns = select(state.component_id, state.began_at, state.status)
    before = await tx.db.execute(
        columns.join(
            last,
            and_(last.c.component_id == state.component_id, last.c.began_at == state.began_at),
        )
    )
    within = await tx.db.execute(
        columns.where(state.component_id.in_(ids), state.began_at >= since).order_by(state.began_at)
    )
    states: dict[UUID, list[tuple[datetime, ComponentStatus]]] = {id: [] for id in ids}
    for component_id, began_at, status in (*before, *within):
        states[component_id].append((began_at, status))

    def reckoned() -> dict[UUID, tuple[ComponentDay, ...]]:
        return {id: days_of(of_it, tx.now, HISTORY_DAYS) for id, of_it in states.items()}

    _ = tx.now  # read here, before another thread does
    return await asyncio.to_thread(reckoned)


async def _amended(tx: Transaction, incident_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When the severity of these incidents, or what they affect, last changed."""
    found = await tx.db.execute(
        select(AuditEvent.incident_id, func.max(AuditEvent.at))
        .where(
            AuditEvent.incident_id.in_(incident_ids),
            AuditEvent.type.in_((AuditType.SEVERITY_CHANGED, AuditType.COMPONENTS_CHANGED)),
        )
        .group_by(AuditEvent.incident_id)
    )
    return {id: as_utc(at) for id, at in found if id is not None}


async def _incidents(
    tx: Transaction, page: StatusPage, selected: Sequence[UUID], since: datetime
) -> list[PublicIncident]:
    tags = await tx.db.execute(
        select(IncidentComponent, Incident)
        .join(Incident, Incident.id == IncidentComponent.incident_id)
        .where(
            IncidentComponent.component_id.in_(selected),
            Incident.organization_id == page.organization_id,
            or_(Incident.status != Status.RESOLVED, Incident.resolved_at >= since),
        )
        .order_by(Incident.number.desc(), IncidentComponent.position)
    )
    by_incident: dict[UUID, list[PublicTag]] = {}
    found: dict[UUID, Incident] = {}
    for tag, incident in tags:
        found[incident.id] = incident
        by_incident.setdefault(incident.id, []).append(PublicTag(tag.component_id, tag.name))
    updates: dict[UUID, list[IncidentUpdate]] = {id: [] for id in found}
    for update in await tx.db.scalars(
        select(IncidentUpdate).where(IncidentUpdate.incident_id.in_(found))
    ):
        updates[update.incident_id].append(update)
    amended = await _amended(tx, found)
    return [
        PublicIncident(
            id=one.id,
            number=one.number,
            title=one.title,
            severity=one.severity,
            status=one.status,
            components=tuple(by_incident[one.id]),
            started_at=one.created_at,
            resolved_at=one.resolved_at,
            updates=public_updates(updates[one.id]),
            amended_at=amended.get(one.id),
        )
        for one in found.values()
    ]
