"""Readiness: red for what another replica, or a restart, could do better; never for Slack."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.engine import make_url

from assembly import watch
from assembly.watch import Watch
from core import escalation
from core.transaction import Core
from core.worker import Worker
from storage.database import Database
from storage.vocabulary import Channel
from tests.cast import StoryClock
from tests.core import given
from tests.engine import Engine
from tests.line import Line

UP_TO = watch.OVERDUE_MAX_SECONDS


async def _watching(engine: Engine) -> Watch:
    await engine.worker.tick()
    return Watch(engine.core, engine.worker)


async def test_it_is_ready_while_nothing_is_overdue(engine: Engine) -> None:
    await engine.declare()
    looking = await _watching(engine)
    assert await looking.ready() is None


async def test_an_escalation_that_stays_overdue_makes_it_red_and_says_for_how_long(
    engine: Engine,
) -> None:
    await engine.declare()
    looking = await _watching(engine)

    engine.clock.at += timedelta(minutes=5, seconds=UP_TO)
    assert await looking.ready() is None
    engine.clock.at += timedelta(seconds=1)
    assert await looking.ready() == "an escalation has been overdue for 61 seconds"

    await engine.settle()
    assert await looking.ready() is None


async def test_an_engine_that_looks_no_more_makes_it_red(engine: Engine) -> None:
    await engine.worker.tick()
    later = watch.BEAT_MAX_SECONDS + 10
    looking = Watch(engine.core, engine.worker, stopwatch=lambda: time.monotonic() + later)
    assert await looking.ready() == "the engine has not looked for work for 40 seconds"


async def test_an_engine_that_never_looked_is_not_running(engine: Engine) -> None:
    assert await Watch(engine.core, engine.worker).ready() == "the engine is not running"


async def test_slack_being_down_keeps_it_ready(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER)
    await engine.declare()
    await engine.settle()
    looking = await _watching(engine)
    assert await looking.ready() is None
    look = await looking.look()
    assert look.health is not None
    assert look.health.waiting


async def test_what_another_organization_leaves_undone_is_not_this_replicas_fault(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    looking = await _watching(engine)
    engine.clock.at += timedelta(hours=1)
    engine.worker.organization_id = (await given.stranger(engine)).organization_id
    assert await looking.ready() is None

    engine.worker.organization_id = engine.organization_id
    assert await looking.ready() is not None
    await engine.do("bob", escalation.acknowledge, incident.id)
    assert await looking.ready() is None


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_a_database_that_hangs_is_one_that_does_not_answer_and_is_asked_once(
    line: Line, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.5)
    name = make_url(database_url).database
    database = Database(f"postgresql://postgres@127.0.0.1:{line.port}/{name}")
    core = Core(database, StoryClock())
    worker = Worker(core, dict.fromkeys(Channel, None))  # type: ignore[arg-type]
    looking = Watch(core, worker)
    await worker.tick()
    assert await looking.ready() is None

    line.hang()
    began = time.monotonic()
    assert await looking.ready() == "the database does not answer"
    assert time.monotonic() - began < watch.PATIENCE_SECONDS + 1
    assert (await looking.look()).health is None

    line.flow()
    assert await looking.ready() is None
    await looking.stop()
    await database.dispose()
