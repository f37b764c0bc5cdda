"""The README's pictures, taken of the product as it is: `python -m tests.browser.pictures`.

It needs Chromium, and a font with emoji (Debian: fonts-noto-color-emoji).
"""

import asyncio
import shutil

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.conftest import ARGUMENTS, BROWSERS, ROOT, Desk, running_sandbox
from tests.browser.windows import Seen

PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1180, "height": 680}


async def take() -> None:
    """Whom a declared incident pages, as they see it in Slack and on the dashboard."""
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    async with (
        async_playwright() as playwright,
        running_sandbox("--speed", "1") as url,
        await playwright.chromium.launch(executable_path=found[0], args=ARGUMENTS) as browser,
    ):
        desk = Desk(browser, url, Seen())
        alice = await desk.tab("alice")
        await alice.declare("Checkout answers 500 for every card")

        bob = await desk.tab("bob", "Tocsin")
        await bob.page.set_viewport_size(SIZE)
        link = bob.main.get_by_role("link", name="Open #1 on the dashboard")
        await expect(link).to_be_visible()
        await _keep(bob.page, "paged.png")
        await _keep(await _incident(browser, str(await link.get_attribute("href"))), "incident.png")


async def _incident(browser: Browser, address: str) -> Page:
    context = await browser.new_context(viewport=SIZE, timezone_id="Europe/Berlin")
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_role("button", name="Bob").click()
    await page.goto(address)
    await expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()
    return page


async def _keep(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / name)


if __name__ == "__main__":
    asyncio.run(take())
