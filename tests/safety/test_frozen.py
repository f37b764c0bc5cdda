"""A process stands still (SIGSTOP) past its leases and goes on: it says nothing stale.

By default a minute of the product's clock is two seconds. With TOCSIN_STAGE_SPEED=1 each freeze
lasts its whole 90 seconds. TOCSIN_FROZEN_INCIDENTS, 12, is how many are declared meanwhile.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from sqlalchemy import func, select

import sandbox
from core import escalation, incidents, people
from core.claims import LEASE
from storage.models import Delivery, Incident, Member
from storage.vocabulary import DeliveryState, Surface
from tests.safety.holding import claims_of_pages_held, is_in_a_transaction
from tests.safety.judgement import check_the_promise, until_quiet
from tests.safety.replica import Replica
from tests.safety.stage import DECLARERS, Stage, staged
from tests.safety.victim import SPEED

FROZEN = 1.5 * LEASE.total_seconds() / SPEED
HELD = 2.0
"""Real seconds that Slack takes to answer what a process is frozen in."""
PATIENT = 2 * FROZEN + 10
"""So long a process waits for Slack: it goes on with the answer as if it had never stood still."""
INCIDENTS = int(os.environ.get("TOCSIN_FROZEN_INCIDENTS", "12"))

on_postgresql = pytest.mark.parametrize("backend", ["postgresql"])


@pytest.mark.long
async def test_what_is_acknowledged_while_its_process_is_frozen_is_not_paged_afterwards(
    database_url: str,
) -> None:
    async with staged(database_url, seed=1, in_trouble=False, slack_timeout=PATIENT) as stage:
        bob = stage.workspace.person("bob")
        # Before the last question whether it is wanted: his conversation is being opened.
        stage.workspace.faults.add(_slow("conversations.open"))
        await stage.declare_one()
        await _frozen_while_it_waits(stage, acknowledged=1)
        assert bob.dm() == []

        # And after it: what became of the first attempt is being looked up.
        stage.workspace.faults.add(
            sandbox.Fault("chat.postMessage", "timeout_before", channel="bob", hang_seconds=0.1),
            _slow("conversations.history"),
        )
        await stage.declare_one()
        await _frozen_while_it_waits(stage, acknowledged=2)
        assert bob.dm() == []

        await check_the_promise(stage, incidents_at_least=2)


@pytest.mark.long
@on_postgresql
async def test_what_a_replica_had_claimed_when_it_froze_is_not_paged_once_it_is_acknowledged(
    database_url: str,
) -> None:
    async with staged(database_url, seed=2, replicas=2, running=1, in_trouble=False) as stage:
        frozen, other = stage.replicas
        bob = stage.workspace.person("bob")
        await stage.declare_one()
        await stage.workspace.until(bob.dm, timeout=10)
        await stage.acknowledge(1)
        await until_quiet(stage.core)

        async with claims_of_pages_held(database_url) as until_one_is_held:
            await stage.declare_one()
            await until_one_is_held()
            frozen.pause()
        # The claim is committed now, and nothing stands between it and the call but the lease.
        await _acknowledge(stage, 2)
        await other.start()
        await _until(lambda: _its_page_is(stage, 2, DeliveryState.SUPERSEDED))
        frozen.go_on()
        await _until_it_has_gone_on(frozen)
        await until_quiet(stage.core)

        assert len(bob.dm()) == 1
        await check_the_promise(stage, incidents_at_least=2)


@pytest.mark.long
@on_postgresql
async def test_what_a_replica_was_sending_when_it_froze_is_taken_over_and_not_sent_twice(
    database_url: str,
) -> None:
    async with staged(
        database_url, seed=3, replicas=2, running=1, in_trouble=False, slack_timeout=PATIENT
    ) as stage:
        frozen, other = stage.replicas
        bob = stage.workspace.person("bob")
        stage.workspace.faults.add(_slow("chat.postMessage", channel="bob"))
        await stage.declare_one()
        await stage.workspace.until(bob.dm, timeout=10)
        frozen.pause()
        assert not await _its_page_is(stage, 1, DeliveryState.SENT)
        await other.start()
        await _until(lambda: _its_page_is(stage, 1, DeliveryState.SENT))
        frozen.go_on()
        await _until_it_has_gone_on(frozen)
        await until_quiet(stage.core)

        assert len(bob.dm()) == 1
        await check_the_promise(stage, incidents_at_least=1)


@pytest.mark.long
async def test_a_process_that_is_frozen_again_and_again_keeps_the_promise(
    database_url: str, backend: str
) -> None:
    replicas = 1 if backend == "sqlite" else 2
    async with staged(database_url, seed=3, replicas=replicas) as stage:

        async def freeze() -> None:
            frozen, *_ = stage.replicas
            for _ in range(3):
                await asyncio.sleep(0.7)
                frozen.pause()
                if not await is_in_a_transaction(stage.core):
                    await _acknowledge_half(stage)
                await asyncio.sleep(FROZEN)
                frozen.go_on()

        freezing = asyncio.create_task(freeze())
        await asyncio.gather(
            *(stage.declare_and_sometimes_acknowledge(one.name, INCIDENTS) for one in DECLARERS[:3])
        )
        await freezing
        stage.workspace.faults.clear()
        await until_quiet(stage.core)

        await check_the_promise(stage, incidents_at_least=INCIDENTS)


def _slow(method: str, channel: str | None = None) -> sandbox.Fault:
    return sandbox.Fault(method, "slow", delay=HELD, channel=channel)


async def _frozen_while_it_waits(stage: Stage, *, acknowledged: int) -> None:
    """Freeze the process while Slack takes its time; meanwhile Slack answers, and Bob acts."""
    (frozen,) = stage.replicas
    answers = _slow_answers(stage)

    async def it_does_nothing_else() -> bool:
        async with stage.core.reading(stage.system) as tx:
            claimed = select(func.count()).where(Delivery.lease.is_not(None))
            return not stage.workspace.faults.waiting and await tx.db.scalar(claimed) == 1

    await _until(it_does_nothing_else)
    await _pause(frozen)
    while await is_in_a_transaction(stage.core):  # then nobody could acknowledge
        frozen.go_on()
        await asyncio.sleep(0.01)
        await _pause(frozen)
    assert _slow_answers(stage) == answers, "the machine was too slow: it was frozen too late"
    await _acknowledge(stage, acknowledged)
    await stage.workspace.until(lambda: _slow_answers(stage) > answers, timeout=10)
    await asyncio.sleep(FROZEN)
    frozen.go_on()
    await until_quiet(stage.core)
    assert await _its_page_is(stage, acknowledged, DeliveryState.SUPERSEDED)


async def _pause(replica: Replica) -> None:
    """Freeze it, and let what it had sent by then reach the database."""
    replica.pause()
    await asyncio.sleep(0.05)


async def _until_it_has_gone_on(replica: Replica) -> None:
    """It answers again, and has had time for what it was about to do."""
    async with aiohttp.ClientSession() as session:
        for _ in range(20):
            async with session.get(f"{replica.url}/healthz") as answer:
                assert answer.status == 200
    await asyncio.sleep(1)


def _slow_answers(stage: Stage) -> int:
    return sum(call.fault == "slow" for call in stage.workspace.calls)


async def _acknowledge_half(stage: Stage) -> None:
    async with stage.core.reading(stage.system) as tx:
        query = select(Incident.number).where(Incident.acknowledged_at.is_(None))
        open_ones = list(await tx.db.scalars(query))
    for number in stage.chance.sample(open_ones, len(open_ones) // 2):
        await _acknowledge(stage, number)


async def _acknowledge(stage: Stage, number: int) -> None:
    """Bob does, and not by the process that is frozen."""
    async with stage.core.reading(stage.system) as tx:
        bob = (await tx.db.scalars(select(Member).filter_by(email="bob@example.com"))).one()
        found = await incidents.find(tx, number)
    async with stage.core.transaction(people.actor_of(bob, Surface.SLACK)) as tx:
        await escalation.acknowledge(tx, found.id)


async def _its_page_is(stage: Stage, number: int, state: DeliveryState) -> bool:
    async with stage.core.reading(stage.system) as tx:
        query = (
            select(Delivery.state)
            .join(Incident, Incident.id == Delivery.incident_id)
            .where(Incident.number == number, Delivery.layer == 1)
        )
        return (await tx.db.scalars(query)).one() is state


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(150):
        while not await true():
            await asyncio.sleep(0.01)
