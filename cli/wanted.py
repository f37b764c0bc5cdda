"""PURE. What a blueprint asks for, as values; each that can be refused later knows its line."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from storage.vocabulary import RotationType


@dataclass(frozen=True)
class Word:
    """A name or an e-mail address, and the line it is on."""

    text: str
    line: int


@dataclass(frozen=True)
class RotationBlueprint:
    """A rotation layer. What is None was not said, and keeps its stored value."""

    name: str
    rotation_type: RotationType
    length_days: int
    handoff_time: time
    effective_from: datetime | None
    effective_until: datetime | Literal["never"] | None
    people: tuple[Word, ...]
    line: int


@dataclass(frozen=True)
class OverrideBlueprint:
    """Somebody who stands in for a while."""

    person: Word
    start_at: datetime
    end_at: datetime
    line: int


@dataclass(frozen=True)
class ScheduleBlueprint:
    """A schedule with the whole of its rotation, first layer first.

    `overrides` are all that have not ended; None were not spoken of, and stay as they are.
    """

    name: str
    timezone: str
    description: str | None
    rotation: tuple[RotationBlueprint, ...]
    overrides: tuple[OverrideBlueprint, ...] | None
    line: int


@dataclass(frozen=True)
class EscalationLayerBlueprint:
    """A layer that pages a schedule, or people by name."""

    schedule: Word | None
    people: tuple[Word, ...]
    timeout_minutes: int
    line: int


@dataclass(frozen=True)
class PolicyBlueprint:
    """An escalation policy with all of its layers, in the order in which they page."""

    name: str
    description: str | None
    layers: tuple[EscalationLayerBlueprint, ...]
    line: int


@dataclass(frozen=True)
class LastResortBlueprint:
    """Who is paged when nobody else is left: a schedule, or people by name."""

    schedule: Word | None
    people: tuple[Word, ...]


@dataclass(frozen=True)
class ComponentBlueprint:
    """A component. What is None was not said, and keeps its stored value; empty takes it away.

    An admin's word on how a component is has no place here: it is an act of the moment, and a file
    that is applied next week must not say it again.
    """

    name: str
    group: str | None
    description: str | None
    line: int


@dataclass(frozen=True)
class PageBlueprint:
    """A status page; what is None was not said, and keeps its stored value.

    `components` are all that it shows, in their order.
    """

    slug: str
    title: str
    components: tuple[Word, ...] | None
    published: bool | None
    line: int


@dataclass(frozen=True)
class Blueprint:
    """One file. What it does not name is none of its business."""

    name: str
    alerts_channel: Word | None
    admins: tuple[Word, ...]
    last_resort: LastResortBlueprint | None
    schedules: tuple[ScheduleBlueprint, ...]
    policies: tuple[PolicyBlueprint, ...]
    components: tuple[ComponentBlueprint, ...] = ()
    pages: tuple[PageBlueprint, ...] = ()

    @property
    def people(self) -> list[Word]:
        """Everybody whom the file names, wherever it does."""
        rotations = [layer.people for schedule in self.schedules for layer in schedule.rotation]
        chains = [layer.people for policy in self.policies for layer in policy.layers]
        last = self.last_resort.people if self.last_resort else ()
        covering = [one.person for each in self.schedules for one in each.overrides or ()]
        every = (self.admins, *rotations, *chains, last, covering)
        return [word for words in every for word in words]

    @property
    def emails(self) -> list[str]:
        """The same, each person once, in the order in which the file names them."""
        return list(dict.fromkeys(word.text for word in self.people))
