"""PostgreSQL itself is gone for a minute, ended as by a crash, and comes back: two real replicas.

By default a minute of the product's clock is two seconds; with TOCSIN_STAGE_SPEED=1 it is a real
one. TOCSIN_CRASH_INCIDENTS, 15, is how many are declared while the server crashes.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from storage.models import Incident
from tests.postgres import OwnPostgres, own_postgres
from tests.safety.judgement import check_the_promise, until_quiet
from tests.safety.replica import Replica
from tests.safety.stage import DECLARERS, Stage, staged
from tests.safety.victim import SPEED

AWAY = 75 / SPEED
"""Longer than a layer waits: what was due meanwhile is overdue when it is back."""
BACK_WITHIN = 2.0
INCIDENTS = int(os.environ.get("TOCSIN_CRASH_INCIDENTS", "15"))
UNREACHABLE = "can't reach its database"


@pytest.fixture
async def server() -> AsyncIterator[OwnPostgres]:
    async with own_postgres() as running:
        yield running


@pytest.mark.long
async def test_people_are_told_and_what_came_due_is_paged_once_it_is_back(
    server: OwnPostgres,
) -> None:
    async with staged(server.url, seed=5, replicas=2, in_trouble=False) as stage:
        carol, dave = stage.workspace.person("carol"), stage.workspace.person("dave")
        form = await stage.open_form(dave, "Search is slow")
        await stage.declare_one()
        card = stage.workspace.channel("incidents")
        await stage.workspace.until(lambda: card.messages, timeout=10)
        went = time.monotonic()
        await server.crash()
        for one in stage.replicas:
            await _check_that_it_says_so(stage, one, form)
        await asyncio.sleep(went + AWAY - time.monotonic())
        for one in stage.replicas:
            await _check_that_it_says_so(stage, one, form)
        assert carol.dm() == []

        await server.start()
        back = time.monotonic()
        await stage.workspace.until(carol.dm, timeout=30)
        late = time.monotonic() - back
        print(f"Carol was paged {late:.2f} s after it was back")
        assert late < BACK_WITHIN
        for one in stage.replicas:
            await _until_ready(one)
        assert (await dave.submit(form)).ok
        await stage.acknowledge(2)
        await until_quiet(stage.core)

        async with stage.core.reading(stage.system) as tx:
            titles = list(await tx.db.scalars(select(Incident.title).order_by(Incident.number)))
        assert titles == ["The till", "Search is slow"]
        await check_the_promise(stage, incidents_at_least=2)


@pytest.mark.long
async def test_a_server_that_crashes_while_incidents_are_declared_costs_no_page(
    server: OwnPostgres,
) -> None:
    async with staged(server.url, seed=6, replicas=2) as stage:

        async def crash() -> None:
            for _ in range(3):
                await asyncio.sleep(1.5)
                await server.crash()
                await asyncio.sleep(AWAY / 2)
                await server.start()

        crashing = asyncio.create_task(crash())
        await asyncio.gather(
            *(stage.declare_and_sometimes_acknowledge(one.name, INCIDENTS) for one in DECLARERS[:3])
        )
        await crashing
        stage.workspace.faults.clear()
        await until_quiet(stage.core)

        await check_the_promise(stage, incidents_at_least=INCIDENTS)
        assert all(one.lives for one in stage.replicas)


async def _check_that_it_says_so(stage: Stage, replica: Replica, form: Any) -> None:
    """This replica lives, is not ready, and tells whoever asks for something; the form stays."""
    for one in stage.replicas:
        one.in_rotation = one is replica
    bob, dave = stage.workspace.person("bob"), stage.workspace.person("dave")
    listed = await bob.command("/incident list", channel="general")
    assert UNREACHABLE in listed.messages[0].plain
    known = len(bob.ephemerals())
    card = stage.workspace.channel("incidents").messages[0]
    assert (await bob.click("Acknowledge", on=card)).failed is None
    await stage.workspace.until(lambda: len(bob.ephemerals()) > known, timeout=10)
    assert UNREACHABLE in bob.ephemerals()[-1].plain
    submission = await dave.submit(form)
    assert submission.failed is None
    assert any(UNREACHABLE in text for text in submission.errors.values())
    assert dave.modal is form

    assert replica.lives
    assert await _answers(replica, "/healthz") == (200, {"status": "ok"})
    assert await _answers(replica, "/readyz") == (
        503,
        {"status": "not ready", "reason": "the database does not answer"},
    )
    for one in stage.replicas:
        one.in_rotation = True


async def _until_ready(replica: Replica) -> None:
    async with asyncio.timeout(10):
        while (await _answers(replica, "/readyz"))[0] != 200:
            await asyncio.sleep(0.05)


async def _answers(replica: Replica, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(replica.url + path) as answer:
        return answer.status, await answer.json()
