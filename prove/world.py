"""One history as it happens: the machine, its replicas, the servers outside, and the plan."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import last_resort
from core.last_resort import LastResortDraft
from core.transaction import Actor
from prove import crowd
from prove.clocks import Clocks
from prove.exchange import ARRIVES
from prove.ground import Ground
from prove.life import Life
from prove.loop import VirtualLoop
from prove.plan import (
    Act,
    CallFault,
    DatabaseAway,
    Death,
    Declare,
    Event,
    Freeze,
    Jump,
    Outage,
    Plan,
    Unreachable,
)
from prove.slack import Server
from prove.stage import NOON, Stage
from prove.weather import Weather

MOMENT_SECONDS = 0.25
LOOK_SECONDS = 2.0
"""How soon a process notices that the machine's clock was set."""


@dataclass(frozen=True)
class Line:
    """One line of a history."""

    at: float
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:12.6f}  {self.who:10}  {self.what}"


class World:
    """Everything there is in one history. Only what it records itself is judged as true."""

    def __init__(
        self, plan: Plan, stage: Stage, ground: Ground, loop: VirtualLoop, clocks: Clocks
    ) -> None:
        self.plan = plan
        self.stage = stage
        self.ground = ground
        self.loop = loop
        self.clocks = clocks
        self.chance = random.Random(f"world {plan.seed}")  # noqa: S311  (to be repeated)
        self.epoch = NOON.timestamp()
        self.jumped = 0.0
        self.turn = asyncio.Lock()
        self.lines: list[Line] = []
        self.slack = Server(self, "Slack", keeps=True)
        self.mail = Server(self, "mail", keeps=False)
        self.lives: dict[int, Life] = {}
        self.every_life: list[Life] = []
        self.over: list[Callable[[], None]] = []
        """What is to be done when the history is over and nothing of it runs any more."""
        self.everybody = crowd.Crowd(self)
        self.weather = Weather()
        self.lines_out: list[Any] = []
        """The connections on which replicas hear of one another, where they are apart."""
        self.deaths = 0
        self.under_way = 0
        """How many calls have left a process and will still be carried out."""
        self._away_until = 0.0
        self._waiting_deaths: dict[int, list[tuple[Death, int]]] = {}

    def say(self, who: str, what: str) -> None:
        """Write a line of the history."""
        self.lines.append(Line(self.loop.time(), who, what))

    @property
    def calm(self) -> bool:
        """Whether the faults are over."""
        return self.weather.calm

    def wall(self, replica: int) -> float:
        """What the clock of this replica's machine shows."""
        off = self.plan.apart[replica] if self.plan.apart else 0.0
        return self.epoch + self.loop.time() + self.jumped + off

    def pause(self) -> float:
        """How long an await takes: mostly nothing, at times long enough for others to act."""
        drawn = self.chance.random()
        return 0.0 if drawn < 0.9 else drawn * 0.01 if drawn < 0.99 else drawn * 0.08

    def latency(self) -> float:
        """How long a server takes."""
        return self.chance.uniform(0.05, 0.4)

    async def sleep_a_moment(self) -> None:
        """As long as a database nearby takes to answer."""
        await asyncio.sleep(self.chance.uniform(0.0005, 0.01))

    async def unfold(self) -> None:
        """Let the plan happen, then let everything settle."""
        if not self.plan.alerts:
            self._ask("UPDATE organizations SET alerts_channel = NULL")
        for replica in range(self.plan.replicas):
            self._come_up(replica)
        if self.plan.last_resort and not self.stage.last_resort:
            await self._name_last_resort(self.plan.last_resort)
        for event in self.plan.events:
            await asyncio.sleep(max(0.0, event.at - self.loop.time()))
            self._happen(event)
        await asyncio.sleep(max(0.0, self.plan.horizon - self.loop.time()))
        self._calm_down()
        await self.everybody.done()
        await self._settle()

    async def _name_last_resort(self, draft: LastResortDraft) -> None:
        """As an admin would, before anything happens."""
        actor = Actor.system(self.stage.organization_id)
        async with self.lives[0].core.transaction(actor) as tx:
            await last_resort.change(tx, draft)

    def _come_up(self, replica: int) -> None:
        if replica in self.lives and not self.lives[replica].dead:
            return
        life = Life(self, replica)
        life.deaths = [] if self.calm else self._waiting_deaths.pop(replica, [])
        self.lives[replica] = life
        self.every_life.append(life)
        self.say(life.name, "comes up")
        life.start()

    def died(self, life: Life) -> None:
        """A process is gone: it comes back after a while, with what else was planned for it."""
        self.deaths += 1
        left = [(death, nth) for death, nth in life.deaths if nth > 0]
        self._waiting_deaths[life.replica] = left
        away = 1.0 if self.calm else life.away
        self.loop.call_later(away, self._come_up, life.replica, context=Context())

    def alive(self, replica: int) -> Life | None:
        """That replica, or another that is up."""
        wanted = self.lives.get(replica)
        up = [life for life in (wanted, *self.lives.values()) if life and not life.dead]
        return up[0] if up else None

    def ring(self, life: Life, instant: datetime) -> None:
        """Tell the other replicas on this machine what became due; not every call arrives."""
        for other in self.lives.values():
            if other is not life and not other.dead and self.chance.random() < ARRIVES:
                self.loop.call_later(0.01, self._rung, other, instant)

    def _rung(self, life: Life, instant: datetime) -> None:
        if not life.dead:
            life.worker.due(instant)

    def committed(self) -> None:
        """A transaction was committed, whether or not its answer arrives."""
        self.everybody.committed(self.loop.time())

    @property
    def database_is_away(self) -> bool:
        """Whether it refuses everything just now."""
        return self.loop.time() < self._away_until

    def check_database(self) -> None:
        """Raises what a database raises that is away."""
        if self.database_is_away:
            raise sqlite3.OperationalError("unable to open database file")

    def commits_at_all(self) -> bool:
        """Whether a commit is answered. While the database goes away it may happen unanswered."""
        if not self.database_is_away:
            return True
        if self.chance.random() < 0.5:
            self.check_database()
        return False

    def _happen(self, event: Event) -> None:
        match event:
            case Declare() | Act():
                self.everybody.begin(event)
            case CallFault():
                self.weather.faults.append(event)
            case Outage():
                self.weather.outages.append(event)
            case Unreachable():
                self.weather.unreachable.append(self.stage.members[event.member][0])
            case Death():
                life = self.lives[event.replica]
                deaths = self._waiting_deaths.setdefault(event.replica, [])
                (deaths if life.dead else life.deaths).append((event, event.nth))
            case Freeze():
                self.lives[event.replica].frozen_until = event.at + event.seconds
                self.say(f"replica {event.replica}", f"stands still for {event.seconds} s")
            case Jump():
                self._jump(event.seconds)
            case DatabaseAway():
                self._away_until = event.at + event.seconds
                self.say("database", f"is away for {event.seconds} s")

    def _jump(self, seconds: float) -> None:
        if seconds > 0 and self.under_way:
            # What may still arrive can't be told from what can't any more: see docs/promise.md.
            self.loop.call_later(MOMENT_SECONDS, self._jump, seconds)
            return
        self.jumped += seconds
        self.say("clock", f"is set by {seconds:+} s")
        for life in self.lives.values():
            self.loop.call_later(self.chance.random() * LOOK_SECONDS, self._look, life)

    def _look(self, life: Life) -> None:
        if not life.dead:
            life.worker.wake()

    def _calm_down(self) -> None:
        self.weather.calm = True
        self.say("world", "is calm from here on")
        for life in tuple(self.lives.values()):
            life.deaths.clear()
            self._come_up(life.replica)
            self._look(life)

    async def _settle(self) -> None:
        """Wait until nothing is due any more, for as long as that may take."""
        longest = max((policy.length for policy in self.stage.policies), default=0.0)
        give_up = self.loop.time() + longest + 15 * 60
        while self.loop.time() < give_up and self._is_pending():  # noqa: ASYNC110  (virtual)
            await asyncio.sleep(15)

    def _is_pending(self) -> bool:
        (found,) = self._ask(
            "SELECT EXISTS (SELECT 1 FROM deliveries WHERE due_at IS NOT NULL) OR "
            "EXISTS (SELECT 1 FROM incidents WHERE next_escalation_at IS NOT NULL)"
        )
        return bool(found)

    def _ask(self, statement: str) -> tuple[Any, ...]:
        connection = self.ground.take("the world")
        try:
            return connection.execute(statement).fetchone() or ()
        finally:
            self.ground.give_back(connection)
