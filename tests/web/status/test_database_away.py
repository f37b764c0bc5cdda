"""With the database away or slow, status pages show what was known and keep nobody waiting."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from tests import status_pages
from tests.status_pages import Memory
from tests.web.status.served import Time, client_of, pages_of
from web.status_shelf import Pace


async def test_with_the_database_away_what_is_known_goes_on_being_served(
    web: httpx.AsyncClient, memory: Memory, time: Time
) -> None:
    before = await web.get("/status/acme")
    memory.is_away = True
    for _ in range(5):
        time.seconds += 1
        answers = await asyncio.gather(*(web.get("/status/acme") for _ in range(20)))
        assert {one.content for one in answers} == {before.content}
        assert (await web.get("/status/other")).status_code == 404
    assert (memory.looks, memory.loads) == (6, 1)


async def test_a_change_that_can_not_be_loaded_leaves_the_page_as_it_was(
    web: httpx.AsyncClient, memory: Memory, time: Time
) -> None:
    before = await web.get("/status/acme")
    memory.change(replace(status_pages.mixed(), title="Acme Money"))
    time.seconds += 1
    memory.is_broken = True
    for _ in range(20):
        assert (await web.get("/status/acme")).content == before.content
    assert memory.loads == 2  # it is tried again in a second, and not for each reader
    memory.is_broken = False
    time.seconds += 1
    assert "Acme Money" in (await web.get("/status/acme")).text


async def test_that_the_database_is_away_is_logged_once_and_not_with_every_look(
    web: httpx.AsyncClient, memory: Memory, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    await web.get("/status/acme")
    for is_away in (True, True, True, False, True):
        memory.is_away = is_away
        time.seconds += 1
        await web.get("/status/acme")
    assert [one.message for one in caplog.records] == [
        "status pages show what was known: the database does not answer"
    ] * 2


async def test_with_the_database_away_and_nothing_known_one_is_asked_to_come_back(
    web: httpx.AsyncClient, memory: Memory, time: Time
) -> None:
    memory.is_away = True
    answers = await asyncio.gather(*(web.get("/status/acme") for _ in range(100)))
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["cache-control"] == "no-store"
    assert memory.looks == 1
    memory.is_away = False
    time.seconds += 1
    assert (await web.get("/status/acme")).status_code == 200


async def test_a_database_that_hangs_keeps_nobody_waiting_who_can_be_served(
    memory: Memory, time: Time
) -> None:
    pages = pages_of(memory, time, pace=Pace(patience=0.05))
    async with client_of(pages) as web:
        before = await web.get("/status/acme")
        memory.hangs = asyncio.Event()
        time.seconds += 1
        answers = await asyncio.gather(*(web.get("/status/acme") for _ in range(50)))
        assert {one.content for one in answers} == {before.content}
        time.seconds += 1
        async with asyncio.timeout(0.04):  # the look has been waited for once already
            await web.get("/status/acme")
        assert memory.looks == 2
        memory.hangs.set()


async def test_a_change_that_takes_long_to_load_keeps_nobody_waiting(
    memory: Memory, time: Time
) -> None:
    pages = pages_of(memory, time, pace=Pace(patience=0.05))
    async with client_of(pages) as web:
        before = await web.get("/status/acme")
        memory.change(replace(status_pages.mixed(), title="Acme Money"))
        memory.hangs_loading = asyncio.Event()
        time.seconds += 1
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*(web.get("/status/acme") for _ in range(50)))
        assert {one.content for one in answers} == {before.content}
        memory.hangs_loading.set()
        time.seconds += 1
        assert "Acme Money" in (await web.get("/status/acme")).text
