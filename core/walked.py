"""The steps of an escalation that nobody answered, read from what it wrote: trail and deliveries.

Frozen values for every surface; nothing here asks who is on call but `oncall`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from core import oncall
from core.instants import END
from core.layer_terms import say_shift
from core.people import Person
from core.rotation import shift_number
from core.targets import LayerSnapshot
from storage.models import AuditEvent, Delivery, Member
from storage.vocabulary import AuditType, Channel, DeliveryState


class Reason(StrEnum):
    """Why a layer's turn came, or the end: what had become of the one before it."""

    DECLARED = "declared"
    TIMEOUT = "timeout"
    UNDELIVERABLE = "undeliverable"
    UNSTAFFED = "unstaffed"


class Outcome(StrEnum):
    """How it ends: nobody answered, or nobody was there to be paged (spec section 9)."""

    EXHAUSTED = "exhausted"
    NOBODY_PAGED = "nobody_paged"


class Fate(StrEnum):
    """What becomes of a page, as far as it can be foreseen."""

    ARRIVES = "arrives"
    KEPT_TRYING = "kept_trying"
    FAILS = "fails"


@dataclass(frozen=True)
class Route:
    """A channel through which somebody is paged, and how far that gets."""

    channel: Channel
    fate: Fate


@dataclass(frozen=True)
class Because:
    """Why somebody is paged: named by the layer (`schedule` is None), or on call.

    `since` and `until` are the bounds of their shift, in UTC (None: it never ends); `timezone` is
    the schedule's. `shift` is the rotation's running one, such as `week 14`. While an override
    stands in, `instead_of` names whom it keeps off duty, if anybody.
    """

    schedule_id: UUID | None = None
    schedule: str | None = None
    timezone: str | None = None
    rotation_layer: str | None = None
    shift: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_override: bool = False
    instead_of: str | None = None


@dataclass(frozen=True)
class Paged:
    """A person who is paged, through what, and why they."""

    person: Person
    routes: tuple[Route, ...]
    because: Because


@dataclass(frozen=True)
class Step:
    """A layer's turn. Without `people` it is skipped; else it waits until `next_at`.

    `next_at` is when the next layer has its turn if nobody answers, or the policy ends: after
    `ack_timeout_minutes`, or at once where no page of the layer can be delivered.
    """

    at: datetime
    layer: int
    layers: int
    reason: Reason
    schedule_id: UUID | None
    schedule: str | None
    timezone: str | None
    people: tuple[Paged, ...]
    ack_timeout_minutes: int
    next_at: datetime


@dataclass(frozen=True)
class End:
    """Where an escalation ends, and who is paged then as the last resort (None: none is named)."""

    at: datetime
    reason: Reason
    outcome: Outcome
    last_resort: tuple[Paged, ...] | None


@dataclass(frozen=True)
class Written:
    """What an escalation wrote, and what is needed to understand it."""

    layers: Sequence[LayerSnapshot]
    events: Sequence[AuditEvent]
    pages: Sequence[Delivery]
    members: Mapping[UUID, Member]
    schedules: Mapping[UUID, oncall.Schedule]
    last_resort_schedule_id: UUID | None
    slack_down: bool


def read(written: Written) -> tuple[tuple[Step, ...], End]:
    """PURE. Every layer's turn in order, and the end (spec section 6)."""
    turns = [
        event
        for event in written.events
        if event.type in (AuditType.LAYER_PAGED, AuditType.LAYER_UNSTAFFED)
    ]
    (end,) = _of_type(written, AuditType.ESCALATION_EXHAUSTED)
    instants = [*(event.at for event in turns[1:]), end.at]
    steps: list[Step] = []
    for event, next_at in zip(turns, instants, strict=False):
        steps.append(_step(written, event, next_at, _reason(steps)))
    last = _of_type(written, AuditType.LAST_RESORT_PAGED)
    nobody = _of_type(written, AuditType.NOBODY_PAGED)
    outcome = Outcome.NOBODY_PAGED if nobody else Outcome.EXHAUSTED
    resort = _paged(written, last[0], None, written.last_resort_schedule_id) if last else None
    return tuple(steps), End(end.at, _reason(steps), outcome, resort)


def _of_type(written: Written, type: AuditType) -> list[AuditEvent]:
    return [event for event in written.events if event.type is type]


def _step(written: Written, event: AuditEvent, next_at: datetime, reason: Reason) -> Step:
    layer = written.layers[event.data["layer"] - 1]
    schedule = written.schedules.get(layer.schedule_id) if layer.schedule_id else None
    return Step(
        at=event.at,
        layer=layer.position,
        layers=len(written.layers),
        reason=reason,
        schedule_id=layer.schedule_id,
        schedule=layer.schedule_name,
        timezone=schedule.timezone.key if schedule else None,
        people=_paged(written, event, layer.position, layer.schedule_id),
        ack_timeout_minutes=layer.ack_timeout_minutes,
        next_at=next_at,
    )


def _reason(before: Sequence[Step]) -> Reason:
    """Why the next turn has come, from what became of the last one."""
    if not before:
        return Reason.DECLARED
    last = before[-1]
    if not last.people:
        return Reason.UNSTAFFED
    in_time = last.next_at - last.at < timedelta(minutes=last.ack_timeout_minutes)
    return Reason.UNDELIVERABLE if in_time else Reason.TIMEOUT


def _paged(
    written: Written, event: AuditEvent, layer: int | None, schedule_id: UUID | None
) -> tuple[Paged, ...]:
    named: Iterable[dict[str, Any]] = event.data.get("targets", ())
    ids = [UUID(one["id"]) for one in named]
    schedule = written.schedules.get(schedule_id) if schedule_id else None
    duties = oncall.resolve(schedule, event.at).targets if schedule else ()
    by_member = {duty.member_id: duty for duty in duties}
    return tuple(
        Paged(
            Person.of(written.members[id]),
            tuple(
                Route(page.channel, _fate(page, slack_down=written.slack_down))
                for page in written.pages
                if page.member_id == id and page.layer == layer
            ),
            _because(written, schedule, by_member[id], event.at) if schedule else Because(),
        )
        for id in ids
    )


def _because(
    written: Written, schedule: oncall.Schedule, duty: oncall.Duty, at: datetime
) -> Because:
    replaced = written.members.get(duty.instead_of) if duty.instead_of else None
    return Because(
        schedule_id=schedule.id,
        schedule=schedule.name,
        timezone=schedule.timezone.key,
        rotation_layer=duty.layer.name if duty.layer else None,
        shift=_shift(duty.layer, schedule, at) if duty.layer else None,
        since=duty.since,
        until=duty.until if duty.until < END else None,
        is_override=duty.override is not None,
        instead_of=replaced.name if replaced else None,
    )


def _shift(layer: oncall.RotationLayer, schedule: oncall.Schedule, at: datetime) -> str:
    return say_shift(layer.length_days, shift_number(layer, schedule.timezone, at))


def _fate(page: Delivery, *, slack_down: bool) -> Fate:
    if page.state is DeliveryState.FAILED:
        return Fate.FAILS
    waits = slack_down and page.channel is Channel.SLACK_DM
    return Fate.KEPT_TRYING if waits else Fate.ARRIVES
