"""The engine goes on: when a tick fails, something is held, or a delivery stumbles."""

import asyncio
import logging
from datetime import datetime, timedelta

import pytest

from core import incidents, pacing
from tests.cast import NOON, StoryClock
from tests.core import given
from tests.core.awake import running, until
from tests.engine import Engine


async def test_an_engine_that_fails_while_something_is_due_is_not_busy_with_failing(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(StoryClock):
        """A clock that can't be read."""

        def now(self) -> datetime:
            raise RuntimeError("the clock fell off the wall")

    await engine.declare()
    await engine.settle()
    engine.core.clock = Broken(NOON + timedelta(minutes=6))
    async with running(engine.worker):
        await asyncio.sleep(0.7)
        engine.core.clock = engine.clock

    failures = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert 1 <= len(failures) <= 3


async def test_a_failing_tick_does_not_end_the_engine(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    broken: list[bool] = [True]

    class Breaking(StoryClock):
        """A clock that breaks once."""

        def now(self) -> datetime:
            if broken and broken.pop():
                raise RuntimeError("the clock fell off the wall")
            return super().now()

    await engine.declare()
    engine.core.clock = Breaking()
    async with running(engine.worker):
        await until(lambda: not broken)
        engine.core.clock.at += pacing.REST
        await engine.declare()
        await until(lambda: len(engine.sender.posts) == 6)

    assert [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR] == [
        "the engine's tick failed; the sweep tries again"
    ]
    assert engine.sender.pages() == [("Bob", 1), ("Bob", 1)]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_an_escalation_that_somebody_else_holds_keeps_no_delivery_waiting(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.clock.at = NOON + timedelta(minutes=5)
    await engine.declare()

    async with engine.core.transaction(engine.system) as other:
        await incidents.lock(other, incident.id)
        async with asyncio.timeout(2):
            await engine.worker.tick()
            await until(lambda: engine.sender.pages() == [("Bob", 1), ("Bob", 1)])
    await engine.settle()


async def test_a_delivery_that_stumbles_blocks_none_behind_it(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.sender.before = given.failing(RuntimeError("a bug"), kind="page", times=1)
    await engine.declare()
    await engine.settle()
    await engine.declare()
    await engine.settle()

    assert engine.sender.pages() == [("Bob", 1)]
    assert "stumbled" in caplog.text

    await engine.pass_time(seconds=30)
    assert engine.sender.pages() == [("Bob", 1), ("Bob", 1)]
