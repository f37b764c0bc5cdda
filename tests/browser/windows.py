"""What a browser's windows are opened with, and what was noticed in them that nobody should see."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    WebError,
)

PATIENCE_SECONDS = 15
"""How long anything may take to appear: much longer than it does on a quiet machine."""


@dataclass
class Seen:
    """What the browser noticed that nobody should see."""

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(message.text)

    def _error(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    async def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            self.elsewhere.append(request.url)


async def open_page(
    browser: Browser,
    seen: Seen,
    url: str,
    width: int = 1280,
    scheme: str = "light",
    **more: Any,
) -> Page:
    """A page in a window of its own, far from where its times are told."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        timezone_id="Asia/Kathmandu",
        **more,
    )
    seen.listen(context)
    page = await context.new_page()
    await page.goto(url)
    return page


async def open_everything(page: Page) -> None:
    """Open all that can be opened."""
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
