"""What waits and what is overdue, as the database has it."""

from datetime import timedelta

from core import declaring, escalation, health, incidents
from core.health import Health, Waiting
from core.transaction import Actor
from storage.vocabulary import Channel, DeliveryKind, Severity
from tests.core import given
from tests.engine import Engine

PAGES = (Channel.SLACK_DM, DeliveryKind.PAGE)


async def _health(engine: Engine) -> Health:
    async with engine.core.reading(engine.system) as tx:
        return await health.read_health(tx, engine.organization_id)


def _pages(found: Health) -> list[Waiting]:
    return [one for one in found.waiting if (one.channel, one.kind) == PAGES]


async def test_when_nothing_happened_nothing_waits(engine: Engine) -> None:
    assert await _health(engine) == Health([], 0, 0, 0.0)


async def test_what_was_committed_and_is_not_out_waits_since_its_commit(engine: Engine) -> None:
    await engine.declare()
    engine.clock.at += timedelta(seconds=30)
    await engine.declare()
    engine.clock.at += timedelta(seconds=3)

    (pages,) = _pages(await _health(engine))
    assert pages == Waiting(*PAGES, sent=False, count=2, oldest_seconds=33.0)

    await engine.settle()
    assert (await _health(engine)).waiting == []


async def test_a_page_that_is_tried_again_and_again_grows_older(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, name="Bob")
    await engine.declare()
    await engine.pass_time(minutes=3)

    (pages,) = _pages(await _health(engine))
    assert (pages.count, pages.sent, pages.oldest_seconds) == (1, False, 180.0)


async def test_a_card_that_is_behind_waits_to_be_edited_since_it_fell_behind(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.clock.at += timedelta(minutes=1)
    await engine.do("alice", incidents.change_severity, incident.id, Severity.LOW)
    engine.clock.at += timedelta(seconds=4)

    cards = [one for one in (await _health(engine)).waiting if one.kind is DeliveryKind.CARD]
    assert cards == [
        Waiting(Channel.ALERTS, DeliveryKind.CARD, sent=True, count=1, oldest_seconds=4.0)
    ]


async def test_escalations_are_open_then_overdue_then_over(engine: Engine) -> None:
    first, _ = await engine.declare(), await engine.declare()
    found = await _health(engine)
    assert (found.open_escalations, found.overdue_escalations) == (2, 0)
    assert found.worst_overdue_seconds == 0

    engine.clock.at += timedelta(minutes=5, seconds=9)
    found = await _health(engine)
    assert (found.open_escalations, found.overdue_escalations) == (2, 2)
    assert found.worst_overdue_seconds == 9

    await engine.do("carol", escalation.acknowledge, first.id)
    assert (await _health(engine)).open_escalations == 1


async def test_another_organization_is_nobody_elses_trouble(engine: Engine) -> None:
    mallory = await given.stranger(engine)
    async with engine.core.transaction(mallory) as tx:
        await declaring.open_incident(
            tx, title="Theirs", severity=Severity.LOW, owner_id=mallory.id
        )

    assert (await _health(engine)).waiting == []
    async with engine.core.reading(Actor.system()) as tx:
        assert (await health.read_health(tx)).waiting != []
