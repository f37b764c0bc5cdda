"""Status pages served to a test: its clock, its readers, and how it waits for what they see."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.status_pages import NOW, PUBLIC_URL, Memory
from web.status_pages import StatusPages
from web.status_shelf import Pace

EVERY = ["", "/history", "/incidents/57", "/incidents/41", ".json", "/feed.atom"]
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
