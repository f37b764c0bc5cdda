"""The engine: a tick that escalates what is due and delivers what is due, and what wakes it.

It is woken at commit, by the alarm at the earliest due instant, and by a sweep every few seconds
that would find whatever both had missed. None of the three remembers anything: time is a column.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from core import agenda, claims, delivering, escalation, logs, outages, stranded, weekly
from core.errors import Unavailable
from core.sending import Sender
from core.transaction import Actor, Core, Transaction
from storage.vocabulary import Channel

log = logging.getLogger(__name__)

IN_FLIGHT_MAX = 16
"""How many deliveries one sender carries at once. Each has its own: none waits for another."""

LOOK_SECONDS = 1
"""How soon it is seen that the clock was set forward, and what nobody said became due."""
AGAIN_SECONDS = 0.5
"""How soon after a tick that failed the next one tries: a database that is away is not besieged."""
HEAD_START_SECONDS = 0.02
"""How long everything else waits for pages that are just leaving."""


class Worker:
    """Escalates and delivers whatever is due, for as long as it runs."""

    def __init__(self, core: Core, senders: Mapping[Channel, Sender]) -> None:
        self._core = core
        self._senders = senders
        self.organization_id: UUID | None = None
        """Whose deliveries the senders can carry; None until Slack has said it."""
        self.last_beat: float | None = None
        """When a tick ended well the last time, on the stopwatch (`time.monotonic`)."""
        self.alarm: Callable[[datetime], None] = lambda _instant: None
        self.on_calm: Callable[[], None] = lambda: None
        """Called after each tick that left no escalation overdue."""
        self._wake = asyncio.Event()
        self._just_committed = False
        """Whether something was committed that is due now: it needs no look to be found."""
        self._stopping = False
        self._next: datetime | None = None
        self._failed = False
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._carrying: Counter[int] = Counter()
        self._weekly = weekly.WeeklyLine(core)
        self._watches = (
            stranded.StrandedWatch(core, senders),
            outages.SlackWatch(core),
            self._weekly,
        )
        self.held: frozenset[Channel] = frozenset()
        """Channels whose sender can't carry anything yet: Slack's, until it has said who it is."""

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def due(self, instant: datetime) -> None:
        """Something becomes due then: look now, or have the alarm ring."""
        if self._core.clock.seconds_until(instant) <= 0:
            self._just_committed = True
            self.wake()
        else:
            self.alarm(instant)

    async def start(self, *, alone: bool | None = None) -> None:
        """If `alone`, free what the process before this one had claimed. Then look for work.

        On SQLite a process is alone unless it is told otherwise, on PostgreSQL it never is.
        """
        sqlite = self._core.database.is_sqlite
        if sqlite if alone is None else alone:
            async with self._core.transaction(Actor.system()) as tx:
                await claims.free_claims(tx)
        self.wake()

    async def run(self) -> None:
        """Tick whenever woken, until stopped. A failing tick is logged, and tried again.

        It looks by itself when the next thing is due, and every second at least, both by the
        stopwatch: the alarm goes by the wall clock, which may have been set back.
        """
        while not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._rest()):
                    await self._wake.wait()
            self._wake.clear()  # before looking: what comes due meanwhile wakes it again
            self._failed = True
            try:
                await self.tick()
                self._failed = False
            except Unavailable:
                log.debug("the database is away; the engine tries again")  # core has said it
            except Exception:
                log.exception("the engine's tick failed; the sweep tries again")

    def _rest(self) -> float:
        """How long there is nothing to look for, in seconds."""
        if self._failed:
            return AGAIN_SECONDS
        if self._next is None:
            return LOOK_SECONDS
        return min(max(self._core.clock.seconds_until(self._next), 0.01), LOOK_SECONDS)

    async def tick(self) -> None:
        """Begin to deliver what is due, escalate what is due, arm the alarm for the rest.

        Deliveries come first: what was just committed leaves without another look. For the rest
        it looks before it claims: most ticks find nothing to claim, and a look holds nobody up.
        """
        while True:
            ahead = await self._begin_deliveries()
            if ahead is None:
                continue
            now = self._core.clock.now()
            due = ahead.escalation is not None and ahead.escalation <= now
            if self._stopping or not (due and await self._escalate()):
                break
        later = [one for one in (ahead.escalation, ahead.delivery) if one and one > now]
        self._next = min(later, default=None)
        if self._next:
            self.alarm(self._next)
        self.last_beat = time.monotonic()
        if not due:
            self.on_calm()
        for watch in self._watches:
            with logs.about():  # what it finds is not what the next tick is about
                await watch.look(self.organization_id)

    async def settle(self) -> None:
        """Tick until nothing is due and nothing is in flight."""
        while True:
            self._wake.clear()
            await self.tick()
            if left := self._under_way:
                await asyncio.wait(left)
            elif not self._wake.is_set():
                return

    def finish(self) -> None:
        """Begin nothing more; `run` ends after the tick it is in."""
        self._stopping = True
        self.wake()

    async def stop(self, *, grace: float = 5) -> None:
        """Begin nothing more; let what is in flight come to its outcome, for `grace` seconds.

        Never by cancelling: a writer that is cancelled leaves its transaction to chance.
        """
        self.finish()
        if left := self._under_way:
            await asyncio.wait(left, timeout=grace)

    @property
    def _under_way(self) -> list[asyncio.Task[None]]:
        return [*self._in_flight.values(), *self._weekly.under_way]

    async def _escalate(self) -> int:
        try:
            async with self._core.transaction(Actor.system()) as tx:
                return await escalation.escalate_due(tx, organization_id=self.organization_id)
        except Unavailable:
            raise
        except Exception:
            log.exception("a batch of escalations stumbled; taking them one by one")
            return await self._escalate_one_by_one()

    async def _escalate_one_by_one(self) -> int:
        """One escalation that can't be carried out must not hold up the others."""
        async with self._core.reading(Actor.system()) as tx:
            ids = await escalation.due_ids(tx, organization_id=self.organization_id)
        for incident_id in ids:
            try:
                async with self._core.transaction(Actor.system()) as tx:
                    await escalation.escalate_due(tx, incident_id=incident_id)
            except Unavailable:
                raise
            except Exception as error:
                log.exception("the escalation of incident %s stumbled", incident_id)
                async with self._core.transaction(Actor.system()) as tx:
                    await escalation.stumble(tx, incident_id, f"{type(error).__name__}: {error}")
        return len(ids)

    async def _begin_deliveries(self) -> agenda.Ahead | None:
        """Begin what is due; then what lies ahead, or None if there may be more to begin."""
        with_room = self._with_room()
        may_begin = self.organization_id is not None and with_room and not self._stopping
        if not may_begin or not self._just_committed:
            async with self._core.reading(Actor.system()) as tx:
                ahead = await self._look_ahead(tx)
                if not may_begin or ahead.delivery is None or ahead.delivery > tx.now:
                    return ahead
        self._just_committed = False  # before claiming: what comes meanwhile is claimed next
        async with self._core.transaction(Actor.system()) as tx:
            every = [await self._claim(tx, room, channels) for room, channels in with_room]
            taken = [claim for one in every for claim in one.claims]
            # What wakes somebody is made ready here: a page saves a transaction's time.
            waking = [claim for claim in taken if claim.wakes]
            ready = await delivering.prepare(tx, waking) if waking else {}
            # And it leaves before anybody looks further.
            complete = all(one.complete for one in every)
            done = not ready and (complete or not taken)
            after = await self._look_ahead(tx, taken) if done else None
        pages = [self._start(claim, made) for claim, made in ready.items()]
        if pages and complete:
            # Everything here shares one processor: let the last pages out before anything else.
            await asyncio.wait(pages, timeout=HEAD_START_SECONDS)
        for claim in taken:
            if not claim.wakes:
                self._start(claim)
        return after

    async def _claim(self, tx: Transaction, room: int, channels: list[Channel]) -> claims.Taken:
        assert self.organization_id is not None  # noqa: S101  (asked by the caller)
        return await claims.claim(
            tx,
            organization_id=self.organization_id,
            limit=room,
            busy_targets=tuple(self._in_flight),
            channels=channels,
        )

    async def _look_ahead(
        self, tx: Transaction, taken: Sequence[claims.Claim] = ()
    ) -> agenda.Ahead:
        """What comes next, once what was just taken is on its way."""
        begun = Counter(id(self._senders[claim.channel]) for claim in taken)
        return await agenda.look_ahead(
            tx,
            self.organization_id,
            busy_targets=(*self._in_flight, *(claim.target for claim in taken)),
            channels=[one for _, channels in self._with_room(begun) for one in channels],
        )

    def _with_room(self, begun: Counter[int] | None = None) -> list[tuple[int, list[Channel]]]:
        """How much more each sender can carry now, and through which channels."""
        found: dict[int, list[Channel]] = {}
        for channel, sender in self._senders.items():
            if channel not in self.held:
                found.setdefault(id(sender), []).append(channel)
        carrying = self._carrying + (begun or Counter())
        rooms = ((IN_FLIGHT_MAX - carrying[one], every) for one, every in found.items())
        return [(room, channels) for room, channels in rooms if room > 0]

    def _start(
        self, claim: claims.Claim, ready: delivering.Ready | None = None
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(self._deliver(claim, ready), name=f"deliver {claim.target}")
        self._in_flight[claim.target] = task
        sender = id(self._senders[claim.channel])
        self._carrying[sender] += 1
        task.add_done_callback(partial(self._landed, claim.target, sender))
        return task

    async def _deliver(self, claim: claims.Claim, ready: delivering.Ready | None) -> None:
        logs.note(delivery_id=str(claim.delivery_id))
        try:
            await delivering.deliver(self._core, self._senders[claim.channel], claim, ready)
        except Exception:
            log.exception("delivery %s stumbled; its lease will end", claim.delivery_id)

    def _landed(self, target: str, sender: int, _task: asyncio.Task[None]) -> None:
        del self._in_flight[target]
        self._carrying[sender] -= 1
        self.wake()
