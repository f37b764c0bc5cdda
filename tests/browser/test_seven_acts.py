"""What staff do most, by keyboard alone and on a phone; and somebody else sees it within a second.

Each act is a flow of its own: Bob does it, and Carol or Alice, who has had a page open all along,
has a second from when Bob is answered until it stands on theirs.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from core import schedules, updates
from tests.browser.hands import PHONE, Hand, Keyboard, Thumb
from tests.browser.staff import Office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

A_SECOND = 1_000
SECRET = "The password is hunter2"


async def sign_in(office: Office, bob: Hand) -> None:
    """By the link that Tocsin sends to who types `/incident login`."""
    await office.world.bob.command("/incident login")
    (message,) = office.world.bob.dm()[-1:]
    (link,) = set(re.findall(r"http://127[^\"'>|\s]+/sign-in/[\w-]{43}", str(message.blocks)))
    await bob.page.goto(link)
    await bob.press("button", "Sign in")
    await expect(bob.page.get_by_role("heading", level=1)).to_have_text("Incidents")


async def acknowledge(_office: Office, bob: Hand) -> None:
    await bob.press("button", "Acknowledge")
    await bob.is_told("You acknowledged #1.")


async def hand_off(_office: Office, bob: Hand) -> None:
    await bob.type("Hand off to", "Carol Jansen")
    await bob.press("button", "Hand off")
    await bob.is_told("You handed #1 to Carol Jansen.")


async def advance(_office: Office, bob: Hand) -> None:
    await bob.press("button", "Move on to Identified")
    await bob.is_told("Incident #1 is identified now.")


async def publish(_office: Office, bob: Hand) -> None:
    await bob.type("What happened?", "We found it.")
    await bob.choose("Internal", "Public")
    await bob.press("button", "Post")
    await expect(bob.page.get_by_role("heading", level=1)).to_have_text("Publish this update?")
    await bob.press("button", "Publish to Acme Status")
    await bob.is_told("Customers can read it now.")


async def redact(_office: Office, bob: Hand) -> None:
    await bob.press("summary", "Remove the text")
    await bob.press("button", "Remove for good")
    await bob.is_told("The text was removed.")


async def take_an_override(_office: Office, bob: Hand) -> None:
    await bob.press("link", "Cover a shift")
    await expect(bob.page.locator("#preview")).to_contain_text("Bob Okafor covers")
    await bob.press("button", "Cover")
    await bob.is_told("Bob Okafor covers until")


@dataclass(frozen=True)
class Act:
    """What is done, on which page; who looks at which one, and where on it they see what."""

    flow: Callable[[Office, Hand], Awaitable[None]]
    on: str
    other: str
    looks_at: str
    where: str
    sees: str


ONE, SCHEDULE = "/incidents/1", "/on-call/schedules/{schedule}"
ACTS = (
    Act(sign_in, "/sign-in", "alice", "/settings/trail", "#trail", "Bob Okafor signed in"),
    Act(acknowledge, ONE, "carol", ONE, "#escalation", "Acknowledged by Bob Okafor"),
    Act(hand_off, ONE, "carol", ONE, "#details", "Carol Jansen"),
    Act(advance, ONE, "carol", ONE, "#head", "Identified"),
    Act(publish, ONE, "carol", ONE, "#entries", "We found it."),
    Act(redact, ONE, "carol", ONE, "#entries", "This update has been removed."),
    Act(take_an_override, SCHEDULE, "carol", SCHEDULE, "#overrides", "Bob Okafor"),
)
BY_KEYBOARD, ON_A_PHONE = "by keyboard", "on a phone"
AT_ONCE = ((acknowledge, BY_KEYBOARD), (publish, ON_A_PHONE))
"""What is seen with every change; the others are long tests."""


@pytest.mark.parametrize(
    ("act", "way"),
    [
        pytest.param(
            act,
            way,
            id=f"{act.flow.__name__.replace('_', ' ')} {way}",
            marks=[] if (act.flow, way) in AT_ONCE else [pytest.mark.long],
        )
        for act in ACTS
        for way in (BY_KEYBOARD, ON_A_PHONE)
    ],
)
async def test_it_is_done_and_another_browser_sees_it_within_a_second(
    office: Office, act: Act, way: str
) -> None:
    await _begin(office)
    other = await office.tab(getattr(office.world, act.other), await _path(office, act.looks_at))
    hand = await _hand(office, act, way)
    await expect(other.locator(act.where)).not_to_contain_text(act.sees)
    await act.flow(office, hand)

    await expect(other.locator(act.where)).to_contain_text(act.sees, timeout=A_SECOND)
    assert SECRET not in await other.content() or act.flow is not redact
    await hand.looks()


async def _begin(office: Office) -> None:
    """Carol is a member; Bob has posted what he may want to take back."""
    await office.world.carol.command("/incident oncall")
    async with office.world.tocsin.core.transaction(await office.acts(office.world.bob)) as tx:
        await updates.post_update(tx, (await office.world.incident()).id, body=SECRET)
    await office.world.settle()


async def _hand(office: Office, act: Act, way: str) -> Hand:
    """Bob's hand on the page where the act begins."""
    who = None if act.flow is sign_in else office.world.bob
    path = await _path(office, act.on)
    if way == BY_KEYBOARD:
        return Keyboard(await office.tab(who, path))
    hand = Thumb(await office.tab(who, path, width=PHONE, has_touch=True, is_mobile=True))
    await hand.looks()
    return hand


async def _path(office: Office, path: str) -> str:
    async with office.world.tocsin.core.reading(office.world.system) as tx:
        schedule = await schedules.find_schedule(tx, "Payments")
    return path.format(schedule=schedule.id)
