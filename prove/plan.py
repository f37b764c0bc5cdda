"""What is going to happen, decided from the seed before anything does: a list, to be shrunk."""

import random
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from prove.stage import Stage

SLOWEST = 300.0
"""After so many seconds at most a sweep finds what nothing else has woken a replica for."""


STORMY = 0.12
"""How many of the histories have a storm in them."""


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


def make_plan(seed: int, stage: Stage, *, replicas: int | None = None) -> Plan:
    """A history's plan, drawn from its seed: incidents, people, and always faults."""
    chance = random.Random(f"plan {seed}")  # noqa: S311  (chance is to be repeated here)
    several = replicas or chance.choice((1, 1, 1, 1, 2, 2, 3))
    draw = _Draw(chance, stage, several)
    incidents = chance.choice((1, 1, 1, 1, 2, 3))
    declared = [draw.declare(first=number == 0) for number in range(incidents)]
    if incidents > 1 and chance.random() < 0.5:  # a burst
        declared = [replace(one, at=declared[0].at + 0.01 * n) for n, one in enumerate(declared)]
    if chance.random() < STORMY:  # the same people, again and again, faster than they are told
        incidents = chance.choice((4, 5, 7))
        gap = chance.choice((0.0, 0.05, 0.3))
        declared = [replace(declared[0], at=declared[0].at + gap * n) for n in range(incidents)]
        declared = [replace(one, severity=chance.randrange(4)) for one in declared]
    events: list[Event] = [*declared]
    events += [draw.act(incidents) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 5)))]
    events += draw.faults()
    if any(isinstance(one, Jump) and one.seconds < 0 for one in events):
        # A process that starts on a clock that was set back believes it: see docs/promise.md.
        events = [one for one in events if not isinstance(one, Death)]
    events.sort(key=lambda one: (one.at, repr(one)))
    mail, alerts = chance.random() < 0.25, chance.random() < 0.5
    return Plan(seed, several, mail, alerts, tuple(events))


@dataclass
class _Draw:
    chance: random.Random
    stage: Stage
    replicas: int

    def __post_init__(self) -> None:
        longest = max((policy.length for policy in self.stage.policies), default=600.0)
        self.span = min(longest * 1.3, 4 * 3600.0)
        self.moments: list[float] = []

    def any_time(self) -> float:
        return round(self.chance.uniform(0, self.span), 3)

    def soon_after(self) -> float:
        """Faults cluster where something happens: at a declaration, an act, or a due instant."""
        if self.moments and self.chance.random() < 0.75:
            moment = self.chance.choice(self.moments)
            return round(max(0.0, moment + self.chance.choice((0, 0.01, 0.3, 2, -0.05))), 3)
        return self.any_time()

    def replica(self) -> int:
        return self.chance.randrange(self.replicas)

    def member(self) -> int:
        return self.chance.randrange(len(self.stage.members))

    def declare(self, *, first: bool) -> Declare:
        chance, stage = self.chance, self.stage
        policy = chance.randrange(len(stage.policies)) if stage.policies else None
        schedule = chance.randrange(len(stage.schedules)) if stage.schedules else None
        shape = chance.random()
        given = (
            (policy, None, self.member()) if shape < 0.2
            else (None, schedule, None) if shape < 0.5 and schedule is not None
            else (policy, schedule, None) if shape < 0.9 and schedule is not None
            else (None, None, self.member())
        )  # fmt: skip
        at = 0.0 if first else self.any_time() / 2
        chosen = Declare(at, self.member(), self.replica(), chance.randrange(4), *given)
        self.moments.append(at)
        if given[0] is not None:
            due = at
            for layer in stage.policies[given[0]].layers:
                due += layer.timeout.total_seconds()
                self.moments.append(due)
        return chosen

    def act(self, incidents: int) -> Act:
        verb = self.chance.choices(tuple(Verb), weights=(6, 4, 3, 1, 1))[0]
        at = self.soon_after() if self.chance.random() < 0.6 else self.any_time()
        self.moments.append(at)
        incident = self.chance.randrange(incidents)
        return Act(at, self.member(), self.replica(), verb, incident, self.member())

    def faults(self) -> list[Event]:
        chance = self.chance
        found: list[Event] = []
        for _ in range(chance.choice((1, 1, 2, 3, 4))):
            found.append(self.call_fault())
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            found.append(self.death())
        if chance.random() < 0.12:
            fault = chance.choice((Fault.REFUSED, Fault.HELD, Fault.ERROR_BEFORE, Fault.IGNORED))
            found.append(Outage(self.soon_after(), round(chance.uniform(20, 150), 3), fault))
        if chance.random() < 0.15:
            found.append(Unreachable(0.0, self.member()))
        if chance.random() < 0.25:
            found.append(Jump(self.soon_after(), round(chance.uniform(-3600, 3600), 3)))
        if self.replicas > 1 and chance.random() < 0.3:
            seconds = round(chance.choice((2.0, 20.0, 50.0, 70.0, 150.0)), 3)
            found.append(Freeze(self.soon_after(), self.replica(), seconds))
        if chance.random() < 0.1:
            found.append(DatabaseAway(self.soon_after(), round(chance.uniform(1, 90), 3)))
        return found

    def call_fault(self) -> CallFault:
        fault = self.chance.choice(tuple(Fault))
        seconds = round(self.chance.choice((0.2, 1.0, 3.0, 6.0, 9.0)), 3)
        return CallFault(self.soon_after(), fault, seconds, self.chance.random() < 0.3)

    def death(self) -> Death:
        point = self.chance.choice(tuple(Point))
        away = round(self.chance.choice((0.05, 1, 5, 30, 70, 200, 900)), 3)
        nth = self.chance.choice((1, 1, 1, 2, 3, 5, 9))
        return Death(self.soon_after(), self.replica(), point, nth, away)
