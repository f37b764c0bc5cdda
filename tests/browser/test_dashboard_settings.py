"""Publishing and settings in a browser: by keyboard, on a phone, and seen by others at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import running_sandbox
from tests.browser.hands import PHONE, Keyboard
from tests.browser.windows import Seen, open_everything, overflow

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SECOND = 1_000
DESK = 1280

Enter = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address() -> AsyncIterator[str]:
    """Where the dashboard of one sandbox is, for all of these tests."""
    async with running_sandbox() as url:
        parts = urlsplit(url)
        yield f"http://{parts.hostname}:{(parts.port or 0) + 1}"


@pytest_asyncio.fixture(loop_scope="module")
async def enter(browser: Browser, address: str) -> AsyncIterator[Enter]:
    """Open a window and sign in as somebody. In the end nothing had stood in any console."""
    seen = Seen()

    async def enter_as(name: str, width: int = DESK, scheme: str = "light") -> Page:
        context = await browser.new_context(
            base_url=address, viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        seen.listen(context)
        page = await context.new_page()
        await page.goto("/app/sign-in")
        await page.get_by_role("button", name=name).click()
        await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        return page

    yield enter_as
    for context in browser.contexts:
        await context.close()
    # The browser's own line for a form that was refused.
    seen.console = [one for one in seen.console if "status of 422" not in one]
    assert seen == Seen()


@pytest.mark.long
async def test_a_page_is_made_and_published_by_keyboard_and_others_see_it_at_once(
    enter: Enter,
) -> None:
    other = await enter("Bob")
    await other.goto("/app/publishing")
    page = await enter("Alice")
    await page.goto("/app/publishing")
    alice = Keyboard(page)
    await alice.press("link", "New status page")
    await alice.type("Title", "For partners")
    await alice.tick("API For developers")
    await alice.press("button", "Create")

    await expect(page.get_by_role("heading", level=1)).to_have_text("For partners")
    await expect(other.locator("#pages")).to_contain_text("For partners", timeout=SECOND)
    await alice.press("button", "Publish…")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Publish this status page?")
    await expect(page.locator("main")).to_contain_text("It shows API.")
    await alice.press("button", "Publish")
    await alice.is_told("“For partners” is published.")
    public = page.get_by_role("link", name="/status/for-partners")
    await public.press("Enter")
    await expect(page).to_have_title("For partners: All systems operational")


@pytest.mark.long
async def test_a_key_is_made_shown_and_revoked_by_keyboard_on_a_phone(enter: Enter) -> None:
    page = await enter("Alice", PHONE)
    await page.goto("/app/settings/keys")
    await page.get_by_label("Name").focus()
    await page.keyboard.type("K" * 255)
    await page.keyboard.press("Enter")
    secret = page.get_by_label("The key")
    await expect(secret).to_contain_text("toc_live_")
    assert await overflow(page) <= 0
    told = await secret.inner_text()
    await Keyboard(page).press("link", "I have copied it")
    await expect(page.locator("#keys")).to_contain_text("Never used")
    assert told not in await page.content()
    assert await overflow(page) <= 0
    row = page.locator("#keys li").filter(has_text="K" * 255)
    await row.locator("summary").press("Enter")
    await row.get_by_role("button", name="Revoke K").press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("was revoked.")
    await expect(row).to_have_count(0)


@pytest.mark.long
async def test_a_member_is_added_and_removed_and_a_refusal_stands_at_the_row(
    enter: Enter,
) -> None:
    other = await enter("Bob", PHONE)
    await other.goto("/app/settings")
    page = await enter("Alice")
    await page.goto("/app/settings")
    await page.get_by_label("E-mail").fill("erin@example.com")
    await page.keyboard.press("Enter")
    await expect(other.locator("#members")).to_contain_text("erin@example.com", timeout=SECOND)
    row = page.locator("#members li").filter(has_text="erin@example.com")
    await row.get_by_text("Change", exact=False).first.press("Enter")
    await row.get_by_text("Remove erin").press("Enter")
    await row.get_by_role("button", name="Remove", exact=True).press("Enter")
    await expect(page.get_by_role("status").first).to_have_text("erin was removed.")
    await expect(other.locator("#members")).not_to_contain_text("erin", timeout=SECOND)


@pytest.mark.long
async def test_what_was_refused_stays_whatever_happens_meanwhile(enter: Enter) -> None:
    page = await enter("Alice")
    await page.goto("/app/publishing")
    await page.locator("#components a.title").first.click()
    await page.get_by_label("Name").fill(" ")
    await page.get_by_label("Description").fill("What I typed")
    await page.locator("#details").get_by_role("button", name="Save").click()
    await expect(page.locator("#details")).to_contain_text("Name is missing.")
    async with page.expect_response(lambda answer: answer.request.headers.get("x-live") == "1"):
        other = await enter("Bob")  # who signs in: that is on the trail
    await page.wait_for_timeout(200)
    await expect(page.get_by_label("Description")).to_have_value("What I typed")
    await expect(page.locator("#details")).to_contain_text("Name is missing.")
    await other.context.close()


@pytest.mark.long
async def test_without_a_script_everything_is_there(browser: Browser, address: str) -> None:
    context = await browser.new_context(base_url=address, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/app/sign-in")
    await page.get_by_role("button", name="Alice").click()
    await page.goto("/app/settings/slack")
    await page.get_by_role("button", name="Check now").click()
    await expect(page.get_by_text("SLACK_BOT_TOKEN is good")).to_be_visible()
    await page.goto("/app/settings/trail?type=component_created")
    await expect(page.locator("#trail")).to_contain_text("Component “Checkout” made")
    await context.close()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_keeps_anybody_from_using_an_answer(enter: Enter, scheme: str) -> None:
    page = await enter("Alice", scheme=scheme)
    await page.goto("/app/settings/slack")
    await page.get_by_role("button", name="Check now").click()
    await expect(page.get_by_role("button", name="Check again")).to_be_visible()
    assert (await Axe().run(page)).response["violations"] == []
    await page.goto("/app/settings/keys")
    await page.get_by_label("Name").fill(f"Key {scheme}")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_label("The key")).to_be_visible()
    assert (await Axe().run(page)).response["violations"] == []
    await page.goto("/app/publishing/pages/new")
    await page.get_by_label("Title").fill(f"Page {scheme}")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("button", name="Publish…").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Publish this status page?")
    assert (await Axe().run(page)).response["violations"] == []


@pytest.mark.long
async def test_it_fits_a_phone_in_whatever_direction_it_is_read(enter: Enter) -> None:
    page = await enter("Alice", PHONE)
    await page.goto("/app/publishing/components/new")
    await page.get_by_label("Name").fill("עגלת קניות")
    await page.get_by_label("Group").fill("עגלת קניות")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("עגלת קניות")
    await open_everything(page)
    assert await overflow(page) <= 0
