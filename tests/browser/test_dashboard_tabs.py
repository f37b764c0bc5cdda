"""Many tabs of one browser, and answers that come in the wrong order: what is shown is the newest.

A browser opens six connections to a host for all of its tabs, and each stream of events keeps one.
"""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from core import escalation, schedules
from tests.browser.staff import Office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CONNECTIONS = 6
SOON = 5_000
IS_SEEN = """is => {
    Object.defineProperty(document, "visibilityState", { value: is, configurable: true })
    document.dispatchEvent(new Event("visibilitychange"))
}"""


async def _look_elsewhere(tab: Page) -> None:
    """Another tab comes before it: a browser without a window shows all of them at once."""
    await tab.evaluate(IS_SEEN, "hidden")


async def _look_back(tab: Page) -> None:
    await tab.evaluate(IS_SEEN, "visible")


@pytest.mark.long
async def test_more_tabs_than_a_browser_has_connections_are_all_answered(office: Office) -> None:
    first = tab = await office.tab(office.world.bob, "/incidents/1")
    context = first.context
    for _ in range(CONNECTIONS):
        await _listening(tab)
        await _look_elsewhere(tab)
        tab = await context.new_page()
        await tab.goto(f"{office.url}/app/incidents/1", timeout=SOON)

    await expect(tab.get_by_role("button", name="Acknowledge")).to_be_visible(timeout=SOON)
    await _acknowledge(office)
    await expect(tab.locator("#escalation")).to_contain_text("by Carol Jansen", timeout=1_000)
    await expect(first.locator("#escalation")).not_to_contain_text("by Carol Jansen")
    await _look_elsewhere(tab)
    await _look_back(first)
    await expect(first.locator("#escalation")).to_contain_text("by Carol Jansen", timeout=1_000)


async def test_a_page_that_nothing_happened_to_is_asked_for_once(office: Office) -> None:
    tab = await _blank(office)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url.removeprefix(office.url)))
    async with tab.expect_response("**/app/events"):
        await tab.goto(f"{office.url}/app/incidents/1")
    await asyncio.sleep(0.5)  # its first event has come
    assert asked.count("/app/incidents/1") == 1, asked


@pytest.mark.long
async def test_what_happens_while_a_page_is_on_its_way_is_seen_on_it(office: Office) -> None:
    tab = await _blank(office)

    async def late(route: Route) -> None:
        await _acknowledge(office)  # after the page was written, before it listens
        await route.continue_()

    await tab.route("**/app/events", late)
    await tab.goto(f"{office.url}/app/incidents/1")
    await expect(tab.locator("#escalation")).to_contain_text("by Carol Jansen", timeout=SOON)


@pytest.mark.long
@pytest.mark.parametrize("is_answered", [True, False])
async def test_where_no_stream_passes_the_page_asks_by_itself(
    office: Office, is_answered: bool
) -> None:
    tab = await _blank(office)

    async def refuse(route: Route) -> None:
        if is_answered:  # or else held back for ever by something between
            await route.fulfill(status=204)

    await tab.route("**/app/events", refuse)
    async with tab.expect_response("**/app/last"):
        await tab.goto(f"{office.url}/app/incidents/1")
    await _acknowledge(office)
    await expect(tab.locator("#escalation")).to_contain_text("by Carol Jansen", timeout=SOON)


@pytest.mark.long
@pytest.mark.parametrize("how", ["refused", "lost"])
async def test_a_refresh_that_failed_is_said_and_made_up_for(office: Office, how: str) -> None:
    tab = await _blank(office)
    await tab.goto(f"{office.url}/app/incidents/1")
    await _listening(tab)
    failed = asyncio.Event()

    async def fail_once(route: Route) -> None:
        if "x-live" not in route.request.headers or failed.is_set():
            await route.continue_()
            return
        failed.set()
        await (route.fulfill(status=503) if how == "refused" else route.abort())

    await tab.route("**/app/incidents/1", fail_once)
    await _acknowledge(office)
    await failed.wait()
    await expect(tab.locator(".stale")).to_be_visible(timeout=1_000)
    await expect(tab.locator("#escalation")).to_contain_text("by Carol Jansen", timeout=SOON)
    await expect(tab.locator(".stale")).to_be_hidden()
    (_,) = office.seen.console  # the browser's own line for what failed
    office.seen.console.clear()


async def test_of_two_previews_the_one_asked_for_last_is_shown(office: Office) -> None:
    async with office.world.tocsin.core.reading(office.world.system) as tx:
        (schedule,) = await schedules.list_schedules(tx)
    await office.world.dave.command("/incident oncall")  # a member, from then on
    tab = await office.tab(office.world.carol, f"/on-call/schedules/{schedule.id}/cover")
    preview = tab.locator("#preview")
    await expect(preview).to_contain_text("Carol Jansen covers")
    async with Held(tab, "**/cover") as first:
        await tab.get_by_label("Who covers").select_option("Alice Martin")
        await first.is_asked()
        await tab.get_by_label("Who covers").select_option("Dave Lindqvist")
        await expect(preview).to_contain_text("Dave Lindqvist covers")
    await expect(preview).to_contain_text("Dave Lindqvist covers")


@pytest.mark.long
async def test_nor_does_a_late_answer_say_whom_a_declaration_pages(office: Office) -> None:
    for person in (office.world.carol, office.world.dave):
        await person.command("/incident oncall")  # members, from then on
    tab = await office.tab(office.world.bob, "/incidents/new")
    told = tab.locator("#declare-told")
    async with Held(tab, "**/told") as first:
        await tab.get_by_label("Owner").fill("Carol Jansen")
        await tab.get_by_label("Title").fill("Search is down")
        await first.is_asked()
        await tab.get_by_label("Owner").fill("Dave Lindqvist")
        await tab.get_by_label("Title").press("End")
        await expect(told).to_contain_text("Dave Lindqvist")
    await expect(told).to_contain_text("Dave Lindqvist")


class Held:
    """The first answer to a form comes once everything else has been seen."""

    def __init__(self, tab: Page, address: str) -> None:
        self._tab, self._address = tab, address
        self._asked, self._let_go, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def is_asked(self) -> None:
        await self._asked.wait()

    async def _hold(self, route: Route) -> None:
        if route.request.method != "POST" or self._asked.is_set():
            await route.continue_()
            return
        self._asked.set()
        answer = await route.fetch()  # what was true when it was asked
        await self._let_go.wait()
        await route.fulfill(response=answer)
        self._over.set()

    async def __aenter__(self) -> "Held":
        await self._tab.route(self._address, self._hold)
        return self

    async def __aexit__(self, *_failed: Any) -> None:
        self._let_go.set()
        await self._over.wait()
        await self._tab.wait_for_timeout(300)  # long enough to have been put in, and wrongly


async def _blank(office: Office) -> Page:
    """A tab of Bob's with nothing in it yet, and nobody who listens."""
    signed_in = await office.tab(office.world.bob)
    tab = await signed_in.context.new_page()
    await signed_in.close()
    await tab.wait_for_timeout(500)
    return tab


async def _listening(tab: Page) -> None:
    """The tab's stream is open."""
    await tab.wait_for_timeout(300)


async def _acknowledge(office: Office) -> None:
    """Carol takes it, in Slack."""
    async with office.world.tocsin.core.transaction(await office.acts(office.world.carol)) as tx:
        await escalation.acknowledge(tx, (await office.world.incident()).id)
