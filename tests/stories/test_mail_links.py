"""The link in a letter acknowledges once, after one press; a program that opens it does nothing."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select, update

from core import people
from storage.models import Delivery, Member
from storage.vocabulary import AuditType, Channel, EscalationState, Surface
from tests.mail.post_office import PostOffice, html_of, post_office, text_of
from tests.world import World, running_world, web_client

PUBLIC_URL = "http://tocsin.test"


@dataclass
class Mailed:
    """The world, its mail server, and somebody's browser."""

    world: World
    office: PostOffice
    browser: httpx.AsyncClient

    def link(self, position: int = 0) -> str:
        """The link in a letter, as a mail program makes it out."""
        letter = self.office.letters[position]
        (url,) = re.findall(r"^http\S+$", text_of(letter), re.MULTILINE)
        assert f'href="{url}"' in html_of(letter)
        return str(url)


@pytest.fixture
async def mailed(database_url: str) -> AsyncIterator[Mailed]:
    async with (
        post_office() as office,
        running_world(
            database_url,
            smtp_url=office.url,
            mail_from="tocsin@acme.example",
            public_url=PUBLIC_URL,
        ) as world,
        web_client(world.tocsin) as browser,
    ):
        yield Mailed(world, office, browser)


async def test_pressing_the_button_acknowledges_and_changes_every_copy(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    url = mailed.link()

    opened = await mailed.browser.get(url)
    assert opened.status_code == 200
    assert "Acknowledge #1?" in opened.text
    pressed = await mailed.browser.post(url)
    await world.settle()

    assert pressed.status_code == 200
    assert "You acknowledged #1" in pressed.text
    assert "<button" not in pressed.text
    assert "You acknowledged this" in world.bob.dm()[0].plain
    assert "Bob Okafor" in world.alerts.messages[0].plain
    assert "Acknowledge" not in world.alerts.messages[0].buttons
    (event,) = [e for e in await world.trail() if e.type is AuditType.INCIDENT_ACKNOWLEDGED]
    assert (event.actor_name, event.surface) == ("Bob Okafor", Surface.MAIL)
    await world.pass_time(hours=2)
    assert world.carol.dm() == []
    assert mailed.office.recipients == ["bob@example.com"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_scanner_that_opens_every_link_changes_nothing(mailed: Mailed, method: str) -> None:
    world = mailed.world
    await world.declare(world.alice)
    before = await world.incident()

    for _ in range(5):
        answer = await mailed.browser.request(method, mailed.link())
        assert answer.status_code == 200

    after = await world.incident()
    assert (after.version, after.updated_at) == (before.version, before.updated_at)
    assert after.escalation_state is EscalationState.WAITING
    assert AuditType.INCIDENT_ACKNOWLEDGED not in await world.types()
    assert (await mailed.browser.post(mailed.link())).status_code == 200


async def test_the_page_loads_nothing_runs_nothing_and_is_kept_nowhere(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice)
    answer = await mailed.browser.get(mailed.link())

    policy = answer.headers["content-security-policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action 'self'; "
        r"frame-ancestors 'none'; base-uri 'none'",
        policy,
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "<script" not in answer.text
    assert re.findall(r"(?:src|href|action)=", answer.text) == []
    assert "color-scheme: light dark" in answer.text


async def test_a_link_works_once(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice)
    await mailed.browser.post(mailed.link())
    again = await mailed.browser.post(mailed.link())
    looked = await mailed.browser.get(mailed.link())

    assert (again.status_code, looked.status_code) == (410, 410)
    assert "You acknowledged it on 18 Nov at 13:00 CET. It is yours." in again.text
    assert "<button" not in looked.text
    assert (await mailed.world.types()).count(AuditType.INCIDENT_ACKNOWLEDGED) == 1


async def test_of_two_who_press_at_once_one_acknowledges(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice)
    answers = await asyncio.gather(*(mailed.browser.post(mailed.link()) for _ in range(6)))

    assert sorted(one.status_code for one in answers) == [200, 410, 410, 410, 410, 410]
    assert (await mailed.world.types()).count(AuditType.INCIDENT_ACKNOWLEDGED) == 1


async def test_somebody_else_was_first(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    await world.pass_time(minutes=5)
    await world.carol.click("Acknowledge", on=world.carol.dm()[0])

    answer = await mailed.browser.post(mailed.link())
    assert answer.status_code == 410
    assert "Carol Jansen acknowledged #1" in answer.text
    assert "You can stand down." in answer.text


async def test_a_resolved_incident_is_not_acknowledged(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    await world.alice.command("/incident resolve 1 It was the disk")

    answer = await mailed.browser.post(mailed.link())
    assert answer.status_code == 410
    assert "#1 is resolved" in answer.text
    assert (await world.incident()).acknowledged_at is None


async def test_after_a_handoff_the_link_is_dead_and_says_whose_it_is(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    await world.bob.command(f"/incident handoff 1 <@{world.dave.id}>")
    await world.settle()

    answer = await mailed.browser.post(mailed.link())
    assert answer.status_code == 410
    assert "It was handed to Dave Lindqvist after this letter. You can stand down." in answer.text
    assert (await world.incident()).acknowledged_at is None
    assert "You acknowledged #1" in (await mailed.browser.post(mailed.link(1))).text


async def test_whom_it_came_back_to_is_sent_to_the_newer_letter(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    await world.bob.command(f"/incident handoff 1 <@{world.dave.id}>")
    await world.dave.command(f"/incident handoff 1 <@{world.bob.id}>")
    await world.settle()

    answer = await mailed.browser.get(mailed.link())
    assert "It was handed to you after this letter" in answer.text


async def test_after_a_week_a_link_is_dead(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    url = mailed.link()
    await world.pass_time(days=7)
    assert (await mailed.browser.get(url)).status_code == 200

    await world.pass_time(seconds=1)
    answer = await mailed.browser.post(url)
    assert answer.status_code == 410
    assert "This link has expired" in answer.text
    assert "/incident ack 1" in answer.text
    assert (await world.incident()).acknowledged_at is None


async def test_a_link_that_was_used_is_dead_though_the_incident_is_open(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    async with world.tocsin.core.transaction(world.system) as tx:
        await tx.db.execute(update(Delivery).values(link_used_at=tx.now))

    answer = await mailed.browser.post(mailed.link())
    assert answer.status_code == 410
    assert "This link was used already" in answer.text
    assert (await world.incident()).acknowledged_at is None


async def test_who_was_removed_acknowledges_nothing_and_is_told_nothing(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    async with world.tocsin.core.transaction(world.system) as tx:
        bob = await tx.db.scalar(select(Member).filter_by(email="bob@example.com"))
        assert bob is not None
        (await people.get_member(tx, bob.id)).removed_at = tx.now

    answer = await mailed.browser.post(mailed.link())
    assert answer.status_code == 410
    assert "You are no longer a member" in answer.text
    assert "Checkout" not in answer.text
    assert (await world.incident()).acknowledged_at is None


async def test_a_forged_link_is_wrong_and_tells_nothing(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    url = mailed.link()
    base, _, token = url.rpartition("/")
    named, _, signature = token.partition(".")
    async with world.tocsin.core.reading(world.system) as tx:
        slack = await tx.db.scalar(select(Delivery.id).filter_by(channel=Channel.SLACK_DM))
    forged = [
        f"{named}.{signature[::-1]}",
        f"{named}.{'A' * 43}",
        f"{'A' * 22}.{signature}",
        f"{named[:-1]}{chr(ord(named[-1]) ^ 1)}.{signature}",
        named,
        token + "A",
        "%00",
        "%F0%9F%94%A5",
        str(slack),
    ]
    for one in forged:
        for method in ("GET", "POST"):
            answer = await mailed.browser.request(method, f"{base}/{one}")
            assert answer.status_code == 404, one
            assert "This link does not work" in answer.text
            assert "Checkout" not in answer.text
    assert (await world.incident()).acknowledged_at is None


async def test_a_hostile_title_is_only_text_on_the_page(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice, "</bdi><script>alert(1)</script>\u202e & “🔥”")
    answer = await mailed.browser.get(mailed.link())

    assert "<script" not in answer.text
    assert "&lt;/bdi&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "\u202e" not in answer.text
    assert "&amp; “🔥”" in answer.text


async def test_a_restart_keeps_links_good(mailed: Mailed, database_url: str) -> None:
    world = mailed.world
    await world.declare(world.alice)
    url = mailed.link()
    async with running_world(
        database_url, blueprint="", smtp_url=mailed.office.url, mail_from="t@acme.example"
    ) as later, web_client(later.tocsin) as browser:  # fmt: skip
        assert "You acknowledged #1" in (await browser.post(url)).text
