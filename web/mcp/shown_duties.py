"""Schedules, who is on call, and who would be paged, as JSON."""

from uuid import UUID

from core.walked import Fate, Outcome, Reason
from storage.vocabulary import Channel
from web.api.schemas.base import Instant
from web.mcp.marked import Foreign, NamedShown, Shown


class ScheduleShown(Shown):
    """An on-call schedule."""

    id: UUID
    name: Foreign
    description: Foreign | None
    timezone: str


class SchedulesShown(Shown):
    """Every on-call schedule, by name."""

    schedules: list[ScheduleShown]


class DutyShown(Shown):
    """Who is on call. The owner is whose an incident becomes; the targets are who is paged."""

    schedule: NamedShown
    timezone: str
    owner: NamedShown | None
    paging_targets: list[NamedShown]
    until: Instant | None


class DutiesShown(Shown):
    """Who is on call at an instant, schedule by schedule."""

    at: Instant
    on_call: list[DutyShown]


class RouteShown(Shown):
    """Through what somebody is paged, and what becomes of it as far as it can be foreseen."""

    channel: Channel
    fate: Fate


class TargetShown(Shown):
    """Somebody who would be paged. `schedule` is what they are on call for, if it is that."""

    id: UUID
    name: Foreign
    schedule: Foreign | None
    is_override: bool
    routes: list[RouteShown]


class StepShown(Shown):
    """A layer's turn. Without people it is skipped."""

    at: Instant
    layer: int
    layers: int
    reason: Reason
    people: list[TargetShown]
    next_at: Instant


class SimulationShown(Shown):
    """Who would be paged and when, if nobody answered. `last_resort` is null if none is named."""

    policy: NamedShown
    at: Instant
    steps: list[StepShown]
    ends_at: Instant
    outcome: Outcome
    last_resort: list[TargetShown] | None
