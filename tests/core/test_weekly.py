"""The weekly line: what is found anew, once a week, with what to do."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import weekly
from core.remarks import CoverageTold
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

MONDAY = datetime.fromisoformat("2026-11-23T08:00+00:00")


async def look(engine: Engine) -> bool:
    return await weekly.say_weekly_line(engine.core, engine.organization_id)


async def said(engine: Engine) -> list[CoverageTold]:
    await engine.settle()
    posts = [one.outgoing for one in engine.sender.posts.values()]
    return [one.message for one in posts if isinstance(one.message, CoverageTold)]


@pytest.fixture
async def uncovered(engine: Engine) -> Any:
    """Nights have nobody for a year."""
    return await given.empty_schedule(engine)


@pytest.mark.usefixtures("uncovered")
async def test_it_is_said_once_when_the_week_has_begun(engine: Engine) -> None:
    engine.clock.at = MONDAY - timedelta(seconds=1)
    assert not await look(engine)

    engine.clock.at = MONDAY
    assert await look(engine)
    assert not await look(engine)

    (line,) = await said(engine)
    assert any("Nobody is on call for Nights" in what for what, _ in line.told)
    assert all(to_do for _, to_do in line.told)


@pytest.mark.usefixtures("uncovered")
async def test_the_engine_says_it_by_itself(engine: Engine) -> None:
    engine.clock.at = MONDAY
    await engine.worker.tick()
    await engine.worker.stop()
    engine.worker._stopping = False

    assert len(await said(engine)) == 1


@pytest.mark.usefixtures("uncovered")
async def test_what_was_told_is_told_again_only_when_it_has_changed(engine: Engine) -> None:
    engine.clock.at = MONDAY
    await look(engine)
    first = len(await said(engine))

    engine.clock.at += timedelta(days=7)
    assert not await look(engine)

    await given.empty_schedule(engine, "Weekends")
    engine.clock.at += timedelta(days=7)
    assert await look(engine)
    line = (await said(engine))[-1]
    assert first == 1
    assert {"Weekends" in what for what, _ in line.told} == {True}
    assert line.found > line.new


async def test_a_week_in_which_nothing_is_found_is_quiet(engine: Engine) -> None:
    async with engine.core.transaction(engine.system) as tx:
        for name in ("bob", "carol", "alice", "dave"):
            member = await tx.db.get_one(type(engine.cast[name]), engine.cast[name].id)
            member.slack_user_id = f"U{name}"
    engine.clock.at = MONDAY

    assert not await look(engine)
    assert await said(engine) == []


@pytest.mark.usefixtures("uncovered")
async def test_without_an_alerts_channel_nothing_is_said(engine: Engine) -> None:
    from core import people

    async with engine.core.transaction(engine.system) as tx:
        await people.set_alerts_channel(tx, None)
    engine.clock.at = MONDAY

    assert not await look(engine)


def test_a_week_begins_on_monday_morning() -> None:
    assert weekly.week_of(NOON) == "2026-W47"
    assert weekly.week_of(MONDAY - timedelta(seconds=1)) == "2026-W47"
    assert weekly.week_of(MONDAY) == "2026-W48"
