"""PURE. A schedule: its rotation layers, and overrides cut into the one at position 0 (spec 5)."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from core.instants import BEGINNING, END, refuse_unless_utc
from core.rotation import Participant, RotationLayer, turns


@dataclass(frozen=True)
class Override:
    """A member who stands in for the position-0 layer.

    Raises ValueError for an instant that is not UTC, or an end that is not after the start.
    """

    id: UUID
    member: Participant
    start_at: datetime
    end_at: datetime

    def __post_init__(self) -> None:
        refuse_unless_utc(self.start_at, self.end_at)
        if self.end_at <= self.start_at:
            raise ValueError("An override ends after it starts.")

    @property
    def counts_until(self) -> datetime:
        """Its end, or the instant at which its member was removed, if that came first."""
        return min(self.end_at, self.member.removed_at or END)


@dataclass(frozen=True)
class Schedule:
    """Rotation layers and overrides in one time zone, in any order.

    Two overrides that overlap are refused where they are stored. Should two do so all the same,
    somebody is still paged: the one that starts later ends the other.
    """

    id: UUID
    name: str
    timezone: ZoneInfo
    layers: tuple[RotationLayer, ...]
    overrides: tuple[Override, ...]

    @cached_property
    def _by_position(self) -> list[RotationLayer]:
        return sorted(self.layers, key=lambda layer: layer.position)

    @cached_property
    def first_layer(self) -> RotationLayer | None:
        """The layer whose person is the owner, and for which overrides stand in."""
        return next((layer for layer in self._by_position if layer.position == 0), None)

    @cached_property
    def _counting(self) -> list[Override]:
        counting = [one for one in self.overrides if one.start_at < one.counts_until]
        return sorted(counting, key=lambda one: one.start_at)

    @cached_property
    def _starts(self) -> list[datetime]:
        return [one.start_at for one in self._counting]

    def overrides_around(self, at: datetime) -> tuple[Override | None, Override | None]:
        """The last override to start by this instant, and the first to start after it."""
        after = bisect_right(self._starts, at)
        behind = self._counting[after - 1] if after else None
        return behind, self._counting[after] if after < len(self._counting) else None


class Span(NamedTuple):
    """A span in which one person, or nobody, is on call for one reason."""

    member_id: UUID | None
    layer: RotationLayer | None
    override: Override | None
    start: datetime
    end: datetime


def tracks(schedule: Schedule, at: datetime) -> list[Iterator[Span]]:
    """Ownership first, then the other layers by position: their spans from a UTC instant on.

    Each begins with the span that includes the instant, and tiles time until END.
    """
    zone = schedule.timezone
    others = (layer for layer in schedule._by_position if layer is not schedule.first_layer)
    return [owner_spans(schedule, at), *(_layer_spans(one, zone, at) for one in others)]


def owner_spans(schedule: Schedule, at: datetime) -> Iterator[Span]:
    """The span of ownership that includes this UTC instant and all that follow."""
    layer = schedule.first_layer
    regular = _layer_spans(layer, schedule.timezone, at)
    if not schedule._counting:
        yield from regular
        at = END
    else:
        span = next(regular)
    while at < END:
        behind, ahead = schedule.overrides_around(at)
        stop = ahead.start_at if ahead else END
        if behind and at < behind.counts_until:
            at = min(behind.counts_until, stop)
            yield Span(behind.member.member_id, layer, behind, behind.start_at, at)
            continue
        while span.end <= at:
            span = next(regular)
        resumed = behind.counts_until if behind else BEGINNING
        at = min(span.end, stop)
        yield Span(span.member_id, layer, None, max(span.start, resumed), at)
    yield Span(None, layer, None, END, END)


def _layer_spans(layer: RotationLayer | None, zone: ZoneInfo, at: datetime) -> Iterator[Span]:
    if layer is None:
        return iter((Span(None, None, None, BEGINNING, END),))
    return (
        Span(member_id, layer, None, start, end) for member_id, start, end in turns(layer, zone, at)
    )
