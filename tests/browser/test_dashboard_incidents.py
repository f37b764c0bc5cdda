"""Incidents in the dashboard, in a real browser: by keyboard, on a phone, live, for everybody."""

import re

import pytest
from playwright.async_api import expect

from core import incidents, updates
from storage.vocabulary import Status
from tests.browser.hands import PHONE, Keyboard, Thumb
from tests.browser.staff import Office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def _declared(office: Office) -> str:
    """An incident of its own: where it is."""
    await office.world.declare(office.world.alice, "The till is slow")
    async with office.world.tocsin.core.reading(office.world.system) as tx:
        (newest,) = await incidents.list_open(tx, limit=1)
    return f"/incidents/{newest.number}"


async def test_by_keyboard_alone_an_incident_is_declared(office: Office) -> None:
    bob = Keyboard(await office.tab(office.world.bob))
    await bob.press("link", "Declare an incident")
    await bob.type("Title", "Search is down")
    await bob.type("Owner", "Alice Martin")
    await bob.page.keyboard.press("Tab")
    await expect(bob.page.locator("#declare-told")).to_contain_text("Pages Alice Martin")
    await bob.press("button", "Declare")
    await bob.is_told("You declared #2.")


async def test_what_was_refused_is_in_sight_and_has_the_cursor(office: Office) -> None:
    bob = Thumb(await office.tab(office.world.bob, "/incidents/1", width=PHONE, has_touch=True))
    await bob.press("button", "Hand off")
    await expect(bob.page.get_by_label("Hand off to")).to_be_focused()
    await expect(bob.page.get_by_text("Choose the person who takes over.")).to_be_in_viewport()
    office.seen.console.clear()  # the browser's own line for a form that was refused


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

    async with office.world.tocsin.core.transaction(await office.acts(office.world.bob)) as tx:
        await updates.post_update(
            tx, (await office.world.incident()).id, status_change=Status.IDENTIFIED
        )
    await expect(carol.locator("#head")).to_contain_text("Identified")
    await expect(carol.get_by_label("What happened?")).to_have_value("I am looking at the da")
    await carol.get_by_label("What happened?").fill("")
    await carol.locator("h1").click()
    await expect(carol.locator("#update-status_change")).to_contain_text("Keep Identified")


async def test_what_is_half_typed_is_there_again_after_another_button_was_pressed(
    office: Office,
) -> None:
    bob = await office.tab(office.world.bob, "/incidents/1")
    typed = bob.get_by_label("What happened?")
    await typed.fill("I am looking at the da")
    await bob.get_by_label("Status", exact=True).select_option("identified")
    await bob.get_by_label("Public").check()

    await bob.get_by_role("button", name="Acknowledge").click()
    await expect(bob.get_by_role("status").first).to_contain_text("You acknowledged #1.")
    await expect(typed).to_have_value("I am looking at the da")
    await expect(bob.get_by_label("Status", exact=True)).to_have_value("")
    await expect(bob.get_by_label("Internal")).to_be_checked()

    await typed.fill("It is the database")
    await bob.get_by_role("button", name="Post").click()
    await expect(bob.locator("#entries")).to_contain_text("It is the database")
    await expect(typed).to_have_value("")


async def test_what_is_half_typed_stays_in_its_own_session(office: Office) -> None:
    page = await office.tab(office.world.bob, "/incidents/1")
    await page.get_by_label("What happened?").fill("Bob is looking")
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(page.get_by_label("What happened?")).to_have_value("Bob is looking")
    await page.locator(".me summary").click()
    await page.get_by_role("button", name="Sign out", exact=True).click()

    await expect(page).to_have_url(re.compile("/app/sign-in"))
    assert await page.evaluate("sessionStorage.length") == 0
    await office.enter(page, office.world.carol, "/incidents/1")
    await expect(page.get_by_label("What happened?")).to_have_value("")


async def test_what_is_half_typed_outlives_a_button_that_failed(office: Office) -> None:
    address = await _declared(office)
    bob = await office.tab(office.world.bob, address)
    await bob.get_by_label("What happened?").fill("I am looking at the da")
    await bob.route("**/acknowledge", lambda route: route.fulfill(status=503, body="Not now"))
    await bob.get_by_role("button", name="Acknowledge").click()
    await expect(bob.get_by_text("Not now")).to_be_visible()

    await bob.goto(f"{office.url}/app{address}")
    await expect(bob.get_by_label("What happened?")).to_have_value("I am looking at the da")
    office.seen.console.clear()  # the browser's own line for an answer that failed


async def test_what_was_posted_is_not_there_again(office: Office) -> None:
    bob = await office.tab(office.world.bob, await _declared(office))
    typed = bob.get_by_label("What happened?")
    await typed.fill("half")
    await bob.get_by_role("button", name="Acknowledge").click()
    await expect(typed).to_have_value("half")
    await typed.fill("half and whole")
    await bob.get_by_role("button", name="Post").click()
    await expect(bob.locator("#entries")).to_contain_text("half and whole")
    await bob.reload()
    await expect(typed).to_have_value("")


@pytest.mark.long
@pytest.mark.parametrize("scripts", [True, False])
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
