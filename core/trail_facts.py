"""The organization's trail as people read it: each event with the names of what its ids stand for.

What was removed since keeps the name that the event itself has written down, if it has.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import people, trail_search
from core.transaction import Actor, Core, Transaction
from storage.models import AuditEvent, Incident, Schedule
from storage.vocabulary import ActorKind, AuditType, Surface

AT_ONCE = 500
_OF_MEMBERS = ("memberId", "userId", "ownerId")


@dataclass(frozen=True)
class TrailLine:
    """One thing that happened."""

    sequence: int
    at: datetime
    by: str
    by_kind: ActorKind
    surface: Surface
    type: AuditType
    incident: int | None
    """The number of the incident to which it happened."""
    data: Mapping[str, Any]
    names: Mapping[str, str]
    """What the members and schedules in it are called, by id; those that are known."""


async def search(
    tx: Transaction,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    type: AuditType | None = None,
    before_sequence: int | None = None,
    limit: int,
) -> Sequence[TrailLine]:
    """What `trail_search.search` finds, with names. Raises what that raises."""
    events = await trail_search.search(
        tx, since=since, until=until, type=type, before_sequence=before_sequence, limit=limit
    )
    names = await _names(tx, events)
    numbers = await _numbers(tx, events)
    return [
        TrailLine(
            one.sequence,
            one.at,
            one.actor_name,
            one.actor_kind,
            one.surface,
            one.type,
            numbers.get(one.incident_id) if one.incident_id else None,
            one.data,
            names,
        )
        for one in events
    ]


async def every(
    core: Core,
    actor: Actor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    type: AuditType | None = None,
    limit: int,
) -> AsyncIterator[TrailLine]:
    """The newest `limit` lines, read bit by bit: no transaction is held while one is written down.

    Raises Forbidden, also half-way for who is no admin any longer, and Unavailable.
    """
    last: int | None = None
    while limit > 0:
        async with core.reading(actor) as tx:
            found = await search(
                tx, since=since, until=until, type=type,
                before_sequence=last, limit=min(limit, AT_ONCE),
            )  # fmt: skip
        for one in found:
            yield one
        if len(found) < AT_ONCE:
            return
        last, limit = found[-1].sequence, limit - len(found)


async def _names(tx: Transaction, events: Sequence[AuditEvent]) -> dict[str, str]:
    members, schedules = set[UUID](), set[UUID]()
    for event in events:
        for key, id in _ids(event.data):
            (schedules if key == "scheduleId" else members).add(id)
    found = await people.by_id(tx, members)
    names = {
        str(id): one.name for id, one in found.items() if one.organization_id == tx.organization_id
    }
    rows = await tx.db.execute(
        select(Schedule.id, Schedule.name).where(
            Schedule.id.in_(schedules), Schedule.organization_id == tx.organization_id
        )
    )
    return names | {str(id): name for id, name in rows}


async def _numbers(tx: Transaction, events: Sequence[AuditEvent]) -> dict[UUID, int]:
    ids = {one.incident_id for one in events if one.incident_id}
    rows = await tx.db.execute(
        select(Incident.id, Incident.number).where(
            Incident.id.in_(ids), Incident.organization_id == tx.organization_id
        )
    )
    return {row.id: row.number for row in rows}


def _ids(data: Mapping[str, Any]) -> Iterator[tuple[str, UUID]]:
    """Every id of a member or a schedule in what an event says, and under which name."""
    for key, value in data.items():
        if key in ("before", "after") and isinstance(value, dict):
            yield from _ids(value)
        elif key == "memberIds" and isinstance(value, list):
            yield from (("memberId", UUID(one)) for one in value)
        elif key in (*_OF_MEMBERS, "scheduleId") and value:
            yield key, UUID(value)
