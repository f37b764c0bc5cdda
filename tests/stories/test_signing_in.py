"""Into the dashboard from Slack: a link for one person, good once; looking uses nothing up."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core import people, team
from tests.web.dashboard.browser import Browser, browser
from tests.world import World, running_world

URL = "http://tocsin.test"


@pytest.fixture
async def reachable(database_url: str) -> AsyncIterator[World]:
    """A product whose dashboard browsers can reach."""
    async with running_world(database_url, public_url=URL) as world:
        yield world


async def _link(world: World, person: object) -> str:
    """The path below /app of the link that somebody asked for."""
    answer = await person.command("/incident login")  # type: ignore[attr-defined]
    assert "in your direct messages" in answer.messages[0].text
    (message,) = person.dm()  # type: ignore[attr-defined]
    found = re.search(r"/app(/sign-in/[A-Za-z0-9_-]{43})", str(message.blocks))
    assert found
    return found[1]


async def _enter(page: Browser, path: str) -> str:
    await page.open(path)
    return (await page.send(path)).text


async def test_who_asks_gets_a_link_and_comes_in_as_themselves(reachable: World) -> None:
    path = await _link(reachable, reachable.bob)
    async with browser(reachable) as page:
        asked = await page.open(path)
        entered = await page.send(path)

    assert "Sign in as Bob Okafor" in asked.text
    assert entered.path == "/app/"
    assert "Bob Okafor" in entered.text


async def test_looking_uses_nothing_up_and_pressing_does(reachable: World) -> None:
    path = await _link(reachable, reachable.bob)
    async with browser(reachable) as scanner, browser(reachable) as bob:
        for _ in range(3):
            await scanner.open(path)
        await _enter(bob, path)
        replayed = await scanner.send(path)

    assert replayed.status == 410
    assert "This link was used" in replayed.text


async def test_a_link_is_good_for_ten_minutes(reachable: World) -> None:
    path = await _link(reachable, reachable.bob)
    reachable.clock.at += timedelta(minutes=10)
    async with browser(reachable) as page:
        shown = await page.open(path)

    assert shown.status == 410


async def test_a_guest_gets_no_link(reachable: World) -> None:
    await reachable.gail.command("/incident login")

    assert reachable.gail.dm() == []


async def test_without_an_address_for_browsers_it_says_what_is_missing(world: World) -> None:
    answer = await world.bob.command("/incident login")

    assert "PUBLIC_URL" in answer.messages[0].text


async def test_a_session_ends_after_twelve_idle_hours_and_not_before(reachable: World) -> None:
    path = await _link(reachable, reachable.bob)
    async with browser(reachable) as page:
        await _enter(page, path)
        seen = []
        for hours in (11.9, 11.9, 12):
            reachable.clock.at += timedelta(hours=hours)
            seen.append((await page.open("/")).path)

    assert seen == ["/app/", "/app/", "/app/sign-in"]


async def test_signing_out_everywhere_ends_every_session_and_link(reachable: World) -> None:
    first = await _link(reachable, reachable.bob)
    async with browser(reachable, reachable.bob) as desk, browser(reachable) as phone:
        await _enter(phone, first)
        await desk.open("/")
        await desk.send("/sign-out", {"everywhere": "yes"})

        assert (await phone.open("/")).path == "/app/sign-in"
        assert (await desk.open("/")).path == "/app/sign-in"


async def test_a_cookie_that_was_planted_before_is_not_the_sessions(reachable: World) -> None:
    path = await _link(reachable, reachable.bob)
    async with browser(reachable) as page:
        page.client.cookies.set("tocsin_session", "planted", domain="tocsin.test", path="/")
        await _enter(page, path)
        cookie = next(one for one in page.client.cookies.jar if one.name == "tocsin_session")

    assert cookie.value != "planted"
    assert len(str(cookie.value)) == 43 + 1 + 64


@pytest.mark.parametrize("following", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_nobody_is_led_elsewhere_after_signing_in(world: World, following: str) -> None:
    async with browser(world) as page:
        shown = await page.open(f"/sign-in?next={following}")

    assert "evil" not in shown.html


async def test_a_tab_that_nobody_looks_at_is_idle_however_often_it_asks(reachable: World) -> None:
    path = await _link(reachable, reachable.bob)
    async with browser(reachable) as page:
        await _enter(page, path)
        for _ in range(3):
            reachable.clock.at += timedelta(hours=4)
            await page.open("/", headers={"X-Live": "1"})

        assert (await page.open("/")).path == "/app/sign-in"


async def test_who_was_removed_and_comes_back_signs_in_anew(reachable: World) -> None:
    path = await _link(reachable, reachable.bob)
    async with browser(reachable, reachable.bob) as page:
        await page.open("/")
        async with reachable.tocsin.core.transaction(reachable.system) as tx:
            bob = await people.find_by_slack_user_id(tx, reachable.bob.id)
            assert bob
            await team.remove_member(tx, bob.id)
        async with reachable.tocsin.core.transaction(reachable.system) as tx:
            await team.add_member(tx, email="bob@example.com")

        assert (await page.open("/")).path == "/app/sign-in"
        assert (await page.open(path)).status == 410


@pytest.mark.parametrize(
    "path", ["/incidents/" + "9" * 5_000, "/sign-in?next=//[", "/sign-in?next=/%E6"]
)
async def test_what_is_no_address_is_no_fault_of_ours(world: World, path: str) -> None:
    async with browser(world) as page:
        assert (await page.open(path)).status in (200, 404)
