"""The link of a letter that told of several incidents says what became of each of them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import update

from storage.models import Delivery
from tests.mail.post_office import PostOffice, post_office, text_of
from tests.stories.test_storms import let_it_storm
from tests.world import World, running_world, web_client


@dataclass
class Mailed:
    """The world, its mail server, and somebody's browser."""

    world: World
    office: PostOffice
    browser: httpx.AsyncClient

    async def storm(self, *titles: str) -> str:
        """One incident alone, then these in one letter; returns the letter's link."""
        await let_it_storm(self.world, *titles)
        (url,) = re.findall(r"^http\S+$", text_of(self.office.letters[1]), re.MULTILINE)
        return str(url)


@pytest.fixture
async def mailed(database_url: str) -> AsyncIterator[Mailed]:
    async with (
        post_office() as office,
        running_world(
            database_url,
            smtp_url=office.url,
            mail_from="tocsin@acme.example",
            public_url="http://tocsin.test",
        ) as world,
        web_client(world.tocsin) as browser,
    ):
        yield Mailed(world, office, browser)


def _became(answer: httpx.Response) -> dict[int, str]:
    """What the page says of each incident, by its number."""
    frames = re.findall(r'<div class="incident">.*?#(\d+) .*?</strong>(.*?)</div>', answer.text)
    return {int(number): re.sub("<.*?>", " ", said).strip() for number, said in frames}


async def test_of_which_nothing_is_good_any_more_each_is_told_by_itself(mailed: Mailed) -> None:
    world = mailed.world
    url = await mailed.storm("Search is slow", "Login fails", "Mail is late", "Disk is full")
    await world.carol.command("/incident ack 2")
    await world.alice.command("/incident resolve 3")
    await world.alice.command("/incident handoff 4 @dave")
    await world.bob.command("/incident ack 5")
    await world.settle()

    for answer in (await mailed.browser.get(url), await mailed.browser.post(url)):
        assert answer.status_code == 410
        assert "<button" not in answer.text
        assert "This link acknowledges nothing any more" in answer.text
        became = _became(answer)
        assert list(became) == [2, 3, 4, 5]
        assert "Carol Jansen acknowledged it on 18 Nov at 13:00 CET." in became[2]
        assert "It was resolved on 18 Nov at 13:00 CET." in became[3]
        assert "It was handed to Dave Lindqvist after this letter." in became[4]
        assert "You acknowledged it on 18 Nov at 13:00 CET. It is yours." in became[5]


async def test_what_still_waits_is_told_from_what_somebody_has_taken(mailed: Mailed) -> None:
    world = mailed.world
    url = await mailed.storm("Search is slow", "Login fails", "Mail is late")
    await world.carol.command("/incident ack 2")

    opened = await mailed.browser.get(url)
    assert "Acknowledge 2 incidents?" in opened.text
    assert "Acknowledge all 2</button>" in opened.text
    assert "Carol Jansen acknowledged it" in _became(opened)[2]
    assert _became(opened)[3] == "High · Investigating"
    pressed = await mailed.browser.post(url)
    assert pressed.status_code == 200
    assert "You acknowledged 2 incidents" in pressed.text
    assert "Carol Jansen acknowledged it" in _became(pressed)[2]
    assert _became(pressed)[3].endswith("You acknowledged it.")
    assert _became(pressed)[4].endswith("You acknowledged it.")


async def test_a_link_that_is_too_old_or_was_used_says_how_to_acknowledge_each(
    mailed: Mailed,
) -> None:
    world = mailed.world
    url = await mailed.storm("Search is slow", "Login fails")
    async with world.tocsin.core.transaction(world.system) as tx:
        third = (await world.incident(3)).id
        used = update(Delivery).where(Delivery.incident_id == third).values(link_used_at=tx.now)
        await tx.db.execute(used)
    await world.pass_time(days=7, minutes=1)

    became = _became(await mailed.browser.post(url))
    assert "A link works for 7 days, and this one is older." in became[2]
    assert "/incident ack 2" in became[2]
    assert "A link works once, and this one has been used." in became[3]
    assert "/incident ack 3" in became[3]
