"""Incidents by status, severity and day, a page at a time; as quick at the last page as at the
first, and at a hundred thousand incidents as at a hundred.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_, union_all

from core.instants import whole_days
from core.transaction import Transaction
from storage.models import Incident
from storage.vocabulary import Severity, Status

_NUMBER_MAX = 2**31 - 1
"""More than that no database takes for a number."""


@dataclass(frozen=True)
class Glimpse:
    """Of an incident as much as tells whether somebody looks for it."""

    id: UUID
    number: int
    title: str
    owner_id: UUID | None
    acknowledged_at: datetime | None


async def search(
    tx: Transaction,
    *,
    statuses: Collection[Status] = (),
    severities: Collection[Severity] = (),
    created_from: date | None = None,
    created_to: date | None = None,
    before_number: int | None = None,
    limit: int = 20,
) -> Sequence[Incident]:
    """Incidents, the newest first: those of these statuses, severities and days (spec section 9).

    Of no status or severity means of any. Days are inclusive, in UTC. `before_number` is the last
    number of the page before: what is declared meanwhile moves nothing.
    """
    which = statuses, severities, created_from, created_to, before_number, limit
    newest = await _place(tx, *which)
    if newest is None:
        return ()
    found = select(Incident).join(newest, newest.c.id == Incident.id)
    return (await tx.db.scalars(found.order_by(*_NEWEST_FIRST))).all()


async def glimpse(
    tx: Transaction,
    *,
    statuses: Collection[Status] = (),
    severities: Collection[Severity] = (),
    created_from: date | None = None,
    created_to: date | None = None,
    before_number: int | None = None,
    limit: int = 20,
) -> Sequence[Glimpse]:
    """What `search` would find, and of each only by what a list is sifted further."""
    which = statuses, severities, created_from, created_to, before_number, limit
    newest = await _place(tx, *which)
    if newest is None:
        return ()
    found = select(
        Incident.id, Incident.number, Incident.title, Incident.owner_id, Incident.acknowledged_at
    ).join(newest, newest.c.id == Incident.id)
    rows = await tx.db.execute(found.order_by(*_NEWEST_FIRST))
    return [Glimpse(*row) for row in rows]


async def _place(
    tx: Transaction,
    statuses: Collection[Status],
    severities: Collection[Severity],
    created_from: date | None,
    created_to: date | None,
    before_number: int | None,
    limit: int,
) -> Any:
    """The ids of a page; None where there is nothing so far back."""
    since, until = whole_days(created_from, created_to)
    wanted = [Incident.organization_id == tx.organization_id]
    if since:
        wanted.append(Incident.created_at >= since)
    if before_number is not None:
        at = await _instant_of(tx, before_number)
        if at is None:
            return None
        if until is None or at < until:  # one bound: with two an index begins at the wrong one
            until = None
            place = tuple_(Incident.created_at, Incident.number)
            wanted.append(place < tuple_(at, min(before_number, _NUMBER_MAX)))
    if until:
        wanted.append(Incident.created_at < until)
    return _newest(wanted, statuses, severities, limit)


async def _instant_of(tx: Transaction, number: int) -> datetime | None:
    """When the incident of this number was declared, or the last one before it."""
    if number < 1:
        return None
    return await tx.db.scalar(
        select(Incident.created_at)
        .where(
            Incident.organization_id == tx.organization_id,
            Incident.number <= min(number, _NUMBER_MAX),
        )
        .order_by(Incident.number.desc())
        .limit(1)
    )


def _newest(
    wanted: Sequence[ColumnElement[bool]],
    statuses: Collection[Status],
    severities: Collection[Severity],
    limit: int,
) -> Any:
    """The ids of a page. Each kind is read from its own place in an index, and only so far."""
    if not statuses and not severities:
        return _page(select(*_ORDER).where(*wanted), limit).subquery()
    kinds = product(sorted(set(statuses or Status)), sorted(set(severities or Severity)))
    pages = [
        _page(
            select(*_ORDER).where(
                *wanted, Incident.status == status, Incident.severity == severity
            ),
            limit,
        ).subquery()
        for status, severity in kinds
    ]
    every = union_all(*(select(page) for page in pages)).subquery()
    last_first = every.c.created_at.desc(), every.c.number.desc()
    return select(every.c.id).order_by(*last_first).limit(limit).subquery()


_ORDER = Incident.id, Incident.created_at, Incident.number
_NEWEST_FIRST = Incident.created_at.desc(), Incident.number.desc()


def _page(found: Select[UUID, datetime, int], limit: int) -> Select[UUID, datetime, int]:
    return found.order_by(*_NEWEST_FIRST).limit(limit)
