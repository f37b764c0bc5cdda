"""The API's reference in a real browser: readable by anybody, on any screen, without a script."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from core.transaction import Core
from storage.database import Database
from tests.browser.windows import Seen, open_page
from tests.cast import StoryClock
from web.api import Api

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where the API is served: nothing that is read here asks its database."""
    empty = tmp_path_factory.mktemp("api") / "empty.db"
    core = Core(Database(f"sqlite:///{empty}"), StoryClock())
    web = Starlette(routes=[Mount("/v1", Api(core))])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[free]))
        yield f"http://127.0.0.1:{free.getsockname()[1]}/v1/docs"
        server.should_exit = True
        await serving
    await core.database.dispose()


@pytest.mark.long
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_keeps_anybody_from_reading_it(
    browser: Browser,
    seen: Seen,
    address: str,
    width: int,
    scheme: str,
) -> None:
    page = await open_page(browser, seen, address, width, scheme)
    await page.evaluate(  # of what is folded up a few stand for all: they are of one make
        "for (const one of document.querySelectorAll('#declare_incident details')) one.open = true"
    )
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    "width", [320, *(pytest.param(one, marks=pytest.mark.long) for one in (375, 1280, 3840))]
)
async def test_it_fits_any_screen(browser: Browser, seen: Seen, address: str, width: int) -> None:
    page = await open_page(browser, seen, address, width)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_the_keyboard_alone_leads_to_an_endpoint(
    browser: Browser,
    seen: Seen,
    address: str,
) -> None:
    page = await open_page(browser, seen, address, java_script_enabled=False)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    contents = page.get_by_role("navigation", name="Contents")
    await contents.get_by_role("link", name="Declare an incident").press("Enter")
    endpoint = page.get_by_role("article", name="Declare an incident")
    await expect(endpoint).to_be_in_viewport()
    await expect(endpoint.get_by_text("Nobody can pay").first).to_be_visible()
    answer = endpoint.get_by_text("Answer 201")
    await answer.press("Enter")
    await expect(endpoint.get_by_text("acknowledgedBy").first).to_be_visible()
