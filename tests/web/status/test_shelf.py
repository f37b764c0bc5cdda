"""The shelf of status pages: looked for and loaded as seldom as can be, and never long behind."""

import asyncio
import re
from dataclasses import replace
from random import Random
from threading import Event

import httpx
import pytest
from starlette.responses import PlainTextResponse

from tests import status_pages
from tests.status_pages import NOW, Memory
from tests.web.status.served import EVERY, NOWHERE, Time, client_of, pages_of, started, until
from web import status_shelf
from web.status_pages import StatusPages
from web.status_shelf import Pace


async def test_a_thousand_who_ask_at_once_cause_one_look_one_loading_one_rendering(
    web: httpx.AsyncClient, memory: Memory
) -> None:
    answers = await asyncio.gather(*(web.get("/status/acme") for _ in range(1000)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.headers["etag"] for one in answers}) == 1
    assert (memory.looks, memory.loads) == (1, 1)


async def test_while_nothing_changes_requests_ask_the_database_nothing(
    web: httpx.AsyncClient, memory: Memory
) -> None:
    for rest in EVERY:
        await web.get(f"/status/acme{rest}")
    for path in (*(f"/status/acme{rest}" for rest in EVERY), *NOWHERE):
        await asyncio.gather(*(web.get(path) for _ in range(20)))
    assert (memory.looks, memory.loads) == (1, 1)


async def test_without_a_background_look_a_change_is_seen_after_a_second(
    web: httpx.AsyncClient, memory: Memory, time: Time
) -> None:
    before = await web.get("/status/acme")
    memory.change(replace(status_pages.mixed(), title="Acme Money"))
    assert (await web.get("/status/acme")).content == before.content
    time.seconds += 1
    for rest in EVERY:
        assert "Acme Money" in (await web.get(f"/status/acme{rest}")).text
    assert (memory.looks, memory.loads) == (2, 2)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_no_reader_goes_back_in_time_and_all_arrive_at_the_last_change(
    seed: int,
) -> None:
    chance = Random(seed)
    first = replace(status_pages.calm(), title="Version 0")
    memory = Memory(first)
    memory.takes = lambda: chance.random() / 50
    pages = StatusPages(
        PlainTextResponse("elsewhere"),
        memory,
        public_url=None,
        now=lambda: NOW,
        pace=Pace(look=0.01, gap=0.001, believed=0.02, patience=0.015, first_patience=0.05),
    )
    done = False
    read: list[list[int]] = [[] for _ in range(12)]

    async def reads(own: list[int], rest: str) -> None:
        while not done:
            answer = await web.get(f"/status/acme{rest}")
            if answer.status_code == 200:
                own.append(int(re.findall("Version ([0-9]+)", answer.text)[0]))
            await asyncio.sleep(chance.random() / 100)

    async with started(pages), client_of(pages) as web, asyncio.TaskGroup() as readers:
        for number, own in enumerate(read):
            readers.create_task(reads(own, ("", ".json", "/history", "/feed.atom")[number % 4]))
        for version in range(1, 40):
            memory.change(replace(first, title=f"Version {version}"))
            memory.is_away, memory.is_broken = chance.random() < 0.3, chance.random() < 0.1
            pages.changed()
            await asyncio.sleep(chance.random() / 30)
        memory.is_away = memory.is_broken = False
        await asyncio.sleep(0.3)
        done = True
    for own in read:
        assert own == sorted(own)
        assert own[-1] == 39


async def test_a_change_that_this_process_made_is_seen_at_once(
    pages: StatusPages, web: httpx.AsyncClient, memory: Memory
) -> None:
    async with started(pages):
        await web.get("/status/acme")
        memory.change(replace(status_pages.mixed(), title="Acme Money"))
        pages.changed()

        async def seen() -> bool:
            return "Acme Money" in (await web.get("/status/acme")).text

        async with asyncio.timeout(0.4):  # the stopwatch stands still: no other look would help
            await until(seen)


async def test_a_look_that_began_before_the_change_is_followed_by_another(
    memory: Memory, time: Time
) -> None:
    pages = pages_of(memory, time, pace=Pace(look=60, believed=60, patience=0.01))
    async with started(pages), client_of(pages) as web:
        await web.get("/status/acme")
        memory.hangs = asyncio.Event()
        time.seconds += 60
        await web.get("/status/acme")  # its look hangs, and has read the versions already
        memory.change(replace(status_pages.mixed(), title="Acme Money"))
        pages.changed()
        await asyncio.sleep(0.05)
        memory.hangs.set()

        async def seen() -> bool:
            return "Acme Money" in (await web.get("/status/acme")).text

        await until(seen)


async def test_a_page_that_changes_while_it_is_drawn_is_drawn_again(
    memory: Memory, web: httpx.AsyncClient, time: Time
) -> None:
    drawing, may_go_on = Event(), Event()

    class Slow(str):
        def __html__(self) -> str:
            drawing.set()
            may_go_on.wait(10)
            return "Acme"

    memory.change(replace(status_pages.mixed(), title=Slow("Acme")))
    reader = asyncio.create_task(web.get("/status/acme"))
    assert await asyncio.to_thread(drawing.wait, 10)
    memory.change(replace(status_pages.mixed(), title="Acme Money"))
    time.seconds += 1
    await web.get("/status/other")  # a look
    may_go_on.set()
    assert "Acme Money" not in (await reader).text
    assert "Acme Money" in (await web.get("/status/acme")).text


async def test_a_change_that_another_process_made_is_seen_within_a_second(memory: Memory) -> None:
    clock = Time()
    pages = StatusPages(PlainTextResponse("elsewhere"), memory, public_url=None, now=clock.now)
    async with started(pages), client_of(pages) as web:
        await web.get("/status/acme")
        memory.change(replace(status_pages.mixed(), title="Acme Money"))

        async def seen() -> bool:
            return "Acme Money" in (await web.get("/status/acme")).text

        async with asyncio.timeout(1):
            await until(seen)


async def test_an_unpublished_page_vanishes_with_all_that_was_on_it(
    web: httpx.AsyncClient, memory: Memory, time: Time
) -> None:
    for rest in EVERY:
        await web.get(f"/status/acme{rest}")
    memory.unpublish()
    time.seconds += 1
    answers = [await web.get(f"/status/acme{rest}") for rest in EVERY]
    assert [one.status_code for one in answers] == [404] * len(EVERY)


async def test_a_page_that_is_unpublished_while_it_loads_is_not_there(
    web: httpx.AsyncClient, memory: Memory
) -> None:
    memory.leaves_at_once = True
    assert (await web.get("/status/acme")).status_code == 404


async def test_a_new_day_is_drawn_anew(web: httpx.AsyncClient, memory: Memory, time: Time) -> None:
    await web.get("/status/acme")
    time.seconds += 24 * 3600
    await web.get("/status/acme")
    assert memory.loads == 2


async def test_a_page_that_changes_faster_than_it_loads_goes_on_all_the_same(
    memory: Memory, time: Time
) -> None:
    async with client_of(pages_of(memory, time)) as web:
        await web.get("/status/acme")
        for number in range(1, 8):
            memory.hangs_loading = asyncio.Event()
            memory.change(replace(status_pages.mixed(), title=f"State {number}"))
            time.seconds += 2
            asking = asyncio.create_task(web.get("/status/acme"))
            await asyncio.sleep(0.01)
            memory.change(replace(status_pages.mixed(), title=f"State {number} again"))
            time.seconds += 2
            asking_too = asyncio.create_task(web.get("/status/acme"))
            await asyncio.sleep(0.01)
            memory.hangs_loading.set()
            await asyncio.gather(asking, asking_too)
            shown = (await web.get("/status/acme")).text
            assert f"State {number}" in shown


async def test_while_something_is_wrong_its_numbers_grow(time: Time) -> None:
    loads = []
    for state in (status_pages.mixed(), status_pages.calm()):
        memory = Memory(state)
        async with client_of(pages_of(memory, time)) as web:
            for _ in range(12):
                await web.get(f"/status/{state.slug}")
                time.seconds += 60
        loads.append(memory.loads)
    assert loads == [3, 1], "every five minutes, and not at all while all is well"


async def test_nobody_looks_when_nobody_has_read_for_a_minute(memory: Memory, time: Time) -> None:
    pages = pages_of(memory, time, pace=Pace(look=0.001, gap=0.0))
    async with started(pages), client_of(pages) as web:
        await web.get("/status/acme")
        looks = memory.looks

        async def looked() -> bool:
            return memory.looks > looks + 3

        await until(looked)
        time.seconds += 61
        await asyncio.sleep(0.01)
        looks = memory.looks
        await asyncio.sleep(0.05)
        assert memory.looks == looks
        memory.change(replace(status_pages.mixed(), title="Acme Money"))
        time.seconds += 61
        assert "Acme Money" in (await web.get("/status/acme")).text


async def test_however_many_hosts_are_named_a_bounded_number_is_remembered(
    memory: Memory, time: Time
) -> None:
    pages = pages_of(memory, time, public_url=None)
    async with client_of(pages) as web:
        for number in range(100):
            await web.get("/status/acme.json", headers={"Host": f"{number}.example"})
    (held,) = pages._shelf._held.values()
    assert len(held.elsewhere) == status_shelf.ELSEWHERE_MAX
    assert memory.loads == 1
