"""Two ways to use a page: by keyboard alone, and with a thumb on a phone.

A hand finds things as people do, by what they are and are called. The keyboard's comes to them by
the Tab key and by nothing else; the thumb's finds nothing wider than its screen, and nothing too
small to be met.
"""

from abc import ABC, abstractmethod

from playwright.async_api import Locator, Page, expect

from tests.browser.windows import overflow

KEYS = 120
"""No page asks for more of them to come anywhere."""

PHONE = 375
THUMB = 44
"""Pixels: what is lower than this a thumb misses."""

TOO_SMALL = """thumb => [...document.querySelectorAll(
    "button, .button, summary, select, textarea, nav a, label.check, "
    + "input:not([type=hidden], [type=checkbox], [type=radio])")]
    .filter(one => one.checkVisibility({ visibilityProperty: true })
        && one.getBoundingClientRect().height < thumb - 0.5)
    .map(one => `${one.getBoundingClientRect().height} px: ${one.outerHTML.slice(0, 120)}`)"""


class Hand(ABC):
    """Somebody at a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    async def press(self, role: str, name: str) -> None:
        """Press a button, follow a link, open what is folded up."""

    @abstractmethod
    async def type(self, name: str, text: str) -> None:
        """Write into the field of this name."""

    @abstractmethod
    async def choose(self, now: str, wanted: str) -> None:
        """In a group of choices go from the one that is chosen to another below it."""

    async def is_told(self, text: str) -> None:
        """The page answers what was done."""
        await expect(self.page.get_by_role("status").first).to_contain_text(text)

    async def looks(self) -> None:
        """Look at the page that is open now."""
        await self.page.wait_for_load_state()

    def _find(self, role: str, name: str) -> Locator:
        if role == "summary":  # which has no role that every browser agrees on
            return self.page.locator("summary").filter(has_text=name).first
        # Playwright takes each role as a literal of its own.
        return self.page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]


class Keyboard(Hand):
    """Nothing but keys."""

    async def press(self, role: str, name: str) -> None:
        await self._come_to(self._find(role, name))
        await self.page.keyboard.press("Enter")

    async def type(self, name: str, text: str) -> None:
        await self._come_to(self.page.get_by_label(name).first)
        await self.page.keyboard.type(text)

    async def choose(self, now: str, wanted: str) -> None:
        await self._come_to(self.page.get_by_label(now))
        await self.page.keyboard.press("ArrowDown")
        await expect(self.page.get_by_label(wanted)).to_be_checked()

    async def tick(self, name: str) -> None:
        """Tick a box."""
        await self._come_to(self._find("checkbox", name))
        await self.page.keyboard.press("Space")

    async def _come_to(self, wanted: Locator) -> None:
        await expect(wanted).to_be_visible()
        for _ in range(KEYS):
            if await wanted.evaluate("one => one === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key never comes to {wanted}")


class Thumb(Hand):
    """A touch screen as wide as a hand."""

    async def press(self, role: str, name: str) -> None:
        await self.looks()
        await self._find(role, name).tap()

    async def type(self, name: str, text: str) -> None:
        field = self.page.get_by_label(name).first
        await field.tap()
        await field.fill(text)

    async def choose(self, now: str, wanted: str) -> None:
        await self.page.get_by_label(wanted).tap()

    async def looks(self) -> None:
        await super().looks()
        assert await overflow(self.page) <= 0
        assert await too_small(self.page) == []


async def too_small(page: Page) -> list[str]:
    """What can be pressed on the page, and is too small for a thumb."""
    found: list[str] = await page.evaluate(TOO_SMALL, THUMB)
    return found
