"""What is going to happen, decided from the seed before anything does: a list, to be shrunk."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from core.last_resort import LastResortDraft

SLOWEST = 300.0
"""After so many seconds at most a sweep finds what nothing else has woken a replica for."""


class Verb(StrEnum):
    """What somebody does to an incident."""

    ACKNOWLEDGE = "acknowledge"
    HAND_OFF = "hand off"
    RESOLVE = "resolve"
    SAY = "say"
    SEVERITY = "severity"


class Fault(StrEnum):
    """What the world does with a call, other than what it was asked."""

    SLOW = "slow"
    REFUSED = "refused"
    HELD = "429"
    ERROR_BEFORE = "500 before acting"
    ERROR_AFTER = "500 after acting"
    LOST = "answer lost"
    IGNORED = "no answer, nothing done"
    LATE = "acts after the time-out"


class Point(StrEnum):
    """Where a process dies."""

    STATEMENT = "at a statement"
    COMMIT = "before a commit"
    COMMITTED = "after a commit, before its answer"
    CALLING = "as it calls"
    CALLED = "while it waits for an answer"
    ANSWERED = "after an answer"


@dataclass(frozen=True)
class Declare:
    """Somebody declares an incident."""

    at: float
    by: int
    replica: int
    severity: int
    policy: int | None
    schedule: int | None
    owner: int | None


@dataclass(frozen=True)
class Act:
    """Somebody does something, whatever has become of the incident meanwhile."""

    at: float
    by: int
    replica: int
    verb: Verb
    incident: int
    """Counted from 0, in the order in which they were declared."""
    to: int


@dataclass(frozen=True)
class CallFault:
    """The first call at or after this instant (a look-up, if `look_up`) does not go well."""

    at: float
    fault: Fault
    seconds: float
    look_up: bool


@dataclass(frozen=True)
class Outage:
    """For a while every call ends so."""

    at: float
    seconds: float
    fault: Fault


@dataclass(frozen=True)
class Unreachable:
    """From then on this person can't be reached by Slack: it says so, for good."""

    at: float
    member: int


@dataclass(frozen=True)
class Death:
    """A process dies at the `nth` such point from then on, and is away for a while."""

    at: float
    replica: int
    point: Point
    nth: int
    away: float


@dataclass(frozen=True)
class Freeze:
    """A process stands still for a while, and goes on as if nothing had been."""

    at: float
    replica: int
    seconds: float


@dataclass(frozen=True)
class Jump:
    """The machine's clock is set forward or back."""

    at: float
    seconds: float


@dataclass(frozen=True)
class DatabaseAway:
    """For a while the database refuses every statement."""

    at: float
    seconds: float


Event = Declare | Act | CallFault | Outage | Unreachable | Death | Freeze | Jump | DatabaseAway
FAULTS = (CallFault, Outage, Unreachable, Death, Freeze, Jump, DatabaseAway)


@dataclass(frozen=True)
class Plan:
    """One history before it happened. The same plan gives the same history, to the byte."""

    seed: int
    replicas: int
    mail: bool
    """Whether people are paged by mail as well."""
    alerts: bool
    """Whether there is an alerts channel."""
    last_resort: LastResortDraft | None
    """Who is paged when nobody else is, if anybody is named."""
    apart: tuple[float, ...] | None
    """How far the clock of each replica's machine is off, where they follow the database's.

    None: they are on one machine, and go by its clock.
    """
    events: tuple[Event, ...]

    @property
    def horizon(self) -> float:
        """When the last of it has happened, in seconds."""
        return max((end_of(one) for one in self.events), default=0.0)

    def without(self, event: Event) -> "Plan":
        """The same, but for one event."""
        return replace(self, events=tuple(one for one in self.events if one is not event))


def end_of(event: Event) -> float:
    """When an event is over."""
    away = event.away if isinstance(event, Death) else 0.0
    lasts = event.seconds if isinstance(event, (Outage, Freeze, DatabaseAway)) else 0.0
    return event.at + away + lasts


def describe(event: Event) -> str:
    """An event in one line."""
    values = (f"{one.name}={getattr(event, one.name)}" for one in fields(event)[1:])
    return f"{event.at:9.3f}  {type(event).__name__}: {', '.join(values)}"
