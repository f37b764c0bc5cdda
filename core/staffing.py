"""PURE. Who is on call over a stretch of time, and when something holds of it: for coverage.

Reckoned span by span from `coverage`'s tracks, so that it agrees with every other answer.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.coverage import Schedule, tracks


class Staffed(NamedTuple):
    """A span in which the same people are on call, the owner among them if there is one."""

    start: datetime
    end: datetime
    owner: UUID | None
    people: frozenset[UUID]


class Stretch(NamedTuple):
    """A span, as long as it can be."""

    start: datetime
    end: datetime


Line = Sequence[Staffed]
"""Spans that tile a window in order."""


def staffing(schedule: Schedule, start: datetime, end: datetime) -> Line:
    """Who is on call in a window that is not empty: everyone who is paged, and the owner."""
    walks = tracks(schedule, start)
    spans = [next(walk) for walk in walks]
    found: list[Staffed] = []
    while start < end:
        stop = min(end, *(span.end for span in spans))
        people = frozenset(span.member_id for span in spans if span.member_id is not None)
        owner = spans[0].member_id
        if found and (found[-1].owner, found[-1].people) == (owner, people):
            start = found.pop().start
        found.append(Staffed(start, stop, owner, people))
        start = stop
        spans = [
            span if span.end > start else next(walk)
            for span, walk in zip(spans, walks, strict=True)
        ]
    return found


class Unowned(NamedTuple):
    """A span in which nobody owns a schedule's incidents; others may be paged all the same."""

    start_at: datetime
    end_at: datetime
    pages_others: bool


def unowned(schedule: Schedule, start: datetime, end: datetime) -> tuple[Unowned, ...]:
    """The gaps of a window, cut where somebody begins or ceases to be paged; none if it is empty.

    Instants are UTC. Together they are `oncall.gaps` (spec section 5).
    """
    if end <= start:
        return ()
    line = staffing(schedule, start, end)
    found = [
        *(Unowned(*one, pages_others=False) for one in stretches(with_nobody, line)),
        *(Unowned(*one, pages_others=True) for one in stretches(with_others_alone, line)),
    ]
    return tuple(sorted(found))


def with_nobody(span: Staffed) -> bool:
    """Nobody is on call at all."""
    return span.owner is None and not span.people


def with_others_alone(span: Staffed) -> bool:
    """Nobody owns what is declared, and somebody is paged."""
    return span.owner is None and bool(span.people)


def constant(people: Collection[UUID], start: datetime, end: datetime) -> Line:
    """The same people for the whole of a window."""
    return [Staffed(start, end, None, frozenset(people))]


def stretches(holds: Callable[..., bool], *lines: Line) -> list[Stretch]:
    """Where something holds of what these lines say at the same time. They share one window."""
    places = [0] * len(lines)
    found: list[Stretch] = []
    while places[0] < len(lines[0]):
        spans = [line[place] for line, place in zip(lines, places, strict=True)]
        start, end = max(span.start for span in spans), min(span.end for span in spans)
        if holds(*spans):
            goes_on = bool(found) and found[-1].end == start
            found.append(Stretch(found.pop().start if goes_on else start, end))
        places = [place + (span.end == end) for place, span in zip(places, spans, strict=True)]
    return found
