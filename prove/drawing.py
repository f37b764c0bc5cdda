"""A history's plan, drawn from its seed: incidents, people, and always faults."""

import random
from dataclasses import dataclass, replace

from core.last_resort import LastResortDraft
from prove.plan import (
    Act,
    CallFault,
    DatabaseAway,
    Death,
    Declare,
    Event,
    Fault,
    Freeze,
    Jump,
    Outage,
    Plan,
    Point,
    Unreachable,
    Verb,
)
from prove.stage import Stage

APART = 3600.0
"""How many seconds a machine's clock may be off."""

STORMY = 0.12
"""How many of the histories have a storm in them."""


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
    last_resort = stage.last_resort or draw.last_resort()
    return Plan(seed, several, mail, alerts, last_resort, draw.apart(), tuple(events))


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

    def last_resort(self) -> LastResortDraft | None:
        """Nobody, two people, or whoever is on call."""
        chance, shape = self.chance, self.chance.random()
        if shape < 0.25:
            members = [id for id, _ in self.stage.members]
            return LastResortDraft(member_ids=tuple(chance.sample(members, min(2, len(members)))))
        if shape < 0.4 and self.stage.schedules:
            return LastResortDraft(schedule_id=chance.choice(self.stage.schedules))
        return None

    def apart(self) -> tuple[float, ...] | None:
        """Machines of their own for some of the histories that have several replicas."""
        if self.replicas == 1 or self.chance.random() < 0.6:
            return None
        return tuple(round(self.chance.uniform(-APART, APART), 3) for _ in range(self.replicas))

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
