"""All of a bundle taken at once, and what is left where the database goes away in the middle."""

import pytest
from sqlalchemy import update

from core import bundles, escalation, links
from core.errors import Unavailable
from core.links import Link, Standing
from storage.models import Delivery
from storage.vocabulary import AuditType, Channel, DeliveryKind
from tests.core.faltering import Faltering
from tests.engine import Engine

NUMBERS = (2, 3, 4, 5)


async def _storm(engine: Engine) -> Delivery:
    """One page, and then four in one message; returns the one that carries them."""
    await engine.declare(title="First")
    await engine.settle()
    for number in NUMBERS:
        await engine.declare(title=f"Number {number}")
    await engine.settle()
    pages = [one for one in await engine.deliveries() if one.kind is DeliveryKind.PAGE]
    (carrier,) = {one.id for one in pages if one.carrier_id == one.id}
    return next(one for one in pages if one.id == carrier)


def _falter(engine: Engine, *, after: int) -> Faltering:
    """The database goes away after so many more commits."""
    faltering = Faltering(engine.core.database, after=after)
    engine.core.database = faltering  # type: ignore[assignment]  # it stands before one
    return faltering


async def _acknowledged(engine: Engine) -> list[int]:
    """Which have been acknowledged, each as often as the trail says so."""
    return [
        number
        for number in NUMBERS
        for type in await engine.types(number)
        if type is AuditType.INCIDENT_ACKNOWLEDGED
    ]


async def test_what_was_taken_before_the_database_went_away_is_told_from_what_is_left(
    engine: Engine,
) -> None:
    carrier = await _storm(engine)
    database = _falter(engine, after=2)

    taken = await bundles.acknowledge_all(engine.core, engine.actor("bob"), carrier.id)

    assert taken == bundles.Taken((2, 3), (), left=(4, 5))
    assert await _acknowledged(engine) == [2, 3]
    database.come_back()
    again = await bundles.acknowledge_all(engine.core, engine.actor("bob"), carrier.id)
    assert again == bundles.Taken((4, 5), ())
    assert await _acknowledged(engine) == [2, 3, 4, 5]


async def test_what_needed_nobody_is_not_left(engine: Engine) -> None:
    carrier = await _storm(engine)
    await engine.do("dave", escalation.acknowledge, (await engine.incident(4)).id)
    _falter(engine, after=1)

    taken = await bundles.acknowledge_all(engine.core, engine.actor("bob"), carrier.id)
    assert taken == bundles.Taken((2,), (), left=(3, 5))


async def test_where_none_was_taken_it_is_a_plain_refusal(engine: Engine) -> None:
    carrier = await _storm(engine)
    _falter(engine, after=0)

    with pytest.raises(Unavailable):
        await bundles.acknowledge_all(engine.core, engine.actor("bob"), carrier.id)
    assert await _acknowledged(engine) == []


async def _link(engine: Engine) -> str:
    """The link of the bundle's letter."""
    key = await links.ensure_key(engine.core, engine.organization_id)
    return links.sign(key, (await _storm(engine)).id)


def _standings(link: Link) -> dict[int, Standing]:
    return {one.incident.number: one.standing for one in link.each if one.incident}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """People are paged by mail alone: a letter has a link."""
    engine.core.person_channels = (Channel.MAIL,)
    return engine


async def test_a_link_that_is_interrupted_stays_good_for_the_rest(engine: Engine) -> None:
    token = await _link(engine)
    database = _falter(engine, after=3)

    used = await links.use(engine.core, token)

    assert used.standing is Standing.GOOD
    assert _standings(used) == {
        2: Standing.GOOD, 3: Standing.GOOD, 4: Standing.GOOD, 5: Standing.INTERRUPTED}  # fmt: skip
    database.come_back()
    again = await links.use(engine.core, token)
    assert _standings(again) == {
        2: Standing.ACKNOWLEDGED, 3: Standing.ACKNOWLEDGED, 4: Standing.ACKNOWLEDGED,
        5: Standing.GOOD}  # fmt: skip
    assert await _acknowledged(engine) == [2, 3, 4, 5]


async def test_a_link_of_which_nothing_was_taken_is_a_plain_refusal(engine: Engine) -> None:
    token = await _link(engine)
    _falter(engine, after=0)

    with pytest.raises(Unavailable):
        await links.use(engine.core, token)


async def test_a_link_says_of_each_incident_what_holds_and_first_what_it_is_good_for(
    engine: Engine,
) -> None:
    token = await _link(engine)
    await engine.do("dave", escalation.acknowledge, (await engine.incident(2)).id)
    dave = engine.cast["dave"].id
    await engine.do("bob", escalation.hand_off, (await engine.incident(4)).id, to=dave)

    looked = await links.look(engine.core, token)

    assert [one.incident.number for one in looked.each if one.incident] == [3, 5, 2, 4]
    assert _standings(looked) == {
        2: Standing.ACKNOWLEDGED,
        3: Standing.GOOD,
        4: Standing.HANDED_OFF,
        5: Standing.GOOD,
    }


async def test_of_one_incident_that_was_paged_twice_a_letter_tells_once(engine: Engine) -> None:
    token = await _link(engine)
    third, fourth = [(await engine.incident(number)).id for number in (3, 4)]
    async with engine.core.transaction(engine.system) as tx:
        moved = update(Delivery).where(Delivery.incident_id == fourth).values(incident_id=third)
        await tx.db.execute(moved.where(Delivery.kind == DeliveryKind.PAGE))

    good = dict.fromkeys((2, 3, 5), Standing.GOOD)
    assert _standings(await links.look(engine.core, token)) == good
    used = await links.use(engine.core, token)
    assert len(used.each) == 3
    assert _standings(used) == good
