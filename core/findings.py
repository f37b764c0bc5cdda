"""What the coverage report finds, as frozen values; and what it looks at, read at one instant."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from core import oncall
from core.instants import spoken
from core.last_resort import LastResortDraft
from core.staffing import Line, Stretch, constant, staffing, stretches
from storage.models import EscalationLayer, EscalationPolicy, Member
from storage.vocabulary import Channel


class FindingKind(StrEnum):
    """What is wrong, in the order in which it is told."""

    GAP = "gap"
    LAYER_UNSTAFFED = "layer_unstaffed"
    LAST_RESORT_UNSTAFFED = "last_resort_unstaffed"
    POLICY_EMPTY = "policy_empty"
    NO_CHANNEL = "no_channel"
    LAYER_REPEATS = "layer_repeats"
    LAYER_TOO_LATE = "layer_too_late"
    REMOVED_MEMBER = "removed_member"
    REMOVED_OWNER = "removed_owner"
    SCHEDULE_WITHOUT_POLICY = "schedule_without_policy"
    POLICY_UNREACHED = "policy_unreached"


_SERIOUS = {
    FindingKind.GAP,
    FindingKind.LAYER_UNSTAFFED,
    FindingKind.LAST_RESORT_UNSTAFFED,
    FindingKind.POLICY_EMPTY,
    FindingKind.NO_CHANNEL,
}


@dataclass(frozen=True)
class Finding:
    """Something that will page nobody, the wrong people or too late, and what to do about it.

    The same finding has the same `key` until something about it changes. `start_at` is never in
    the past; it and `end_at` are None where it is not a matter of time, `end_at` also where it
    goes on beyond the days looked ahead. The ids say what to open in order to mend it.
    """

    kind: FindingKind
    key: str
    said: str
    to_do: str
    schedule_id: UUID | None = None
    policy_id: UUID | None = None
    member_id: UUID | None = None
    timezone: str | None = None
    """On whose clock `said` tells its times: the schedule's, where it tells any."""
    start_at: datetime | None = None
    end_at: datetime | None = None

    @property
    def is_serious(self) -> bool:
        """Whether nobody would be paged, or somebody can't be reached at all."""
        return self.kind in _SERIOUS

    @property
    def lacks_people(self) -> bool:
        """Whether it is a schedule that needs somebody, whatever policy suffers from it."""
        missing = self.kind in (FindingKind.GAP, FindingKind.LAYER_UNSTAFFED)
        return missing and self.schedule_id is not None

    @property
    def instants(self) -> tuple[datetime | None, datetime | None]:
        """From when until when, as far as `said` tells it on the schedule's clock."""
        return (self.start_at, self.end_at) if self.timezone else (None, None)


class Target(NamedTuple):
    """Whom a layer or a last resort pages: whoever is on call for a schedule, or members."""

    schedule_id: UUID | None
    member_ids: tuple[UUID, ...]

    @classmethod
    def of(cls, layer: EscalationLayer) -> "Target":
        """What an escalation layer pages."""
        return cls(layer.schedule_id, tuple(one.member_id for one in layer.members))


@dataclass(frozen=True)
class Looked:
    """What an organization has planned, from `since` (a while ago) over `now` to `until`."""

    since: datetime
    now: datetime
    until: datetime
    channels: tuple[Channel, ...]
    schedules: Sequence[oncall.Schedule]
    ahead: Mapping[UUID, Line]
    """Who will be on call, for each schedule: from now on."""
    policies: Sequence[EscalationPolicy]
    last_resort: LastResortDraft | None
    members: Mapping[UUID, Member]
    """Everybody who is named anywhere, those who were removed included."""
    owned_by_removed: Mapping[UUID, Sequence[int]]
    """The numbers of the open incidents that members own who were removed."""

    @cached_property
    def by_id(self) -> dict[UUID, oncall.Schedule]:
        """The schedules by id."""
        return {one.id: one for one in self.schedules}

    def line(self, target: Target) -> Line:
        """Whom a target pages, from now on."""
        return self._line(target, self.now, self.until)

    def stretches(self, holds: Callable[..., bool], *targets: Target) -> list[Stretch]:
        """Where something holds of these targets and is not over, from its very beginning on."""
        found = stretches(holds, *map(self.line, targets))
        if found and found[0].start == self.now and self.since < self.now:
            past = [self._line(one, self.since, self.now) for one in targets]
            before = stretches(holds, *past)
            if before and before[-1].end == self.now:
                found[0] = Stretch(before[-1].start, found[0].end)
        return found

    def _line(self, target: Target, start: datetime, end: datetime) -> Line:
        if target.schedule_id is None:
            there = [id for id in target.member_ids if not self.members[id].removed_at]
            return constant(there, start, end)
        if start == self.now:
            return self.ahead[target.schedule_id]
        return staffing(self.by_id[target.schedule_id], start, end)

    def bounds(self, one: Stretch) -> tuple[datetime, datetime | None]:
        """What is told of a stretch: from now on at the earliest, until its end if it is known."""
        return max(one.start, self.now), one.end if one.end < self.until else None

    def key(self, one: Stretch) -> str:
        """What names a stretch while nothing about it changes, however much of it has passed.

        One that began before `since`, or that ends after `until`, is named without that bound.
        """
        start = one.start.isoformat() if one.start > self.since else "before"
        return f"{start}:{one.end.isoformat() if one.end < self.until else 'open'}"

    def when(self, one: Stretch, zone: ZoneInfo) -> str:
        """From when until when, for people."""
        start, end = self.bounds(one)
        begins = "now" if start == self.now else f"from {spoken(start, zone)}"
        if end is None:
            days = (self.until - self.now).days
            return f"{begins}, for the rest of the next {days} days"
        return f"{begins} until {spoken(end, zone)}"
