"""Status pages over HTTP: the same bytes until something changes, and then others at once."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Event

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests import status_pages
from tests.status_pages import NOW, PUBLIC_URL, Memory
from web import status_shelf
from web.status_pages import StatusPages
from web.status_shelf import Pace

EVERY = ["", "/history", "/incidents/57", "/incidents/41", ".json", "/feed.atom"]
COMPONENT_FEED = "/components/00000000-0000-0000-0000-0000000003e9/feed.atom"
NOWHERE = [
    "/status/other",
    "/status/",
    "/status/acme/nothing",
    "/status/acme.xml",
    "/status/ACME",
    "/status/acme/incidents/1",
    "/status/acme/incidents/057",
    "/status/acme/incidents/57/",
    "/status/acme/components/00000000-0000-0000-0000-000000000001/feed.atom",
    "/status/%00",
    "/status/a%2Fb",
]


class Time:
    """A stopwatch and a clock that stand still until a test moves them."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def now(self):
        return NOW + timedelta(seconds=self.seconds - 1000.0)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def memory() -> Memory:
    return Memory(status_pages.mixed())


def pages_of(
    memory: Memory,
    time: Time,
    public_url: str | None = PUBLIC_URL,
    pace: Pace | None = None,
) -> StatusPages:
    elsewhere = Starlette(
        routes=[Route("/{path:path}", lambda request: PlainTextResponse("elsewhere"))]
    )
    return StatusPages(
        elsewhere, memory, public_url=public_url, now=time.now, stopwatch=time, pace=pace
    )


def client_of(pages: StatusPages, base_url: str = "http://tocsin.test") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=pages),
        base_url=base_url,
        headers={"Accept-Encoding": "identity"},
    )


@pytest.fixture
def pages(memory: Memory, time: Time) -> StatusPages:
    return pages_of(memory, time)


@pytest.fixture
async def web(pages: StatusPages) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(pages) as client:
        yield client


@asynccontextmanager
async def started(pages: StatusPages) -> AsyncIterator[None]:
    await pages.start()
    try:
        yield
    finally:
        await pages.stop()


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await happened():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("rest", [*EVERY, COMPONENT_FEED])
async def test_every_document_is_tagged_typed_and_kept_for_a_second(
    web: httpx.AsyncClient, rest: str
) -> None:
    answer = await web.get(f"/status/acme{rest}")
    assert answer.status_code == 200
    kind = {"n": "application/json", "m": "application/atom+xml; charset=utf-8"}
    expected = kind[rest[-1]] if "." in rest else "text/html; charset=utf-8"
    assert answer.headers["content-type"] == expected
    assert re.fullmatch('"[0-9a-f]{32}"', answer.headers["etag"])
    assert answer.headers["cache-control"] == "public, max-age=1"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "unsafe" not in answer.headers["content-security-policy"]
    everybody = answer.headers.get("access-control-allow-origin")
    assert everybody == ("*" if "." in rest else None)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_who_has_it_already_is_told_so_without_a_body(
    web: httpx.AsyncClient, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    tag = (await web.get("/status/acme", headers=headers)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", W/{tag}', f'{tag},"other"', "*"):
        answer = await web.get("/status/acme", headers={**headers, "If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert (answer.headers["etag"], answer.headers["cache-control"]) == (
            tag,
            "public, max-age=1",
        )
        assert "content-length" not in answer.headers
    for unknown in ("", '"other"', tag.strip('"'), tag[:-2] + '"'):
        answer = await web.get("/status/acme", headers={**headers, "If-None-Match": unknown})
        assert answer.status_code == 200


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "gzip, deflate, br, zstd"])
async def test_who_takes_gzip_gets_less_and_another_tag(
    web: httpx.AsyncClient, accepted: str
) -> None:
    plain = await web.get("/status/acme")
    async with web.stream("GET", "/status/acme", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(raw))
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    assert answer.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip-2"])
async def test_who_takes_no_gzip_gets_none(web: httpx.AsyncClient, accepted: str) -> None:
    answer = await web.get("/status/acme", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_head_says_all_but_the_body(web: httpx.AsyncClient) -> None:
    get, head = await web.get("/status/acme"), await web.head("/status/acme")
    assert (head.status_code, head.content) == (200, b"")
    for answer in (get, head):
        del answer.headers["x-request-id"]
    assert head.headers == get.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_there_is_nothing_to_do_but_read(web: httpx.AsyncClient, method: str) -> None:
    for path in ("/status/acme", "/status/other"):
        answer = await web.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_what_does_not_exist_looks_like_what_was_never_published(
    web: httpx.AsyncClient,
) -> None:
    answers = [await web.get(path) for path in NOWHERE]
    assert [one.status_code for one in answers] == [404] * len(NOWHERE)
    assert len({one.content for one in answers}) == 1
    assert "There is no such page" in answers[0].text
    assert {one.headers["cache-control"] for one in answers} == {"public, max-age=1"}


async def test_a_slash_too_much_leads_to_the_page(web: httpx.AsyncClient) -> None:
    answer = await web.get("/status/acme/")
    assert (answer.status_code, answer.headers["location"]) == (308, "/status/acme")
    assert (await web.get("/status/other/")).status_code == 404


async def test_everything_else_goes_on_to_the_product(web: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz", "/status", "/statuses/acme"):
        assert (await web.get(path)).text == "elsewhere"


async def test_every_answer_has_the_id_of_its_request(web: httpx.AsyncClient) -> None:
    for path in ("/status/acme", "/status/acme", "/status/other"):
        named = await web.get(path, headers={"X-Request-Id": "abc-1"})
        assert named.headers["x-request-id"] == "abc-1"
        forged = await web.get(path, headers={"X-Request-Id": "two words"})
        assert re.fullmatch("[0-9a-f]{32}", forged.headers["x-request-id"])
    tag = named.headers.get("etag", "")
    again = await web.get("/status/acme", headers={"If-None-Match": f"{tag}, *"})
    assert len(again.headers["x-request-id"]) == 32


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


async def test_what_is_asked_for_by_another_host_has_that_hosts_addresses(
    memory: Memory, time: Time
) -> None:
    pages = pages_of(memory, time, public_url=None)
    for base in ("https://one.example", "http://two.example:8080", "http://[::1]:3000"):
        async with client_of(pages, base) as web:
            told = (await web.get("/status/acme.json")).json()
            assert told["page"]["url"] == f"{base}/status/acme"
            assert (
                f'href="{base}/status/acme/feed.atom"'
                in (await web.get("/status/acme/feed.atom")).text
            )
            assert "example" not in re.sub(
                "docs.example.com", "", (await web.get("/status/acme")).text
            )
    async with client_of(pages) as web:
        forged = await web.get("/status/acme.json", headers={"Host": "x/<script>"})
    assert json.loads(forged.text)["page"]["url"] == "/status/acme"


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
