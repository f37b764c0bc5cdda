"""The sandbox as people start it, and a real browser that looks at nothing else."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser.staff import Office, open_office
from tests.browser.windows import PATIENCE_SECONDS, Seen
from tests.stories.public import a_public_incident

ROOT = Path(__file__).parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Tab:
    """One person's tab: what they look at, press and type."""

    page: Page

    @property
    def main(self) -> Locator:
        """The conversation or the home that is on show; a thread stands beside it."""
        return self.page.locator(".main")

    @property
    def messages(self) -> Locator:
        return self.main.locator("[data-ts]")

    def message(self, text: str) -> Locator:
        """The messages in which this can be read."""
        return self.messages.filter(has_text=text)

    def dialog(self, title: str) -> Locator:
        return self.page.get_by_role("dialog", name=title, exact=True)

    async def become(self, name: str) -> None:
        await self.page.locator("[data-person]").filter(has_text=name).click()
        await expect(self.page.locator("#who")).to_have_text(f"You are {name.split()[0]}")

    async def look_at(self, place: str) -> None:
        """Open a channel by its name, the direct messages of the app, or its home."""
        row = self.page.locator(f"[data-conversation]:not([data-person]) >> text={place}")
        await row.first.click()

    async def type(self, line: str) -> None:
        await self.page.locator("#composer").fill(line)
        await self.page.locator("#composer").press("Enter")

    async def choose(self, form: Locator, label: str, option: str) -> None:
        await form.get_by_role("combobox", name=label).click()
        await form.get_by_role("option", name=option).click()

    async def declare(self, title: str, severity: str = "Critical") -> None:
        await self.type("/incident")
        form = self.dialog("Declare an incident")
        await form.get_by_label("Title").fill(title)
        await self.choose(form, "Severity", severity)
        await expect(form.get_by_role("combobox", name="Schedule")).to_have_value("Payments")
        await form.get_by_role("button", name="Declare").click()
        await expect(form).to_be_hidden()

    async def timeline(self, number: int) -> Locator:
        await self.type(f"/incident timeline {number}")
        return self.dialog(f"Timeline of #{number}")


@dataclass
class Desk:
    """A browser at a sandbox: opens tabs, each with a person in it and in a window of its own.

    In one window only the tab in front would be drawn at once.
    """

    browser: Browser
    url: str
    seen: Seen

    async def tab(self, person: str, place: str = "general") -> Tab:
        context = await self.browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.seen.listen(context)
        tab = Tab(await context.new_page())
        await tab.page.goto(f"{self.url}/?as={person}")
        await expect(tab.page.locator("#who")).to_have_text(f"You are {person.capitalize()}")
        await tab.look_at(place)
        return tab


OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Where the browser is. Without one these tests are skipped, unless one is required."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    missing = f"no browser: install chromium (apt install chromium); looked for {BROWSERS}"
    if os.environ.get("TOCSIN_BROWSER_REQUIRED") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(browser_path: str) -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def seen(browser: Browser) -> AsyncIterator[Seen]:
    """In the end nothing stood in the console, and nothing was asked of another computer."""
    seen = Seen()
    yield seen
    for context in browser.contexts:
        await context.close()
    assert seen == Seen()


@pytest_asyncio.fixture(loop_scope="module")
async def open_desk(browser: Browser, tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """Start a sandbox, with a file for `apply` if it is given, and sit down at it.

    In the end nothing stood in the console, and nothing was asked of another computer.
    """
    seen = Seen()
    async with AsyncExitStack() as sandboxes:

        async def open_it(blueprint: str | None = None) -> Desk:
            options = []
            if blueprint:
                file = tmp_path / "blueprint.yaml"
                file.write_text(blueprint, encoding="utf-8")
                options = ["--config", str(file)]
            url = await sandboxes.enter_async_context(running_sandbox(*options))
            return Desk(browser, url, seen)

        yield open_it
        for context in browser.contexts:
            await context.close()  # first: a page whose sandbox is gone complains
    assert seen == Seen()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(open_desk: OpenDesk) -> Desk:
    """A browser at the sandbox that everybody gets."""
    return await open_desk()


@pytest_asyncio.fixture(loop_scope="module")
async def office(browser: Browser, migrated_file: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """A product with one incident that customers see, and a browser that sees nothing wrong."""
    shutil.copyfile(migrated_file, tmp_path / "tocsin.db")
    seen = Seen()
    async with open_office(f"sqlite:///{tmp_path}/tocsin.db", browser, seen) as office:
        await a_public_incident(office.world)
        yield office
    assert seen == Seen()


@asynccontextmanager
async def running_sandbox(*options: str) -> AsyncIterator[str]:
    """`app.py sandbox` in a process of its own; its address."""
    port = _two_free_ports()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        "sandbox",
        *("--speed", "60", "--port", str(port), "--no-open", *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            said = (await process.stdout.readline()).decode()
        url = f"http://127.0.0.1:{port}"
        assert said.startswith(f"The sandbox is at {url} "), said
        yield url
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()


def _two_free_ports() -> int:
    """The first of two ports in a row that are both free."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return int(port)
