"""PURE. Who is on call at an instant, why and until when: one answer for every surface (spec 5).

Instants are UTC, spans include their start and not their end. Nothing here reads a clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from math import lcm
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from core.coverage import Override, Schedule, Span, owner_spans, tracks
from core.instants import END, as_utc
from core.rotation import Participant, RotationLayer, turn_at

__all__ = [
    "Duty",
    "Gap",
    "Override",
    "Participant",
    "Resolution",
    "RotationLayer",
    "Schedule",
    "Shift",
    "gaps",
    "resolve",
    "shifts",
]

HANDOFFS_LOOKED_AHEAD = 2_000
_START_AND_POSITION = itemgetter(4, 2)


@dataclass(frozen=True)
class Duty:
    """One person on call, and why: the shift that is running, of a layer or of an override.

    `since` and `until` are that shift's bounds as `shifts` lists them, so `until` is the next
    handoff even where the same person follows. `layer` is None only for an override on a schedule
    without a position-0 layer; `instead_of` is whom an override keeps off duty, if anybody else.
    """

    member_id: UUID
    layer: RotationLayer | None
    override: Override | None
    since: datetime
    until: datetime
    instead_of: UUID | None


@dataclass(frozen=True)
class Resolution:
    """Who is on call at `at`: the owner, everyone who is paged, and when one of these changes."""

    at: datetime
    owner: Duty | None
    targets: tuple[Duty, ...]
    until: datetime | None


class Shift(NamedTuple):
    """A span in which one person is on call for one layer, or for an override (position 0)."""

    member_id: UUID
    layer_id: UUID | None
    position: int
    override_id: UUID | None
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True)
class Gap:
    """A span in which the schedule has no owner."""

    start_at: datetime
    end_at: datetime


def resolve(schedule: Schedule, at: datetime) -> Resolution:
    """The owner and the paging targets at an instant (spec section 5).

    The owner comes first among the targets, then the other layers' people by position, nobody
    twice. `until` is the next instant at which other people are on call, None if that never comes:
    a handoff to the same person, or another reason for the same person, is no change.
    Raises ValueError for a naive instant.
    """
    at = as_utc(at)
    spans = [next(spans) for spans in tracks(schedule, at)]
    duties: dict[UUID, Duty] = {}
    for span in spans:
        if span.member_id is not None and span.member_id not in duties:
            duties[span.member_id] = _duty(schedule, span, span.member_id, at)
    owner = None if spans[0].member_id is None else duties[spans[0].member_id]
    return Resolution(at, owner, tuple(duties.values()), _next_change(schedule, at))


def shifts(schedule: Schedule, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Every shift in a window as it will really be, clipped to it, by start and then position.

    Overrides are cut into the position-0 layer, removed members out of their shifts. A window
    that does not end after it starts holds none. Raises ValueError for a naive instant.
    """
    start, end = as_utc(start), as_utc(end)
    if end <= start:
        return ()
    found: list[Shift] = []
    for spans in tracks(schedule, start):
        for member_id, layer, override, since, until in spans:
            if since >= end:
                break
            if member_id is not None:
                found.append(
                    Shift(
                        member_id,
                        layer.id if layer else None,
                        layer.position if layer else 0,
                        override.id if override else None,
                        since if since > start else start,
                        until if until < end else end,
                    )
                )
    return tuple(sorted(found, key=_START_AND_POSITION))


def gaps(schedule: Schedule, start: datetime, end: datetime) -> tuple[Gap, ...]:
    """The spans of a window in which the schedule has no owner, each as long as it can be.

    Whoever other layers page is no owner (spec section 5). Raises ValueError for a naive instant.
    """
    start, end = as_utc(start), as_utc(end)
    if end <= start:
        return ()
    found: list[Gap] = []
    for span in takewhile(lambda span: span.start < end, owner_spans(schedule, start)):
        if span.member_id is None:
            goes_on = bool(found) and found[-1].end_at == span.start
            since = found.pop().start_at if goes_on else max(span.start, start)
            found.append(Gap(since, min(span.end, end)))
    return tuple(found)


def _duty(schedule: Schedule, span: Span, member_id: UUID, at: datetime) -> Duty:
    instead_of = None
    if span.override and span.layer:
        instead_of = turn_at(span.layer, schedule.timezone, at).member_id
    if instead_of == member_id:
        instead_of = None
    return Duty(member_id, span.layer, span.override, span.start, span.end, instead_of)


def _next_change(schedule: Schedule, at: datetime) -> datetime | None:
    """Between two events only handoffs matter, and after two whole cycles they only repeat.

    (Two, since a skipped hour can hide a handoff in one.) Layers that mask one another for ever
    could have a cycle of centuries: then HANDOFFS_LOOKED_AHEAD have to do.
    """
    people = _people(schedule, at)
    while at < END:
        event = _next_event(schedule, at)
        rotating = _rotating(schedule, at)
        horizon = min(event, _two_cycles_after(at, rotating))
        for _ in range(HANDOFFS_LOOKED_AHEAD):
            ends = (turn_at(layer, schedule.timezone, at).end for layer in rotating)
            at = min(ends, default=END)
            if at >= horizon:
                break
            if _people(schedule, at) != people:
                return at
        at = event
        if at < END and _people(schedule, at) != people:
            return at
    return None


def _people(schedule: Schedule, at: datetime) -> tuple[UUID | None, tuple[UUID, ...]]:
    members = [next(spans).member_id for spans in tracks(schedule, at)]
    return members[0], tuple(dict.fromkeys(one for one in members if one is not None))


def _next_event(schedule: Schedule, at: datetime) -> datetime:
    """The next instant after `at` at which something other than a handoff happens, or END."""
    behind, ahead = schedule.overrides_around(at)
    instants = [behind.counts_until if behind else END, ahead.start_at if ahead else END]
    for layer in schedule.layers:
        instants += [layer.effective_from, layer.effective_until or END]
        instants += [person.removed_at or END for person in layer.participants]
    return min((instant for instant in instants if instant > at), default=END)


def _rotating(schedule: Schedule, at: datetime) -> list[RotationLayer]:
    """The layers whose handoffs can change who is on call, until the next event."""
    behind, _ = schedule.overrides_around(at)
    overridden = schedule.first_layer if behind and at < behind.counts_until else None
    return [
        layer
        for layer in schedule.layers
        if layer is not overridden
        and layer.effective_from <= at < (layer.effective_until or END)
        and len({one.member_id for one in layer.participants if one.member_at(at)}) > 1
    ]


def _two_cycles_after(at: datetime, rotating: list[RotationLayer]) -> datetime:
    cycle = lcm(*(layer.length_days * len(layer.participants) for layer in rotating))
    try:
        return at + timedelta(days=2 * cycle + 2)
    except OverflowError:
        return END
