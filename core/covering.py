"""PURE. Standing in for somebody: what is asked for, and how a schedule will be with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core import oncall
from core.instants import as_utc

FORESEEN = UUID(int=0)
"""The id of an override that is only foreseen."""


@dataclass(frozen=True)
class OverrideDraft:
    """An override as somebody asks for it. Raises ValueError for a naive instant."""

    member_id: UUID
    start_at: datetime
    end_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start_at", as_utc(self.start_at))
        object.__setattr__(self, "end_at", as_utc(self.end_at))


def with_cover(schedule: oncall.Schedule, draft: OverrideDraft) -> oncall.Schedule:
    """PURE. A schedule as it will be once somebody covers: for a form that shows it beforehand."""
    mine = oncall.Override(
        FORESEEN, oncall.Participant(draft.member_id), draft.start_at, draft.end_at
    )
    kept = [
        replace(one, start_at=start, end_at=end)
        for one in schedule.overrides
        for start, end in rest_of(one.start_at, one.end_at, draft)
    ]
    return replace(schedule, overrides=(*kept, mine))


def from_now_on(draft: OverrideDraft, was: OverrideDraft, now: datetime) -> OverrideDraft:
    """PURE. A changed override as it can be: what has passed of it stays as it was."""
    if was.start_at <= now and draft.member_id == was.member_id:
        return replace(draft, start_at=was.start_at)
    return replace(draft, start_at=max(draft.start_at, now))


def rest_of(
    start: datetime, end: datetime, draft: OverrideDraft
) -> list[tuple[datetime, datetime]]:
    """PURE. What is left of a span once the draft's is cut out of it."""
    pieces = ((start, min(end, draft.start_at)), (max(start, draft.end_at), end))
    return [(begins, ends) for begins, ends in pieces if begins < ends]
