"""Two replicas, each with a Socket Mode connection of its own: Slack sends each request to one.

What people do there is done once, whichever replica is killed or replaced meanwhile. Each of six
people declares TOCSIN_SOCKET_FORMS incidents, 6 by default.
"""

import asyncio
import os
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from storage.models import Incident
from tests.safety.judgement import check_the_promise, until_quiet
from tests.safety.replica import Replica
from tests.safety.stage import DECLARERS, Stage, staged

FORMS = int(os.environ.get("TOCSIN_SOCKET_FORMS", "14"))
AGAIN_SECONDS = 0.05


@pytest.fixture
def backend() -> str:
    """Several replicas are PostgreSQL's."""
    return "postgresql"


@pytest.mark.long
async def test_whatever_is_killed_what_people_do_through_the_sockets_is_done_once(
    database_url: str,
) -> None:
    async with staged(database_url, seed=31, replicas=2, by_socket=True) as stage:
        await _both_are_connected(stage)
        clerks, enough = _clerks(stage), asyncio.Event()
        killing = asyncio.create_task(stage.keep_killing(enough))
        await asyncio.gather(*(one.work() for one in clerks))
        enough.set()
        await killing

        print(f"killed {stage.kills} times, {_failures(clerks)}")
        assert stage.kills >= 2
        await _check(stage, clerks)


@pytest.mark.long
async def test_a_rolling_restart_loses_nothing_and_says_of_nothing_done_that_it_failed(
    database_url: str,
) -> None:
    async with staged(database_url, seed=32, replicas=2, by_socket=True, in_trouble=False) as stage:
        await _both_are_connected(stage)
        clerks = _clerks(stage)
        working = asyncio.gather(*(one.work() for one in clerks))
        restarts = 0
        while not working.done():
            await _replace(stage, stage.replicas[restarts % 2])
            restarts += 1
        await working

        print(f"replaced {restarts} times, {_failures(clerks)}")
        assert restarts >= 2
        assert [title for one in clerks for title in one.done_all_the_same] == []
        await _check(stage, clerks)


class Clerk:
    """Somebody who declares one incident after the other, and looks at their Home tab."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._person: Any = stage.workspace.person(name)
        self.titles = [f"{name} has {number}" for number in range(FORMS)]
        self.failures: Counter[str] = Counter()
        self.done_all_the_same: list[str] = []

    async def work(self) -> None:
        """Whatever fails is tried again, as anybody would: the same form, the same command."""
        for title in self.titles:
            form = await self._stage.open_form(self._person, title)
            while not (answer := await self._person.submit(form)).ok:
                await self._has_failed(answer.failed)
                if title in await _numbers(self._stage):
                    self.done_all_the_same.append(title)
            await self._person.open_home()
            if self._stage.chance.random() < 0.3:
                await self._acknowledge((await _numbers(self._stage))[title])

    async def _acknowledge(self, number: int) -> None:
        line = f"/incident ack {number}"
        while not (answer := await self._person.command(line, channel="general")).ok:
            await self._has_failed(answer.failed)

    async def _has_failed(self, how: str | None) -> None:
        self.failures[str(how)] += 1
        await asyncio.sleep(AGAIN_SECONDS)

    @property
    def homes_shown(self) -> int:
        """How often their Home tab was made."""
        return sum(
            call.method == "views.publish" and call.arguments["user_id"] == self._person.id
            for call in self._stage.workspace.calls
        )


async def _replace(stage: Stage, replica: Replica) -> None:
    await replica.stop()
    await replica.start()
    await _both_are_connected(stage)


async def _both_are_connected(stage: Stage) -> None:
    connections = stage.workspace.socket.connections
    await stage.workspace.until(lambda: len(connections) == 2, timeout=30)


async def _check(stage: Stage, clerks: list[Clerk]) -> None:
    stage.workspace.faults.clear()
    await until_quiet(stage.core)
    titles = sorted(title for one in clerks for title in one.titles)
    assert sorted(await _numbers(stage)) == titles
    async with stage.core.reading(stage.system) as tx:
        assert len(list(await tx.db.scalars(select(Incident.id)))) == len(titles), "done twice"
    assert all(told.attempts[-1] is None for told in stage.workspace.events.told)
    assert all(one.homes_shown >= FORMS for one in clerks), "opened, and not shown"
    await check_the_promise(stage, incidents_at_least=len(titles))


async def _numbers(stage: Stage) -> dict[str, int]:
    async with stage.core.reading(stage.system) as tx:
        return {row.title: row.number for row in await tx.db.scalars(select(Incident))}


def _clerks(stage: Stage) -> list[Clerk]:
    return [Clerk(stage, one.name) for one in DECLARERS]


def _failures(clerks: list[Clerk]) -> str:
    return f"people had to try again: {dict(sum((one.failures for one in clerks), Counter()))}"
