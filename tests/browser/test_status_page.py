"""A status page in a real browser: what customers see, on any screen, whatever the texts are."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from tests import status_pages
from tests.browser.windows import Seen, open_everything, open_page, overflow
from tests.sample import some_at_once
from tests.status_pages import HOSTILE, NOW, Memory, hostile
from web.status_pages import StatusPages

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WIDTHS = (320, 390, 1280, 3840)
MEASURED = ("mixed", "mixed/history", "mixed/incidents/57", "large", "red")
STATES = {
    "empty": status_pages.empty(),
    "calm": status_pages.calm(),
    "mixed": status_pages.mixed(),
    "red": status_pages.red(),
    "large": status_pages.large(),
    **{f"hostile-{number}": hostile(told) for number, told in enumerate(HOSTILE)},
}
VIEWS = [
    "mixed",
    "mixed/history",
    "mixed/incidents/57",
    "mixed/incidents/41",
    "calm",
    "empty",
    "red",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address() -> AsyncIterator[str]:
    """Where every state is served, each as a page of its own."""

    async def elsewhere(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    memory = Memory(*(replace(one, slug=name) for name, one in STATES.items()))
    pages = StatusPages(elsewhere, memory, public_url=None, now=lambda: NOW)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(pages, log_config=None, lifespan="off", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[free]))
        await pages.start()
        yield f"http://127.0.0.1:{free.getsockname()[1]}/status"
        server.should_exit = True
        await serving
        await pages.stop()


async def test_it_says_first_how_things_are(browser: Browser, seen: Seen, address: str) -> None:
    page = await open_page(browser, seen, f"{address}/mixed")
    await expect(page).to_have_title("Acme Payments: Major outage")
    await expect(page.get_by_role("region", name="Now")).to_contain_text("Major outage")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Acme Payments")


async def test_earlier_updates_open_at_a_press(browser: Browser, seen: Seen, address: str) -> None:
    page = await open_page(browser, seen, f"{address}/mixed")
    incident = page.get_by_role("article").filter(has_text="Card payments are declined")
    first = incident.get_by_text("We are looking into reports")
    await expect(first).to_be_hidden()
    await incident.get_by_text("Show all 4 updates").press("Enter")
    await expect(first).to_be_visible()
    await expect(incident.get_by_text("This update has been removed.")).to_be_visible()


async def test_an_incident_the_history_and_the_page_lead_to_each_other(
    browser: Browser, seen: Seen, address: str
) -> None:
    page = await open_page(browser, seen, f"{address}/mixed")
    await page.get_by_role("link", name="All incidents of the last 90 days").click()
    await page.get_by_role("link", name="Card payments were declined in Europe").click()
    await expect(page).to_have_url(f"{address}/mixed/incidents/41")
    await page.get_by_role("link", name="Acme Payments").click()
    await expect(page).to_have_url(f"{address}/mixed")


async def test_times_are_the_readers_own_and_utc_stays_at_hand(
    browser: Browser, seen: Seen, address: str
) -> None:
    page = await open_page(browser, seen, f"{address}/mixed")
    updated = page.get_by_role("region", name="Now").locator("time")
    await expect(updated).to_have_text("18 Nov 2026, 17:42 GMT+5:45")
    await expect(updated).to_have_attribute("title", "18 Nov 2026, 11:57 UTC")


async def test_without_javascript_it_is_whole_and_times_are_utc(
    browser: Browser, seen: Seen, address: str
) -> None:
    page = await open_page(browser, seen, f"{address}/mixed", java_script_enabled=False)
    await expect(page.get_by_role("region", name="Now").locator("time")).to_have_text(
        "18 Nov 2026, 11:57 UTC"
    )
    await page.get_by_text("Show all 4 updates").click()
    await expect(page.get_by_text("We are looking into reports")).to_be_visible()


@pytest.mark.parametrize(
    ("view", "scheme"),
    [
        (VIEWS[0], "light"),
        (VIEWS[0], "dark"),
        *(
            pytest.param(view, scheme, marks=pytest.mark.long)
            for view in VIEWS[1:]
            for scheme in ("light", "dark")
        ),
    ],
)
async def test_nothing_keeps_anybody_from_reading_it(
    browser: Browser, seen: Seen, address: str, view: str, scheme: str
) -> None:
    page = await open_page(browser, seen, f"{address}/{view}", scheme=scheme)
    await open_everything(page)
    found = await Axe().run(page)
    assert found.response["violations"] == []
    assert len(found.response["passes"]) > 15


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nor_the_page_that_says_there_is_none(
    browser: Browser, seen: Seen, address: str, scheme: str
) -> None:
    page = await open_page(browser, seen, f"{address}/nowhere", scheme=scheme)
    found = await Axe().run(page)
    assert found.response["violations"] == []
    await expect(page.get_by_role("heading")).to_have_text("There is no such page")
    (told,) = seen.console  # the browser's own line for a 404
    assert "404" in told
    seen.console.clear()


@pytest.mark.parametrize(
    ("view", "width"),
    [
        *((MEASURED[0], width) for width in WIDTHS),
        *(
            pytest.param(view, width, marks=pytest.mark.long)
            for view in MEASURED[1:]
            for width in WIDTHS
        ),
    ],
)
async def test_it_fits_every_screen(
    browser: Browser, seen: Seen, address: str, view: str, width: int
) -> None:
    page = await open_page(browser, seen, f"{address}/{view}", width)
    await open_everything(page)
    assert await overflow(page) <= 0


@pytest.mark.parametrize("number", some_at_once(len(HOSTILE), at_once=1))
async def test_no_text_runs_a_script_or_breaks_the_page(
    browser: Browser, seen: Seen, address: str, number: int
) -> None:
    for view in ("", "/history", "/incidents/1", "/incidents/2"):
        page = await open_page(browser, seen, f"{address}/hostile-{number}{view}", 320)
        await open_everything(page)
        for one in await page.locator("article a, article summary").all():
            await one.hover()
        assert await page.evaluate("window.ran") is None
        assert await overflow(page) <= 0
        assert await page.locator("script").count() == 1
        hrefs = await page.locator("a").evaluate_all("all => all.map(a => a.protocol)")
        assert set(hrefs) <= {"http:", "https:"}
        await page.context.close()


async def test_even_a_script_that_had_got_in_would_not_run(
    browser: Browser, seen: Seen, address: str
) -> None:
    page = await open_page(browser, seen, f"{address}/mixed")
    await page.evaluate(
        """() => {
            const script = document.createElement("script")
            script.textContent = "window.ran = true"
            const image = document.createElement("div")
            image.innerHTML = `<img src="x" onerror="window.ran = true">`
            document.body.append(script, image)
            return new Promise(done => setTimeout(done, 200))
        }"""
    )
    assert await page.evaluate("window.ran") is None
    assert len(seen.console) == 3  # the script, the image and what it would have run
    assert all("Content Security Policy" in told for told in seen.console)
    seen.console.clear()


async def test_a_page_is_one_request(browser: Browser, seen: Seen, address: str) -> None:
    context = await browser.new_context()
    seen.listen(context)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = await context.new_page()
    await page.goto(f"{address}/large")
    await page.wait_for_load_state("networkidle")
    assert asked == [f"{address}/large"]
