"""Whom an escalation layer pages at an instant, and why each of them: asked by the escalation,
by what a card says comes next, and by the line in the declare modal. Answered here alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from core import oncall, people, schedules
from core.people import Person
from core.transaction import Transaction
from storage.models import EscalationPolicy, Member, Schedule


@dataclass(frozen=True)
class LayerSnapshot:
    """An escalation layer as it was when the escalation began (spec section 6.1)."""

    position: int
    ack_timeout_minutes: int
    schedule_id: UUID | None
    schedule_name: str | None
    member_ids: tuple[UUID, ...]

    @property
    def timeout(self) -> timedelta:
        """How long the layer has to acknowledge."""
        return timedelta(minutes=self.ack_timeout_minutes)


@dataclass(frozen=True)
class Why:
    """Why somebody is paged: enough to tell them in one sentence."""

    kind: Literal["schedule", "users", "owner", "handoff", "last_resort"]
    schedule: str | None = None
    rotation_layer: str | None = None
    until: datetime | None = None
    by_override: bool = False
    overriding: str | None = None
    """Who would have been on call, had there been no override."""
    by: str | None = None
    """Who handed the incident off."""


@dataclass(frozen=True)
class Target:
    """A person to page, and why."""

    person: Person
    why: Why


_SNAPSHOTS = TypeAdapter(list[LayerSnapshot])


def snapshot(policy: EscalationPolicy) -> list[LayerSnapshot]:
    """A policy's layers as values, to be kept with the incident."""
    return [
        LayerSnapshot(
            position=layer.position,
            ack_timeout_minutes=layer.ack_timeout_minutes,
            schedule_id=layer.schedule_id,
            schedule_name=layer.schedule.name if layer.schedule else None,
            member_ids=tuple(one.member_id for one in layer.members),
        )
        for layer in policy.layers
    ]


def dump(layers: Sequence[LayerSnapshot]) -> list[dict[str, object]]:
    """Layers as the JSON that the incident's row keeps."""
    return _SNAPSHOTS.dump_python(list(layers), mode="json")  # type: ignore[no-any-return]  # JSON


def parse(layers: list[dict[str, object]]) -> list[LayerSnapshot]:
    """Layers from the JSON that the incident's row keeps."""
    return _SNAPSHOTS.validate_python(layers)


class Resolver:
    """Answers for many layers at one instant, having read each schedule and member once."""

    def __init__(self, schedules: dict[UUID, oncall.Schedule], members: dict[UUID, Member]) -> None:
        self._schedules = schedules
        self._members = members

    @classmethod
    async def for_layers(
        cls, tx: Transaction, layers: Iterable[LayerSnapshot], *, at: datetime | None = None
    ) -> "Resolver":
        """Read what these layers need, in three statements for any number of them.

        Good from the transaction's instant on, and for an earlier `at`.
        """
        layers = list(layers)
        loaded = await schedules.load(
            tx,
            {one.schedule_id for one in layers if one.schedule_id},
            overrides_from=at if at and at < tx.now else None,
        )
        named = [member_id for one in layers for member_id in one.member_ids]
        rostered = [
            participant.member_id
            for schedule in loaded.values()
            for participant in (
                *(p for layer in schedule.layers for p in layer.participants),
                *(override.member for override in schedule.overrides),
            )
        ]
        return cls(loaded, await people.by_id(tx, [*named, *rostered]))

    def until(self, schedule_id: UUID, at: datetime) -> datetime | None:
        """When other people are on call than at this instant; None if that never comes."""
        schedule = self._schedules.get(schedule_id)
        return oncall.resolve(schedule, at).until if schedule else None

    def targets(self, layer: LayerSnapshot, at: datetime) -> tuple[Target, ...]:
        """Whom the layer pages at this instant, each once; nobody if it is unstaffed."""
        if layer.schedule_id is None:
            return tuple(
                Target(Person.of(member), Why("users"))
                for member_id in dict.fromkeys(layer.member_ids)
                if (member := self._members.get(member_id)) and not member.removed_at
            )
        schedule = self._schedules.get(layer.schedule_id)
        if schedule is None:
            return ()
        found = oncall.resolve(schedule, at).targets
        return tuple(
            Target(Person.of(self._members[duty.member_id]), self._why(schedule, duty))
            for duty in found
        )

    def owner(self, schedule_id: UUID, at: datetime) -> Target | None:
        """The schedule's owner at this instant."""
        schedule = self._schedules.get(schedule_id)
        duty = oncall.resolve(schedule, at).owner if schedule else None
        if schedule is None or duty is None:
            return None
        return Target(Person.of(self._members[duty.member_id]), self._why(schedule, duty))

    def _why(self, schedule: oncall.Schedule, duty: oncall.Duty) -> Why:
        replaced = self._members.get(duty.instead_of) if duty.instead_of else None
        return Why(
            "schedule",
            schedule=schedule.name,
            rotation_layer=duty.layer.name if duty.layer else None,
            until=duty.until,
            by_override=duty.override is not None,
            overriding=replaced.name if replaced else None,
        )


@dataclass(frozen=True)
class OnDuty:
    """Who is on call for a schedule at an instant and why, its owner first."""

    schedule_id: UUID
    schedule: str
    timezone: str
    people: tuple[Target, ...]
    until: datetime | None = None
    """When other people are on call, or anybody again; None if that never comes."""
    is_owned: bool = True
    """Whether the first of the people owns what is declared: not if the first layer is empty."""


async def on_duty(
    tx: Transaction, found: Sequence[Schedule], at: datetime | None = None
) -> list[OnDuty]:
    """Who is on call for these schedules, at the transaction's instant or another one."""
    layers = {one.id: LayerSnapshot(0, 1, one.id, None, ()) for one in found}
    resolver = await Resolver.for_layers(tx, layers.values(), at=at)
    return [
        OnDuty(
            one.id,
            one.name,
            one.timezone,
            resolver.targets(layers[one.id], at or tx.now),
            resolver.until(one.id, at or tx.now),
            resolver.owner(one.id, at or tx.now) is not None,
        )
        for one in found
    ]


async def schedule_owner(tx: Transaction, schedule_id: UUID) -> Target | None:
    """The schedule's owner at the transaction's instant, or None if nobody is on call."""
    layer = LayerSnapshot(0, 1, schedule_id, None, ())
    return (await Resolver.for_layers(tx, [layer])).owner(schedule_id, tx.now)
