"""The weekly line: what is found anew, once a week, with what to do."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import claims, notifications, weekly
from core.remarks import CoverageTold
from core.sending import DeliveryFailed
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

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
    gap = next(one for one in line.told if "Nobody is on call for Nights" in one.said)
    assert (gap.start_at, gap.end_at) == (MONDAY, None), "each reader sees it on their own clock"
    assert all(one.to_do for one in line.told)


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
    assert {"Weekends" in one.said for one in line.told} == {True}
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


@pytest.mark.usefixtures("uncovered")
async def test_a_line_that_never_arrived_was_not_told(engine: Engine) -> None:
    archived = DeliveryFailed("is_archived", permanent=True)
    engine.sender.before = given.failing(archived, kind="coverage_told")
    engine.clock.at = MONDAY
    await look(engine)
    await engine.settle()

    engine.sender.before = lambda _verb, _outgoing: None
    engine.clock.at += timedelta(days=7)

    assert await look(engine)


async def test_a_start_in_the_middle_of_a_week_says_no_line(engine: Engine) -> None:
    await given.empty_schedule(engine)
    engine.clock.at = MONDAY + timedelta(days=3, hours=6)

    await engine.worker.tick()

    assert await said(engine) == []


async def test_what_is_said_apart_never_holds_a_page_up(engine: Engine) -> None:
    bob = engine.cast["bob"]
    async with engine.core.transaction(engine.system) as tx:
        await notifications.send_trial_page(tx, bob.id)
    async with engine.core.transaction(engine.system) as tx:
        taken = await claims.claim(tx, organization_id=engine.organization_id, limit=16)
    assert len(taken.claims) == 1  # and whoever took it dies

    await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        taken = await claims.claim(tx, organization_id=engine.organization_id, limit=16)

    assert [one.target for one in taken.claims if one.wakes] == [f"slack_dm:{bob.id}"]
