"""On call and policies in a browser: what a schedule's and a policy's page do beyond the acts."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core import policies, schedules
from tests.browser.hands import PHONE, Keyboard
from tests.browser.staff import Office, open_office
from tests.browser.windows import Seen
from tests.cast import StoryClock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_call(
    browser: Browser, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """A product on the day when every story begins: Bob is on call."""
    path = tmp_path_factory.mktemp("on-call") / "tocsin.db"
    shutil.copyfile(migrated_file, path)
    seen = Seen()
    async with open_office(f"sqlite:///{path}", browser, seen, clock=StoryClock()) as office:
        yield office
    assert seen == Seen()


async def _schedule(office: Office) -> str:
    async with office.world.tocsin.core.reading(office.world.system) as tx:
        return f"/on-call/schedules/{(await schedules.find_schedule(tx, 'Payments')).id}"


async def test_a_policy_is_asked_about_another_instant_by_keyboard(on_call: Office) -> None:
    async with on_call.world.tocsin.core.reading(on_call.world.system) as tx:
        (policy,) = await policies.list_policies(tx)
    page = await on_call.tab(on_call.world.bob, f"/policies/{policy.id}")
    await expect(page.locator("#simulation")).to_contain_text("layer 2 of 2")
    bob = Keyboard(page)
    await bob.type("If an incident began at", "11102026")
    await page.keyboard.press("Tab")  # from the year to the hour
    await page.keyboard.type("0900AM")
    await bob.press("button", "Ask")
    await expect(page.locator("#simulation")).to_contain_text("nobody is on call for Payments")


async def test_a_phone_shows_the_shifts_as_a_list(on_call: Office) -> None:
    page = await on_call.tab(on_call.world.bob, await _schedule(on_call), width=PHONE)
    await expect(page.locator(".drawn")).to_be_hidden()
    await expect(page.locator(".listed")).to_contain_text("Bob Okafor")


@pytest.mark.long
async def test_an_override_ahead_is_led_to_and_changed_by_keyboard(on_call: Office) -> None:
    page = await on_call.tab(on_call.world.bob, await _schedule(on_call))
    bob = Keyboard(page)
    await bob.press("link", "Cover a shift")
    await bob.press("button", "Cover")
    await bob.is_told("Bob Okafor covers until")
    await expect(page.locator(".piece.is-override").first).to_contain_text("override")
    await bob.press("link", "Change… the override of Bob Okafor")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Change an override")


@pytest.mark.long
async def test_an_instant_of_another_year_says_which(on_call: Office) -> None:
    page = await on_call.tab(on_call.world.bob, await _schedule(on_call))
    await page.clock.set_fixed_time("2026-11-18T12:00:00Z")
    await page.reload()
    await expect(page.locator("#head time").first).not_to_contain_text("2026")
    await page.clock.set_fixed_time("2031-01-01T12:00:00Z")
    await page.reload()
    await expect(page.locator("#head time").first).to_contain_text("2026")


@pytest.mark.parametrize(("zone", "said"), [("Asia/Kathmandu", "GMT+5:45"), ("Europe/Rome", None)])
async def test_a_browser_on_another_clock_than_its_readers_says_on_which(
    on_call: Office, zone: str, said: str | None
) -> None:
    page = await on_call.tab(on_call.world.bob, await _schedule(on_call), timezone_id=zone)

    written = await page.locator("#head time").first.inner_text()
    assert (said in written) if said else ("GMT" not in written and "CET" not in written)
