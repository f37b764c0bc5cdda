"""PURE. A schedule: its rotation layers, and overrides cut into the one at position 0 (spec 5)."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from core.instants import BEGINNING, END, refuse_unless_utc
from core.rotation import Participant, RotationLayer, turn_at


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

    def overrides_around(self, at: datetime) -> tuple[Override | None, Override | None]:
        """The last override to start by this instant, and the first to start after it."""
        after = bisect_right(self._counting, at, key=lambda one: one.start_at)
        behind = self._counting[after - 1] if after else None
        return behind, self._counting[after] if after < len(self._counting) else None


class Span(NamedTuple):
    """A span in which one person, or nobody, is on call for one reason."""

    member_id: UUID | None
    layer: RotationLayer | None
    override: Override | None
    start: datetime
    end: datetime


def tracks(schedule: Schedule) -> list[Callable[[datetime], Span]]:
    """Ownership first, then the other layers by position; each tiles all of time with spans."""
    others = (layer for layer in schedule._by_position if layer is not schedule.first_layer)
    zone = schedule.timezone
    return [partial(owner_span, schedule), *(partial(_layer_span, one, zone) for one in others)]


def owner_span(schedule: Schedule, at: datetime) -> Span:
    """The span of ownership that includes this UTC instant."""
    layer = schedule.first_layer
    behind, ahead = schedule.overrides_around(at)
    stop = ahead.start_at if ahead else END
    if behind and at < behind.counts_until:
        end = min(behind.counts_until, stop)
        return Span(behind.member.member_id, layer, behind, behind.start_at, end)
    span = Span(None, None, None, BEGINNING, END)
    if layer:
        span = _layer_span(layer, schedule.timezone, at)
    resumed = behind.counts_until if behind else BEGINNING
    return span._replace(start=max(span.start, resumed), end=min(span.end, stop))


def _layer_span(layer: RotationLayer, zone: ZoneInfo, at: datetime) -> Span:
    turn = turn_at(layer, zone, at)
    return Span(turn.member_id, layer, None, turn.start, turn.end)
