"""A feed over HTTP: read by its address alone, unchanged without a second reading, or not there."""

import logging
from collections.abc import AsyncIterator

import httpx
import icalendar
import pytest

from core import calendars, people, schedules
from tests.world import World, web_client


@pytest.fixture
async def web(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with web_client(world.tocsin) as client:
        yield client


async def _path(world: World) -> str:
    async with world.tocsin.core.transaction(world.system) as tx:
        (schedule,) = await schedules.list_schedules(tx)
        return (await calendars.feed_for_schedule(tx, schedule.id)).path


async def _revoke(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        (schedule,) = await schedules.list_schedules(tx)
        assert await calendars.revoke(tx, schedule_id=schedule.id)


async def test_whoever_has_the_address_reads_the_calendar(
    world: World, web: httpx.AsyncClient
) -> None:
    answer = await web.get(await _path(world))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) > 20
    assert {str(one["SUMMARY"]) for one in events} == {"Bob Okafor (Payments)"}


async def test_it_tells_names_schedules_and_times_and_nothing_else(
    world: World, web: httpx.AsyncClient
) -> None:
    await world.declare(world.alice, title="Checkout is down")
    text = (await web.get(await _path(world))).text.replace("\r\n ", "")

    for secret in ("@", "example.com", "Checkout", "alice", str(world.organization_id), "xoxb"):
        assert secret not in text
    async with world.tocsin.core.reading(world.system) as tx:
        ids = [str(one.id) for one in await people.members(tx)]
    assert not any(one in text for one in ids)


async def test_who_has_it_already_is_told_so_until_something_changes(
    world: World, web: httpx.AsyncClient
) -> None:
    path = await _path(world)
    first = await web.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')

    world.clock.at = world.clock.at.replace(hour=17)
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await web.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["ETag"], again.headers["Cache-Control"]) == (tag, "private, no-cache")

    async with world.tocsin.core.transaction(world.system) as tx:
        (schedule,) = await schedules.list_schedules(tx)
        schedule.timezone = "America/New_York"
    changed = await web.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


async def test_a_reader_that_asks_for_the_head_gets_no_text(
    world: World, web: httpx.AsyncClient
) -> None:
    path = await _path(world)
    answer = await web.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == (await web.get(path)).headers["ETag"]


async def test_a_revoked_address_answers_as_one_that_never_was(
    world: World, web: httpx.AsyncClient
) -> None:
    path = await _path(world)
    tag = (await web.get(path)).headers["ETag"]
    await _revoke(world)

    revoked = await web.get(path, headers={"If-None-Match": tag})
    never = await web.get(f"{calendars.PATH}/{'x' * 32}.ics")
    broken = await web.get(f"{calendars.PATH}/x.ics")

    for answer in (revoked, never, broken):
        assert (answer.status_code, answer.text) == (404, "There is no such calendar.\n")
        assert answer.headers["Cache-Control"] == "no-store"
    alike = [{**one.headers, "x-request-id": ""} for one in (revoked, never, broken)]
    assert alike[0] == alike[1] == alike[2]


async def test_the_secret_stands_in_no_log(
    world: World, web: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = await _path(world)
    await web.get(path)
    await _revoke(world)
    await web.get(path)

    secret = path.rpartition("/")[2].removesuffix(".ics")
    ours = [one for one in caplog.records if not one.name.startswith(("httpx", "aiosqlite"))]
    assert any(one.getMessage().startswith("calendar_made") for one in ours)
    assert not any(secret in one.getMessage() for one in ours)


async def test_nothing_can_be_written_there(world: World, web: httpx.AsyncClient) -> None:
    path = await _path(world)
    for method in ("POST", "PUT", "DELETE"):
        assert (await web.request(method, path)).status_code == 405
