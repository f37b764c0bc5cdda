"""PURE. One rotation layer: who takes their turn at an instant, and from when until when (spec 5).

Participant 0 is on call from `effective_from`. Shift *k* starts on that instant's local date plus
*k* lengths, at the handoff time local; the order wraps, and is never renumbered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from core.instants import BEGINNING, END, first_instant, refuse_unless_utc


@dataclass(frozen=True)
class Participant:
    """A place in a rotation's order; from `removed_at` on the next who is a member stands in."""

    member_id: UUID
    removed_at: datetime | None = None

    def __post_init__(self) -> None:
        refuse_unless_utc(self.removed_at)

    def member_at(self, at: datetime) -> bool:
        """Whether they were not yet removed at this instant."""
        return self.removed_at is None or at < self.removed_at


@dataclass(frozen=True)
class RotationLayer:
    """People who take turns of `length_days` from `effective_from`, each from `handoff` local time.

    Raises ValueError for an instant that is not UTC, a length under one day, or a handoff time
    that is not a plain HH:MM (spec section 5).
    """

    id: UUID
    name: str
    position: int
    length_days: int
    handoff: time
    effective_from: datetime
    effective_until: datetime | None
    participants: tuple[Participant, ...]

    def __post_init__(self) -> None:
        refuse_unless_utc(self.effective_from, self.effective_until)
        if self.length_days < 1:
            raise ValueError(f"A shift lasts one day or more, not {self.length_days}.")
        if self.handoff != time(self.handoff.hour, self.handoff.minute):
            raise ValueError(f"A handoff time is HH:MM local, not {self.handoff}.")


class Turn(NamedTuple):
    """A span of a layer in which one person, or nobody, is on call; the whole of it is one shift's.

    Nobody before the layer begins, after it ends, and once no participant is a member any more.
    """

    member_id: UUID | None
    start: datetime
    end: datetime


def turn_at(layer: RotationLayer, zone: ZoneInfo, at: datetime) -> Turn:
    """The turn that includes this UTC instant."""
    return Turn(*next(turns(layer, zone, at)))


def shift_number(layer: RotationLayer, zone: ZoneInfo, at: datetime) -> int:
    """Which shift of the layer is running at this UTC instant; its first is 1."""
    number, _, _ = next(_shifts(layer, zone, max(at, layer.effective_from)))
    return number + 1


def turns(
    layer: RotationLayer, zone: ZoneInfo, at: datetime
) -> Iterator[tuple[UUID | None, datetime, datetime]]:
    """The turn that includes this UTC instant and all that follow: they tile time until END.

    Plain tuples in the order of a Turn: years of them are listed at once.
    """
    until = max(layer.effective_until or END, layer.effective_from)
    if at < layer.effective_from:
        yield None, BEGINNING, layer.effective_from
        at = layer.effective_from
    if at < until:
        order = layer.participants
        for number, start, stop in _shifts(layer, zone, at):
            if start >= until:
                break
            end = stop if stop < until else until
            place = number % (len(order) or 1)
            if order and order[place].removed_at is None:
                yield order[place].member_id, start, end
            else:
                yield from _stand_ins(order[place:] + order[:place], start, end, max(start, at))
    yield None, until, END


def _stand_ins(
    order: tuple[Participant, ...], start: datetime, end: datetime, at: datetime
) -> Iterator[tuple[UUID | None, datetime, datetime]]:
    """One shift's turns from an instant on, where its person may have been removed."""
    since = start
    for person in order:
        if person.member_at(at):
            stop = min(end, person.removed_at or END)
            yield person.member_id, since, stop
            at = stop
            if at >= end:
                return
        since = max(since, person.removed_at or since)
    yield None, since, end


def _shifts(
    layer: RotationLayer, zone: ZoneInfo, at: datetime
) -> Iterator[tuple[int, datetime, datetime]]:
    """Number, start and end of the shift that is running and of all that follow, in order.

    No zone is two days from UTC, so the running one is not far from where the dates would have it.
    """
    first_day = _first_day(layer, zone)
    number = ((at.date() - layer.effective_from.date()).days + 2) // layer.length_days
    start = _shift_start(layer, zone, first_day, number)
    while start > at:
        number -= 1
        start = _shift_start(layer, zone, first_day, number)
    while start < END:
        end = _shift_start(layer, zone, first_day, number + 1)
        if end > start and end > at:  # where clocks skip a whole day, a shift may be nothing
            yield number, start, end
        number, start = number + 1, end


def _shift_start(layer: RotationLayer, zone: ZoneInfo, first_day: date, number: int) -> datetime:
    """Never before `effective_from`, and END beyond the calendar.

    Where clocks skip a whole day its shift starts with the next one's, or lasts until then.
    """
    if number == 0:
        return layer.effective_from
    try:
        day = first_day + timedelta(number * layer.length_days)
        start = first_instant(day, layer.handoff, zone)
    except OverflowError:
        return END
    return start if start > layer.effective_from else layer.effective_from


def _first_day(layer: RotationLayer, zone: ZoneInfo) -> date:
    try:
        return layer.effective_from.astimezone(zone).date()
    except OverflowError:  # at the calendar's first or last day
        return layer.effective_from.date()
