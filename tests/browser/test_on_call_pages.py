"""On call and policies in a real browser: by keyboard, on a phone, and seen by others at once."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from core import policies, schedules
from tests.browser.conftest import Seen
from tests.web.dashboard.browser import sign_in
from tests.world import World, running_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LONG = "W" * 255
BLUEPRINT = f"""
alerts_channel: incidents
admins: [alice@example.com]
last_resort: {{people: [alice@example.com]}}
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        from: 2026-11-16T09:00:00+01:00
        people: [bob@example.com, alice@example.com]
      - name: {LONG}
        shift: daily
        handoff: "17:30"
        from: 2026-11-16T09:00:00+01:00
        people: [dave@example.com, alice@example.com]
policies:
  Payments:
    layers:
      - page: {{schedule: Payments}}
        timeout: 5 min
      - page: {{people: [carol@example.com]}}
        timeout: 2 h
"""
PAGES = {
    "on call": "/on-call",
    "month": "{schedule}",
    "week": "{schedule}?by=week",
    "cover": "{schedule}/cover",
    "schedule's details": "{schedule}/edit",
    "rotation layer": "{schedule}/layers/new",
    "end of a schedule": "{schedule}/remove",
    "policies": "/policies",
    "policy": "{policy}",
    "policy's details": "{policy}/edit",
    "layer": "{policy}/layers/new",
}
SMOKE = ("month", "policy")


@dataclass
class Served:
    """A world whose dashboard a browser can open, and what its pages are called."""

    world: World
    url: str
    schedule: str
    policy: str

    def address(self, page: str) -> str:
        return self.url + PAGES[page].format(schedule=self.schedule, policy=self.policy)


Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(migrated_file: Path, tmp_path_factory: Any) -> AsyncIterator[Served]:
    path = tmp_path_factory.mktemp("dashboard") / "tocsin.db"
    shutil.copy(migrated_file, path)
    async with running_world(f"sqlite:///{path}", blueprint=BLUEPRINT) as world:
        for person in (world.bob, world.carol):
            await person.command("/incident oncall")
        async with world.tocsin.core.reading(world.system) as tx:
            (schedule,) = await schedules.list_schedules(tx)
            (policy,) = await policies.list_policies(tx)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            config = uvicorn.Config(world.tocsin.http, log_config=None, lifespan="off", ws="none")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[free]))
            yield Served(
                world,
                f"http://127.0.0.1:{free.getsockname()[1]}/app",
                f"/on-call/schedules/{schedule.id}",
                f"/policies/{policy.id}",
            )
            await world.tocsin.dashboard.stop()
            server.should_exit = True
            await serving


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Browser, served: Served) -> AsyncIterator[Open]:
    """Open a page as somebody. In the end nothing stood in the console that should not."""
    seen = Seen()

    async def open_it(person: str, page: str, *, width: int = 1280, **more: Any) -> Page:
        async with httpx.AsyncClient() as client:
            await sign_in(served.world, client, getattr(served.world, person))
            (cookie,) = client.cookies.jar
        context = await browser.new_context(viewport={"width": width, "height": 800}, **more)
        kept = {"name": cookie.name, "value": str(cookie.value), "url": served.url}
        await context.add_cookies([kept])
        seen.listen(context)
        opened = await context.new_page()
        await opened.goto(served.address(page))
        return opened

    yield open_it
    for context in browser.contexts:
        await context.close()
    assert seen == Seen()


async def press_tab_until(page: Page, name: str) -> None:
    """Walk by keyboard to what is called so."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if name == await page.evaluate(
            "document.activeElement.innerText?.trim() || document.activeElement.labels?.[0]"
            "?.innerText.trim()"
        ):
            return
    pytest.fail(f"“{name}” is not reached by keyboard")


async def test_a_shift_is_covered_by_keyboard_and_others_see_it_at_once(open_page: Open) -> None:
    bob = await open_page("bob", "month")
    carol = await open_page("carol", "month")
    await press_tab_until(carol, "Cover a shift")
    await carol.keyboard.press("Enter")
    await expect(carol.get_by_role("heading", name="How it will be")).to_be_visible()
    await expect(carol.locator("#preview")).to_contain_text("Carol Jansen covers")
    await expect(carol.get_by_label("Who covers")).to_have_value(
        await carol.get_by_role("option", name="Carol Jansen").get_attribute("value") or ""
    )
    await carol.get_by_label("Until").fill("2026-11-18T20:00")
    await carol.get_by_label("Until").press("Tab")
    await expect(carol.locator("#preview")).to_contain_text("18 Nov, 20:00")
    await press_tab_until(carol, "Cover")
    await carol.keyboard.press("Enter")
    await expect(carol.get_by_role("status").first).to_contain_text("Carol Jansen covers until")

    await expect(bob.locator("#head")).to_contain_text("Carol Jansen", timeout=3_000)
    await expect(bob.locator("#overrides")).to_contain_text("Carol Jansen")
    piece = bob.locator(".piece.is-override").first
    await expect(piece).to_contain_text("override")

    await carol.get_by_role("link", name="Change… the override of Carol Jansen").press("Enter")
    await expect(carol.get_by_role("heading", name="Change an override")).to_be_visible()


async def test_a_policy_is_asked_about_another_instant_by_keyboard(open_page: Open) -> None:
    bob = await open_page("bob", "policy")
    await expect(bob.locator("#simulation")).to_contain_text("layer 2 of 2")
    await bob.get_by_label("If an incident began at").fill("2026-11-10T09:00")
    await press_tab_until(bob, "Ask")
    await bob.keyboard.press("Enter")
    await expect(bob.locator("#simulation")).to_contain_text("nobody is on call for Payments")


async def test_a_phone_shows_the_shifts_as_a_list(open_page: Open) -> None:
    bob = await open_page("bob", "month", width=360)
    await expect(bob.locator(".drawn")).to_be_hidden()
    await expect(bob.locator(".listed")).to_be_visible()
    await expect(bob.locator(".listed")).to_contain_text("Bob Okafor")


@pytest.mark.parametrize(
    ("page", "scheme"),
    [
        pytest.param(
            page,
            scheme,
            marks=[] if page in SMOKE and scheme == "dark" else [pytest.mark.long],
        )
        for page in PAGES
        for scheme in ("light", "dark")
    ],
)
async def test_nothing_keeps_anybody_from_using_it(open_page: Open, page: str, scheme: str) -> None:
    opened = await open_page("carol", page, color_scheme=scheme)
    found = await Axe().run(opened)
    assert found.response["violations"] == []
    for width in (360, 1280):
        await opened.set_viewport_size({"width": width, "height": 800})
        assert await opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
