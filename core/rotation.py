"""PURE. One rotation layer: who takes their turn at an instant, and from when until when (spec 5).

Participant 0 is on call from `effective_from`. Shift *k* starts on that instant's local date plus
*k* lengths, at the handoff time local; the order wraps, and is never renumbered.
"""

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
    """The turn that includes this UTC instant. One after another, turns tile all of time."""
    until = layer.effective_until or END
    if at < layer.effective_from:
        return Turn(None, BEGINNING, layer.effective_from)
    if at >= until:
        return Turn(None, until, END)
    number, start, end = _running_shift(layer, zone, at)
    end = min(end, until)
    place = number % max(1, len(layer.participants))
    for person in layer.participants[place:] + layer.participants[:place]:
        if person.member_at(at):
            return Turn(person.member_id, start, min(end, person.removed_at or END))
        start = max(start, person.removed_at or start)
    return Turn(None, start, end)


def _running_shift(
    layer: RotationLayer, zone: ZoneInfo, at: datetime
) -> tuple[int, datetime, datetime]:
    """Number, start and end of the last shift to have started; no zone is two days from UTC."""
    days = (at.date() - layer.effective_from.date()).days + 2
    number = days // layer.length_days
    start, end = _shift_start(layer, zone, number), _shift_start(layer, zone, number + 1)
    while start > at:
        number -= 1
        start, end = _shift_start(layer, zone, number), start
    return number, start, end


def _shift_start(layer: RotationLayer, zone: ZoneInfo, number: int) -> datetime:
    """Never before `effective_from`, and END beyond the calendar.

    Where clocks skip a whole day its shift starts with the next one's, or lasts until then.
    """
    if number == 0:
        return layer.effective_from
    try:
        day = _first_day(layer, zone) + timedelta(days=number * layer.length_days)
        return max(layer.effective_from, first_instant(day, layer.handoff, zone))
    except OverflowError:
        return END


def _first_day(layer: RotationLayer, zone: ZoneInfo) -> date:
    try:
        return layer.effective_from.astimezone(zone).date()
    except OverflowError:  # at the calendar's first or last day
        return layer.effective_from.date()
