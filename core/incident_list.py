"""Incidents as people look through them: by words of the title, by whose they are and whether
anybody took them, besides all that `incident_search` knows. However many there are, a page looks at
a bounded number of them, and says from where to go on.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import incident_search
from core.incident_search import Glimpse
from core.transaction import Transaction
from storage.models import Incident
from storage.vocabulary import Severity, Status

LOOKED_AT_MAX = 5_000
"""So many incidents are looked at for one page of what no index tells."""

_STRIDE = 500
_WORDS_MAX = 10


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Everything that is said must hold; what is empty says nothing."""

    words: str = ""
    """Words or parts of words of the title, in any case and order; a number finds its incident."""
    statuses: Collection[Status] = ()
    severities: Collection[Severity] = ()
    owner_id: UUID | None = None
    is_unacknowledged: bool = False
    """Only what nobody has taken since it was declared or last handed off."""
    created_from: date | None = None
    created_to: date | None = None
    """Days in UTC, inclusive."""
    _parts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        parts = tuple(_folded(self.words).split()[:_WORDS_MAX])
        object.__setattr__(self, "_parts", parts)

    @property
    def is_told_by_an_index(self) -> bool:
        """PURE. Whether `incident_search` alone can find it."""
        return not (self._parts or self.owner_id or self.is_unacknowledged)

    def is_met_by(self, one: Glimpse) -> bool:
        """PURE. Whether an incident is looked for, as far as no index tells."""
        if self.owner_id and one.owner_id != self.owner_id:
            return False
        if self.is_unacknowledged and one.acknowledged_at:
            return False
        title = _folded(one.title) if self._parts else ""
        return all(part in title or part.removeprefix("#") == str(one.number)
                   for part in self._parts)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A page of what was looked for, the newest first."""

    incidents: tuple[Incident, ...]
    before_number: int | None
    """From where to go on; None where there is nothing further back."""
    is_unfinished: bool = False
    """Whether there may be more on this page: as many were looked at as may be."""


async def look(
    tx: Transaction,
    wanted: Wanted,
    *,
    before_number: int | None = None,
    limit: int = 20,
    looked_at: int = LOOKED_AT_MAX,
) -> Listed:
    """A page of the organization's incidents, at most `limit` of them.

    What no index tells is looked for among the next `looked_at`. `before_number` is that of the
    page before: what is declared meanwhile moves nothing.
    """
    which: dict[str, Any] = {
        "statuses": wanted.statuses,
        "severities": wanted.severities,
        "created_from": wanted.created_from,
        "created_to": wanted.created_to,
    }
    if wanted.is_told_by_an_index:
        before = before_number
        found = await incident_search.search(tx, **which, before_number=before, limit=limit + 1)
        more = len(found) > limit
        return Listed(tuple(found[:limit]), found[limit - 1].number if more else None)
    met: list[Glimpse] = []
    stride = min(_STRIDE, looked_at)
    for _ in range(looked_at // stride):
        seen = await incident_search.glimpse(tx, **which, before_number=before_number, limit=stride)
        met += (one for one in seen if wanted.is_met_by(one))
        if len(met) > limit:
            page = met[:limit]
            return Listed(await _whole(tx, page), page[-1].number)
        if len(seen) < stride:
            return Listed(await _whole(tx, met), None)
        before_number = seen[-1].number
    return Listed(await _whole(tx, met), before_number, is_unfinished=True)


async def _whole(tx: Transaction, page: Iterable[Glimpse]) -> tuple[Incident, ...]:
    ids = [one.id for one in page]
    if not ids:
        return ()
    found = {one.id: one for one in await tx.db.scalars(select(Incident).where(
        Incident.id.in_(ids), Incident.organization_id == tx.organization_id
    ))}  # fmt: skip
    return tuple(found[id] for id in ids)


def _folded(text: str) -> str:
    """Text as it is compared: `STRASSE` and `Straße` are one, however an accent is written."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
