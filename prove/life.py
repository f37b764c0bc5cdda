"""One life of one replica: from its start until it dies, with everything it has running."""

import asyncio
from collections.abc import Coroutine
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import make_url

from core.errors import Unavailable
from core.transaction import Clock, Core
from core.worker import Worker
from prove.clocks import Follower
from prove.database import CURRENT, SHARED, Connection
from prove.exchange import URL
from prove.plan import Death, Point
from prove.slack import SlackSender
from storage.bell import Bell
from storage.vocabulary import Channel

if TYPE_CHECKING:
    from prove.world import World

RESTART_SECONDS = 3


class Life:
    """A process with a real core and a real worker. Once it is dead, nothing of it has effects."""

    def __init__(self, world: "World", replica: int) -> None:
        self.world = world
        self.replica = replica
        self.dead = False
        self.frozen_until = 0.0
        self.connections: list[Connection] = []
        self.statements = 0
        """How many were begun."""
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.deaths: list[tuple[Death, int]] = []
        self.on_time = asyncio.Event()
        """Set once the process knows what time it is."""
        self.clock = self._make_clock()
        channels = (Channel.SLACK_DM, Channel.MAIL) if world.plan.mail else (Channel.SLACK_DM,)
        self.core = Core(SHARED.open(self), self.clock, person_channels=channels)
        slack = SlackSender(self, world.slack)
        senders = {Channel.SLACK_DM: slack, Channel.ALERTS: slack}
        if world.plan.mail:
            senders[Channel.MAIL] = SlackSender(self, world.mail)
        self.worker = Worker(self.core, senders)
        self._bell = Bell(
            make_url(URL),
            on_due=self.worker.due,
            on_time=self._hear,
            stopwatch=world.loop.time,
        )
        self.core.on_due = self._due
        self.worker.alarm = self._arm
        self._alarm: asyncio.TimerHandle | None = None
        self._rings_at = float("inf")

    @property
    def name(self) -> str:
        """What the history calls it."""
        return f"replica {self.replica}"

    def start(self) -> None:
        """Begin to run."""
        self.spawn(self._run())

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something in this process."""
        context = copy_context()
        context.run(CURRENT.set, self)
        return self.world.loop.create_task(work, context=context)

    def _make_clock(self) -> Clock:
        wall, clocks = partial(self.world.wall, self.replica), self.world.clocks
        make = clocks.follower if self.world.plan.apart else clocks.alone
        return make(wall, self.world.loop.time)

    def _hear(self, instant: datetime, *, asked: float, answered: float) -> None:
        leapt = cast(Follower, self.clock).hear(instant, asked=asked, answered=answered)
        if leapt:
            self.worker.wake()

    async def _run(self) -> None:
        if self.world.plan.apart:
            self.spawn(self._bell.run(self.on_time))
            await self.on_time.wait()
        self.on_time.set()
        while True:
            try:
                await self.worker.start(alone=self.world.plan.replicas == 1)
                break
            except Unavailable:
                await asyncio.sleep(RESTART_SECONDS)
        self.worker.organization_id = self.world.stage.organization_id
        self.worker.wake()
        await self.worker.run()

    def check(self) -> None:
        """The dead do nothing. Raises CancelledError."""
        if self.dead:
            raise asyncio.CancelledError

    async def step(self, point: Point | None = None) -> None:
        """An await: everybody else may go on, and this process may end here."""
        self.check()
        if point:
            self.may_die(point)
        pause = self.world.pause()
        if pause or not self.world.loop.is_idle:  # with nobody else there is nobody to let go on
            await asyncio.sleep(pause)
            self.check()

    def may_die(self, point: Point) -> None:
        """End here if that was planned. Raises CancelledError."""
        if self._dies(point):
            self.die(point)
            raise asyncio.CancelledError

    async def thaw(self) -> None:
        """Stand still for as long as the process is frozen."""
        if not self.dead and self.world.loop.time() < self.frozen_until:
            await asyncio.sleep(self.frozen_until - self.world.loop.time())

    def die(self, point: Point) -> None:
        """End here: nothing more of this process happens, what it had not committed is undone."""
        self.world.say(self.name, f"dies {point}")
        self.dead = True
        self.close()
        if self._alarm:
            self._alarm.cancel()
        current = asyncio.current_task()
        for task in tuple(self.tasks):
            if task is not current and not only_closes(task):
                task.cancel()
        self.world.died(self)

    def close(self) -> None:
        """Close every connection; what was not committed is undone."""
        for connection in self.connections:
            connection.close()

    def _dies(self, point: Point) -> bool:
        for place, (death, left) in enumerate(self.deaths):
            if death.point is point:
                self.deaths[place] = (death, left - 1)
                if left <= 1:
                    self.away = death.away
                    return True
        return False

    away = 1.0

    def _due(self, instant: datetime) -> None:
        self.worker.due(instant)
        if self.world.plan.apart:
            self._bell.ring(instant)
        else:
            self.world.ring(self, instant)

    def _arm(self, instant: datetime) -> None:
        """The alarm: it rings once, at the earliest instant that it was told."""
        at = self.world.loop.time() + max(0.0, self.clock.seconds_until(instant))
        if self.dead or at >= self._rings_at:
            return
        if self._alarm:
            self._alarm.cancel()
        self._rings_at = at
        self._alarm = self.world.loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._rings_at = float("inf")
        self.worker.wake()


def only_closes(task: asyncio.Task[Any]) -> bool:
    """Whether a task gives a session's connection back: harmless, as the connection is closed."""
    return getattr(task.get_coro(), "__qualname__", "") == "AsyncSession.close"
