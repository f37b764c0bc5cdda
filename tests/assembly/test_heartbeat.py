"""The outbound heartbeat: it is heard while all is well, and falls silent when it is not."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy.engine import make_url

from assembly.heartbeat import Heartbeat
from core import incidents
from core.transaction import Core
from core.worker import Worker
from storage.database import Database
from storage.vocabulary import Channel
from tests.cast import StoryClock
from tests.engine import Engine
from tests.line import Line

EVERY = 0.05
PATH = "/ping/a-secret-of-ours"


class Monitor:
    """A server that expects to be called, and counts."""

    def __init__(self) -> None:
        self.calls = 0
        self.status = 200
        self.url = ""

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        application = web.Application()
        application.router.add_get(PATH, self._answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
        try:
            yield
        finally:
            await runner.cleanup()

    async def _answer(self, _request: web.Request) -> web.Response:
        self.calls += 1
        return web.Response(status=self.status)

    async def is_called(self) -> bool:
        """Whether another call comes soon."""
        before = self.calls
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while self.calls == before:
                    await asyncio.sleep(0.01)
        return self.calls > before

    async def is_silent(self) -> bool:
        """Whether no call comes for many times as long as they are apart."""
        await asyncio.sleep(2 * EVERY)  # one that was on its way
        before = self.calls
        await asyncio.sleep(10 * EVERY)
        return self.calls == before


@pytest.fixture
async def monitor() -> AsyncIterator[Monitor]:
    monitor = Monitor()
    async with monitor.serve():
        yield monitor


@asynccontextmanager
async def _beating(worker: Worker, url: str, *, every: float = EVERY) -> AsyncIterator[None]:
    """The worker runs, is woken all the time, and its calm cycles are heard outside."""

    async def keep_awake() -> None:
        while True:
            worker.wake()
            await asyncio.sleep(0.01)

    async with aiohttp.ClientSession() as session:
        heartbeat = Heartbeat(url, session, every=every)
        worker.on_calm = heartbeat.beat
        running = asyncio.create_task(worker.run())
        awake = asyncio.create_task(keep_awake())
        try:
            yield
        finally:
            worker.finish()
            await running
            await worker.stop()
            awake.cancel()
            await heartbeat.stop()


async def test_it_stops_while_an_escalation_stays_overdue_and_comes_back(
    engine: Engine, monitor: Monitor
) -> None:
    incident = await engine.declare()
    async with _beating(engine.worker, monitor.url):
        assert await monitor.is_called()

        async with engine.core.transaction(engine.system) as tx:
            await incidents.lock(tx, incident.id)  # somebody holds it, so nobody can escalate it
            engine.clock.at += timedelta(minutes=5)
            assert await monitor.is_silent()

        assert await monitor.is_called()
    assert ("Carol", 2) in engine.sender.pages()


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_it_stops_while_the_database_is_away_and_comes_back(
    line: Line, database_url: str, monitor: Monitor
) -> None:
    name = make_url(database_url).database
    database = Database(f"postgresql://postgres@127.0.0.1:{line.port}/{name}")
    worker = Worker(Core(database, StoryClock()), dict.fromkeys(Channel, None))  # type: ignore[arg-type]
    async with _beating(worker, monitor.url):
        assert await monitor.is_called()
        await line.cut()
        assert await monitor.is_silent()
        await line.mend()
        assert await monitor.is_called()
    await database.dispose()


async def test_it_is_heard_once_in_its_time_however_often_the_engine_looks(
    engine: Engine, monitor: Monitor
) -> None:
    async with _beating(engine.worker, monitor.url, every=60):
        assert await monitor.is_called()
        assert await monitor.is_silent()
    assert monitor.calls == 1


@pytest.mark.parametrize("status", [404, 500])
async def test_a_monitor_that_refuses_is_said_in_the_log_without_the_secret(
    engine: Engine, monitor: Monitor, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    monitor.status = status
    async with _beating(engine.worker, monitor.url):
        assert await monitor.is_called()
        assert await monitor.is_called(), "a failure ended it"
    assert f"did not reach 127.0.0.1: it answered {status}" in caplog.text
    assert "a-secret-of-ours" not in caplog.text


async def test_a_monitor_that_is_not_there_stops_nothing(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    async with _beating(engine.worker, f"http://127.0.0.1:1{PATH}"):
        await engine.declare()
        async with asyncio.timeout(10):
            while not engine.sender.pages() or "did not reach" not in caplog.text:
                await asyncio.sleep(0.01)
    assert {one.levelno for one in caplog.records} == {logging.WARNING}
    assert "a-secret-of-ours" not in caplog.text
