"""The engine's tick, what wakes it, how much it does at a time, and how it stops."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from core import claims, escalation, incidents, people
from core.sending import Outgoing, Sender
from core.worker import IN_FLIGHT_MAX, Worker
from storage.models import Incident
from storage.vocabulary import Channel, DeliveryState, EscalationState
from tests.cast import NOON
from tests.core import given
from tests.core.awake import running, until
from tests.engine import Engine


class GatedSender:
    """A sender whose calls wait at a gate, for the people it is told."""

    def __init__(self, engine: Engine, waits: Callable[[Outgoing], bool]) -> None:
        self._engine = engine
        self._waits = waits
        self.gate = asyncio.Event()
        self.waiting = 0
        self.most = 0
        self.full = asyncio.Event()

    async def aim(self, outgoing: Outgoing) -> bool:
        return False

    async def send(self, outgoing: Outgoing) -> dict[str, str]:
        if self._waits(outgoing):
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            if self.waiting == IN_FLIGHT_MAX:
                self.full.set()
            await self.gate.wait()
            self.waiting -= 1
        return await self._engine.sender.send(outgoing)

    async def edit(self, outgoing: Outgoing) -> None:
        await self._engine.sender.edit(outgoing)

    async def find(self, outgoing: Outgoing) -> None:
        return None


def _worker(engine: Engine, sender: Sender) -> Worker:
    worker = Worker(engine.core, dict.fromkeys(Channel, sender))
    worker.organization_id = engine.organization_id
    engine.core.on_due = worker.due
    return worker


async def test_starting_frees_the_claims_of_a_dead_process_on_sqlite_alone(
    engine: Engine, backend: str
) -> None:
    await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        await claims.claim(tx, organization_id=engine.organization_id, limit=9)

    await engine.worker.start()
    await engine.pass_time(seconds=30)  # what was begun may still arrive for a while

    paged = {"sqlite": [("Bob", 1)], "postgresql": []}
    assert engine.sender.pages() == paged[backend]


async def test_nothing_is_delivered_before_it_is_known_whose_deliveries_they_are(
    engine: Engine,
) -> None:
    engine.worker.organization_id = None
    await engine.declare()
    await engine.settle()
    assert engine.sender.posts == {}

    engine.worker.organization_id = engine.organization_id
    await engine.settle()
    assert engine.sender.pages() == [("Bob", 1)]


async def test_a_commit_wakes_the_engine(engine: Engine) -> None:
    async with running(engine.worker):
        await engine.declare()
        await until(lambda: len(engine.sender.posts) == 3)

    assert sorted(engine.sender.kinds()) == ["card", "layer_paged", "page"]


async def test_a_slow_conversation_blocks_no_other(engine: Engine) -> None:
    both = await given.policy(engine, "Both", given.pages(engine, "bob", "dave"))
    sender = GatedSender(engine, lambda out: out.person is not None and out.person.name == "Bob")
    worker = _worker(engine, sender)
    async with running(worker):
        await engine.declare(escalation_policy_id=both)
        await until(lambda: len(engine.sender.posts) == 3)
        await engine.have_rested(pages=1)
        await engine.declare(escalation_policy_id=both)
        await until(lambda: len(engine.sender.posts) == 6)

        assert engine.sender.pages() == [("Dave", 1), ("Dave", 1)]
        sender.gate.set()
        await engine.have_rested(pages=3)
        worker.wake()
        await until(lambda: len(engine.sender.posts) == 8)

    assert sender.most == 1  # and what goes to one person goes one at a time


async def test_never_more_than_sixteen_are_in_flight(engine: Engine) -> None:
    names = [f"person{index}" for index in range(20)]
    async with engine.core.transaction(engine.system) as tx:
        for name in names:
            engine.cast[name] = await people.ensure_by_email(tx, f"{name}@example.com")
    everybody = await given.policy(engine, "Everybody", given.pages(engine, *names))
    sender = GatedSender(engine, lambda _outgoing: True)
    worker = _worker(engine, sender)
    async with running(worker):
        await engine.declare(escalation_policy_id=everybody)
        await asyncio.wait_for(sender.full.wait(), 5)
        await worker.tick()
        await worker.tick()
        assert sender.waiting == IN_FLIGHT_MAX == 16
        sender.gate.set()
        await until(lambda: len(engine.sender.pages()) == 20)

    assert sender.most == 16


async def test_more_escalations_than_one_batch_are_all_escalated_by_one_tick(
    engine: Engine,
) -> None:
    first = await engine.declare()
    copied = {
        column.name: getattr(first, column.name)
        for column in Incident.__table__.columns
        if column.name not in ("id", "number", "escalation_layers")
    }
    async with engine.core.transaction(engine.system) as tx:
        await people.set_alerts_channel(tx, None)
        for number in range(2, escalation.BATCH + 2):  # with no layer left: quickly escalated
            tx.db.add(Incident(**copied, number=number, escalation_layers=[]))
    engine.clock.at = NOON + timedelta(minutes=5)

    await engine.worker.tick()

    async with engine.core.reading(engine.system) as tx:
        open_ones = await incidents.list_open(tx, limit=1000)
    states = Counter(one.escalation_state for one in open_ones)
    assert states == {EscalationState.EXHAUSTED: escalation.BATCH, EscalationState.WAITING: 1}


async def test_a_tick_arms_the_alarm_for_the_earliest_that_is_to_come(engine: Engine) -> None:
    rung: list[datetime] = []
    engine.worker.alarm = rung.append
    await engine.declare()
    assert rung == []  # something is due at once: the commit wakes, it need not ring

    await engine.settle()
    assert set(rung) == {NOON + timedelta(minutes=5)}

    rung.clear()
    engine.sender.before = given.failing(given.LATER, kind="page")
    engine.clock.at = NOON + timedelta(minutes=5)
    await engine.settle()
    assert rung[-1] == engine.clock.at + timedelta(seconds=1)


async def test_what_is_due_later_is_left_to_the_alarm(engine: Engine) -> None:
    rung: list[datetime] = []
    engine.worker.alarm = rung.append
    for instant in (NOON + timedelta(seconds=1), NOON, NOON - timedelta(seconds=1)):
        engine.worker.due(instant)

    assert rung == [NOON + timedelta(seconds=1)]


async def test_with_nothing_due_no_alarm_is_armed(engine: Engine) -> None:
    rung: list[datetime] = []
    engine.worker.alarm = rung.append

    await engine.settle()

    assert rung == []


async def test_a_tick_says_when_it_ended(engine: Engine) -> None:
    assert engine.worker.last_beat is None
    before = time.monotonic()

    await engine.worker.tick()

    assert engine.worker.last_beat is not None
    assert before <= engine.worker.last_beat <= time.monotonic()


async def test_stopping_lets_what_is_in_flight_come_to_its_outcome(engine: Engine) -> None:
    sender = GatedSender(engine, lambda out: out.person is not None)
    worker = _worker(engine, sender)
    await engine.declare()
    await worker.tick()
    await until(lambda: sender.waiting == 1)

    await worker.stop(grace=0.01)
    assert engine.sender.pages() == []

    sender.gate.set()
    await worker.stop()
    assert engine.sender.pages() == [("Bob", 1)]
    states = {one.kind: one.state for one in await engine.deliveries()}
    assert states["page"] is DeliveryState.SENT


async def test_stopping_with_nothing_in_flight_is_immediate(engine: Engine) -> None:
    await engine.worker.stop()

    assert engine.sender.posts == {}
