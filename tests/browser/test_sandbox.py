"""The sandbox in a real browser: what somebody sees who tries Tocsin for the first time."""

import re

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desk, OpenDesk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

QUICK = """
alerts_channel: incidents
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - {name: Primary, shift: weekly, handoff: "09:00", people: [bob@example.com]}
policies:
  Payments:
    layers:
      - {page: {schedule: Payments}, timeout: 1 min}
      - {page: {people: [carol@example.com]}, timeout: 1 min}
"""
"""With which a policy is exhausted after two seconds."""

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> *x* <!channel> &amp; <@U1|b>"


async def test_declaring_pages_who_is_on_call_and_shows_the_card_to_everybody(desk: Desk) -> None:
    alice = await desk.tab("alice")

    await alice.declare("Checkout is down")

    await alice.become("Bob Okafor")
    await alice.look_at("messages")
    page = alice.message("#1 Checkout is down")
    await expect(page).to_have_count(1)
    await expect(page).to_contain_text("You are on call for Payments")
    await expect(page).to_contain_text("Severity: 🔴 Critical")
    await expect(page.locator(".body").get_by_role("button")).to_have_text(
        ["Acknowledge", "Resolve", "Hand off", "View"]
    )
    await alice.look_at("incidents")
    card = alice.message("#1 Checkout is down")
    await expect(card).to_contain_text("Owner: Bob Okafor")
    await expect(card.locator(".body").get_by_role("button")).to_have_text(
        ["Acknowledge", "Update…", "Hand off", "Resolve", "View"]
    )


async def test_nobody_presses_so_carol_is_paged_and_her_press_changes_every_copy_live(
    desk: Desk,
) -> None:
    alice = await desk.tab("alice", "incidents")
    bob, carol = await desk.tab("bob", "messages"), await desk.tab("carol", "messages")
    await expect(bob.messages).to_have_count(0)
    await alice.declare("Checkout is down")
    card, first = alice.message("#1 Checkout is down"), bob.message("#1 Checkout is down")
    await expect(card).to_contain_text("Waiting for layer 1 of 3")
    await expect(first).to_contain_text("Carol Jansen is next")
    await expect(carol.messages).to_have_count(0)
    shown = [await one.get_attribute("data-ts") for one in (card, first)]
    for tab in (alice, bob):
        await tab.page.evaluate("window.neverReloaded = true")

    second = carol.message("#1 Checkout is down")
    await expect(second).to_contain_text("Layer 2 of 3")  # five minutes, which are five seconds
    await expect(first).to_contain_text("Nobody acknowledged at layer 1")
    await second.get_by_role("button", name="Acknowledge").click()

    await expect(second).to_contain_text("You acknowledged this")
    await expect(first).to_contain_text("Carol Jansen acknowledged this")
    await expect(first).to_contain_text("You can stand down.")
    await expect(card).to_contain_text("Acknowledged by Carol Jansen")
    for copy in (first, second, card):
        await expect(copy.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert [await one.get_attribute("data-ts") for one in (card, first)] == shown
    for tab in (alice, bob):
        assert await tab.page.evaluate("window.neverReloaded") is True


@pytest.mark.long
async def test_handing_off_an_update_and_resolving_are_all_on_the_timeline(desk: Desk) -> None:
    alice = await desk.tab("alice", "incidents")
    bob, dave = await desk.tab("bob", "messages"), await desk.tab("dave", "messages")
    await alice.declare("Checkout is down")
    mine = bob.message("#1 Checkout is down")
    await mine.get_by_role("button", name="Acknowledge").click()
    # The message is edited then, and a button of it that is pressed meanwhile may be gone.
    await expect(mine.get_by_role("button", name="Acknowledge")).to_have_count(0)

    await mine.get_by_role("button", name="Hand off").click()
    form = bob.dialog("Hand off #1")
    await bob.choose(form, "Hand off to", "Dave Lindqvist")
    await form.get_by_role("button", name="Hand off").click()
    handed = dave.message("Bob Okafor handed this to you")
    await expect(handed).to_have_count(1)
    await expect(mine).to_contain_text("Handed off to Dave Lindqvist. You can stand down.")
    await handed.get_by_role("button", name="Acknowledge").click()
    await expect(handed.get_by_role("button", name="Acknowledge")).to_have_count(0)

    await handed.get_by_role("button", name="Update…").click()
    form = dave.dialog("Update #1")
    await form.get_by_label("What happened?").fill("The database is full")
    await dave.choose(form, "Status", "Move on to Identified")
    await form.get_by_role("button", name="Post").click()
    await expect(handed).to_contain_text("Status: Identified")

    await handed.get_by_role("button", name="Resolve").click()
    question = dave.page.get_by_role("alertdialog", name="Resolve #1?")
    await question.get_by_role("button", name="Cancel").click()
    await expect(handed).to_contain_text("Status: Identified")
    await handed.get_by_role("button", name="Resolve").click()
    await question.get_by_role("button", name="Resolve").click()
    await expect(handed).to_contain_text("✅ Resolved")
    await expect(handed.locator(".body").get_by_role("button")).to_have_text(["View"])
    card = alice.message("#1 Checkout is down")
    await expect(card).to_contain_text("Status: Resolved")
    await expect(card.locator(".body").get_by_role("button")).to_have_text(["View"])

    timeline = await alice.timeline(1)
    for said in (
        "Declared by Alice Martin",
        "Bob Okafor was paged by Slack DM",
        "Acknowledged by Bob Okafor",
        "Handed off to Dave Lindqvist · Bob Okafor",
        "Dave Lindqvist was paged by Slack DM",
        "Acknowledged by Dave Lindqvist",
        "Investigating → Identified · Dave Lindqvist",
        "The database is full",
        "Identified → Monitoring · Dave Lindqvist",
        "Monitoring → Resolved · Dave Lindqvist",
    ):
        await expect(timeline.get_by_text(said)).to_have_count(1)


@pytest.mark.long
async def test_an_exhausted_policy_is_said_loudly_in_the_channel(open_desk: OpenDesk) -> None:
    desk = await open_desk(QUICK)
    alice = await desk.tab("alice", "incidents")

    await alice.declare("Checkout is down")

    loud = alice.message("Nobody acknowledged #1. The policy Payments is exhausted.")
    await expect(loud).to_have_count(1)
    await expect(loud.locator(".body").get_by_role("button")).to_have_text(
        ["Acknowledge", "Hand off", "View"]
    )
    await loud.get_by_role("button", name="Acknowledge").click()
    await expect(loud).to_contain_text("Acknowledged by Alice Martin")


@pytest.mark.long
async def test_the_home_opens_and_declares(desk: Desk) -> None:
    bob = await desk.tab("bob", "Home")
    home = bob.page.get_by_role("region", name="Tocsin Home")
    await expect(home).to_contain_text("Nothing is waiting for you.")
    await expect(home).to_contain_text("No incident is open.")
    await expect(home).to_contain_text("Bob Okafor")

    await home.get_by_role("button", name="Declare an incident").click()
    form = bob.dialog("Declare an incident")
    await form.get_by_label("Title").fill("From my home")
    await form.get_by_role("button", name="Declare").click()
    await expect(form).to_be_hidden()

    await bob.look_at("general")
    await bob.look_at("Home")
    await expect(home.get_by_text("#1 From my home").first).to_be_visible()
    await expect(home.get_by_role("button", name="Acknowledge")).to_have_count(1)


@pytest.mark.long
async def test_the_address_of_a_calendar_can_be_read_there(desk: Desk) -> None:
    bob = await desk.tab("bob", "Home")

    await bob.page.get_by_role("button", name="My calendar").click()
    address = await bob.dialog("Calendar").get_by_text(".ics").inner_text()

    async with httpx.AsyncClient() as client:
        answer = await client.get(address)
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert "Payments" in answer.text


@pytest.mark.long
async def test_a_hostile_title_shows_as_itself_and_runs_nothing(desk: Desk) -> None:
    alice = await desk.tab("alice", "incidents")
    bob = await desk.tab("bob", "messages")

    await alice.declare(HOSTILE)

    for tab in (alice, bob):
        copy = tab.message("#1 <img")
        await expect(copy.get_by_text(f"#1 {HOSTILE}").first).to_be_visible()
        await expect(copy.locator("script, img[src=x]")).to_have_count(0)
    timeline = await alice.timeline(1)
    await expect(timeline.get_by_text(f"#1 {HOSTILE}")).to_be_visible()
    assert desk.seen.dialogs == []
    assert desk.seen.errors == []


async def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    alice = await desk.tab("alice")
    await alice.type("/incident")
    form = alice.dialog("Declare an incident")
    await form.get_by_label("Description").fill("It smells of smoke")

    await form.get_by_role("button", name="Declare").click()

    await expect(form.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_label("Description")).to_have_value("It smells of smoke")


@pytest.mark.long
async def test_the_banner_says_that_it_is_not_slack_and_how_fast_time_passes(desk: Desk) -> None:
    alice = await desk.tab("alice")

    banner = alice.page.get_by_role("note", name="About this page")
    await expect(banner).to_contain_text("this is not Slack. Nothing leaves this computer.")
    await expect(banner).to_contain_text("1 minute = 1 second")
    await expect(alice.page).to_have_title(re.compile(r"^(?!.*Slack).+Acme$"))
