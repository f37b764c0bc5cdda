"""Incidents in the dashboard, in a real browser: by keyboard, on a phone, live, for everybody."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from core import escalation, people, updates
from core.transaction import Actor
from storage.vocabulary import Status, Surface, Visibility
from tests.browser.conftest import Seen
from tests.browser.staff import Office, open_office, overflow, violations
from tests.cast import StoryClock
from tests.stories.public import a_public_incident
from tests.world import running_world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PHONE = 360
LONG = "W" * 100
PAGES = ("/incidents/1", "/", "/?q=nothing&severity=low", "/incidents/new", "/incidents/1/edit",
         "/incidents/1/components", "/incidents/1/resolve", "/incidents/1/timeline",
         "/incidents/1/pages", "/incidents/1/audit", "/incidents/2")  # fmt: skip
LATER = pytest.mark.long
FOCUSED = """[
    document.activeElement.textContent.trim(),
    document.activeElement.labels?.[0]?.innerText ?? "",
].join("|")"""


@pytest_asyncio.fixture(loop_scope="module")
async def office(browser: Browser, migrated_file: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """A product with one incident that customers see, and a browser that sees nothing wrong."""
    copyfile(migrated_file, tmp_path / "tocsin.db")
    seen, clock = Seen(), StoryClock(datetime.now(UTC))
    async with running_world(f"sqlite:///{tmp_path}/tocsin.db", clock=clock) as world:
        await a_public_incident(world)
        async with open_office(world, browser, seen) as office:
            yield office
    assert seen == Seen()


async def _acts(office: Office, person: Any) -> Actor:
    async with office.world.tocsin.core.reading(office.world.system) as tx:
        member = await people.find_by_slack_user_id(tx, person.id)
    assert member is not None
    return people.actor_of(member, Surface.SLACK)


async def _press(page: Page, name: str, keys: str = "Enter") -> None:
    """Reach what has this name by the Tab key alone, as somebody without a mouse does."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if name in focused:
            for key in keys.split():
                await page.keyboard.press(key)
            return
    raise AssertionError(f"{name} can't be reached by keyboard")


async def test_by_keyboard_alone_it_is_declared_taken_and_handed_off(office: Office) -> None:
    page = await office.tab(office.world.bob)
    await _press(page, "Declare an incident")
    await page.wait_for_url("**/incidents/new")
    await _press(page, "Title", "")
    await page.keyboard.type("Search is down")
    await _press(page, "Owner", "")
    await page.keyboard.type("Alice Martin")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Pages Alice Martin and Bob Okafor now").or_(
        page.get_by_text("Pages Alice Martin now"))).to_be_visible()  # fmt: skip
    await page.get_by_label("Title").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_have_text("You declared #2.")
    await _press(page, "Acknowledge")
    await expect(page.get_by_text("Acknowledged by Bob Okafor").first).to_be_visible()
    await _press(page, "Hand off to", "")
    await page.keyboard.type("carol")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("You handed #2 to Carol Jansen.")


async def test_another_browser_sees_it_within_a_second_and_keeps_what_is_typed(
    office: Office,
) -> None:
    bob = await office.tab(office.world.bob, "/incidents/1")
    carol = await office.tab(office.world.carol, "/incidents/1", width=PHONE)
    listed = await office.tab(office.world.carol, "/?q=checkout")
    await expect(carol.locator(".countdown").first).to_contain_text(":")
    await carol.get_by_label("What happened?").fill("I am looking at the da")
    await bob.get_by_role("button", name="Acknowledge").click()
    await expect(bob.get_by_role("status").first).to_contain_text("You acknowledged #1.")

    soon = 1000
    await expect(carol.locator("#escalation")).to_contain_text("by Bob Okafor", timeout=soon)
    await expect(carol.get_by_role("button", name="Acknowledge")).to_have_count(0)
    await expect(carol.locator("#entries")).to_contain_text("Acknowledged")
    await expect(carol.get_by_label("What happened?")).to_have_value("I am looking at the da")
    await expect(listed.locator("#found")).to_contain_text("Acknowledged by Bob Okafor")

    async with office.world.tocsin.core.transaction(await _acts(office, office.world.bob)) as tx:
        await updates.post_update(
            tx, (await office.world.incident()).id, status_change=Status.IDENTIFIED
        )
    await expect(carol.locator("#head")).to_contain_text("Identified")
    await expect(carol.get_by_label("What happened?")).to_have_value("I am looking at the da")
    await carol.get_by_label("What happened?").fill("")
    await carol.locator("h1").click()
    await expect(carol.locator("#update-status_change")).to_contain_text("Keep Identified")


@pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=LATER)])
async def test_on_a_phone_it_is_told_to_customers_in_two_steps_and_resolved(
    office: Office, scripts: bool
) -> None:
    page = await office.tab(
        office.world.bob, "/incidents/1", width=PHONE, java_script_enabled=scripts
    )
    await page.get_by_label("What happened?").fill("We found it: @channel")
    await page.get_by_label("Public").check()
    await page.get_by_role("button", name="Post", exact=True).click()
    preview = page.get_by_role("region", name="What customers will read")
    await expect(preview).to_contain_text("We found it: @channel")
    await expect(page.get_by_role("alert")).to_contain_text("looks like a Slack mention")
    await page.get_by_label("What happened?").fill("We found it.")
    await page.get_by_role("button", name="Publish to Acme Status").click()
    await expect(page.get_by_role("alert").first).to_contain_text("is no longer what would be")
    await page.get_by_role("button", name="Publish to Acme Status").click()
    await expect(page.get_by_role("status").first).to_have_text("Customers can read it now.")
    await page.get_by_role("link", name="Resolve…").click()
    await page.get_by_label("Note for your team").fill("Failed over")
    await page.get_by_role("button", name="Resolve").click()
    await expect(page.locator("#escalation")).to_contain_text("Resolved")
    await expect(page.locator("#entries")).to_contain_text("Failed over")


async def test_a_text_is_removed_only_after_it_was_asked(office: Office) -> None:
    async with office.world.tocsin.core.transaction(await _acts(office, office.world.bob)) as tx:
        incident = await office.world.incident()
        await updates.post_update(tx, incident.id, body="The password is hunter2")
    page = await office.tab(office.world.bob, "/incidents/1")
    await expect(page.get_by_role("button", name="Remove for good")).to_be_hidden()
    await page.get_by_text("Remove the text").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Remove for good").press("Enter")
    await expect(page.locator("#entries")).to_contain_text("This update has been removed.")
    assert "hunter2" not in await page.content()


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        (PAGES[0], "dark"),
        (PAGES[1], "light"),
        *(
            pytest.param(path, scheme, marks=LATER)
            for path in PAGES
            for scheme in ("light", "dark")
        ),
    ],
)
async def test_nothing_keeps_anybody_from_using_it_on_any_screen(
    office: Office, path: str, scheme: str
) -> None:
    world, core = office.world, office.world.tocsin.core
    await world.declare(world.alice, LONG, Description="x" * 300)
    async with core.transaction(await _acts(office, world.carol)) as tx:
        incident = await world.incident()
        await updates.post_update(tx, incident.id, body="y" * 300, visibility=Visibility.PUBLIC)
        await escalation.acknowledge(tx, incident.id)
    await world.settle()
    for width in (PHONE, 1280):
        page = await office.tab(world.bob, path, width=width, scheme=scheme)
        assert await violations(page) == []
        assert await overflow(page) <= 0
