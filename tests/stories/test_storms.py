"""Many incidents at once: one message names each, and none is lost, sent twice or lumped."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import sandbox
from core import audit, declaring, incidents, pacing
from storage.models import Delivery, Incident, Schedule
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, Severity
from tests.mail.post_office import html_of, post_office, text_of
from tests.world import World, running_world, web_client


async def _declare(world: World, *titles: str, severity: Severity = Severity.HIGH) -> None:
    """They are committed before anything of them is sent."""
    async with world.tocsin.core.reading(world.system) as tx:
        schedule = await tx.db.scalar(select(Schedule.id))
    for title in titles:
        async with world.tocsin.core.transaction(world.system) as tx:
            await declaring.open_incident(
                tx, title=title, severity=severity, owner_schedule_id=schedule
            )


async def let_it_storm(world: World, *titles: str) -> None:
    await world.declare(world.alice, "Checkout is down")
    await _declare(world, *titles)
    await world.settle()


async def _events(world: World, number: int, type: AuditType) -> int:
    async with world.tocsin.core.reading(world.system) as tx:
        trail = await audit.trail(tx, (await incidents.find(tx, number)).id)
    return sum(event.type is type for event in trail)


async def _pages(world: World) -> list[Delivery]:
    async with world.tocsin.core.reading(world.system) as tx:
        by_number = (
            select(Delivery)
            .join(Incident, Incident.id == Delivery.incident_id)
            .where(Delivery.kind == DeliveryKind.PAGE)
            .order_by(Incident.number)
        )
        return list(await tx.db.scalars(by_number))


async def test_the_first_page_goes_at_once_and_what_comes_within_the_second_in_one_message(
    world: World,
) -> None:
    began = world.clock.at
    await world.declare(world.alice, "Checkout is down")
    assert world.clock.at == began
    assert len(world.bob.dm()) == 1

    await _declare(world, "Search is slow", "Login fails", "Mail is late")
    await world.tocsin.worker.settle()
    assert len(world.bob.dm()) == 1, "the conversation had not rested"
    await world.settle()

    assert world.clock.at - began == pacing.REST
    _first, storm = world.bob.dm()
    assert "3 incidents need you" in storm.plain
    for line in ("#2 Search is slow", "#3 Login fails", "#4 Mail is late"):
        assert line in storm.plain
    assert "3 incidents need you" in storm.text
    assert "Acknowledge all 3" in storm.buttons


async def test_acknowledging_all_takes_each_by_itself_and_the_message_says_so(
    world: World,
) -> None:
    await let_it_storm(world, "Search is slow", "Login fails")
    storm = world.bob.dm()[1]
    answer = await world.bob.click("Acknowledge all 2", on=storm)
    await world.bob.click("Acknowledge all 2", on=storm)
    await world.settle()

    assert answer.ok
    assert "You acknowledged 2 incidents." in world.bob.ephemerals()[0].plain
    storm = world.bob.dm()[1]
    assert "None of 2 incidents needs you any more" in storm.plain
    assert storm.plain.count("You acknowledged this") == 2
    assert [await _events(world, n, AuditType.INCIDENT_ACKNOWLEDGED) for n in (1, 2, 3)] == [
        0, 1, 1]  # fmt: skip
    await world.pass_time(minutes=5)
    assert len(world.carol.dm()) == 1, "only the first one's clock was left running"


async def test_one_of_them_can_be_acknowledged_alone(world: World) -> None:
    await let_it_storm(world, "Search is slow", "Login fails")
    await world.dave.command("/incident ack 3")
    await world.settle()

    storm = world.bob.dm()[1]
    assert "1 of 2 incidents needs you" in storm.plain
    assert "Dave Lindqvist acknowledged this" in storm.plain
    assert "High · nobody has acknowledged" in storm.plain
    assert "Acknowledge #2" in storm.buttons

    await world.bob.click("Acknowledge", on=storm)
    await world.settle()
    assert "None of 2" in world.bob.dm()[1].plain


async def test_what_was_handed_off_meanwhile_is_named_and_left_alone(world: World) -> None:
    await let_it_storm(world, "Search is slow", "Login fails")
    await world.alice.command("/incident handoff 3 @dave")
    await world.settle()
    await world.bob.click("Acknowledge #2", on=world.bob.dm()[1])
    await world.settle()

    said = world.bob.ephemerals()[-1].plain
    assert "You acknowledged #2." in said
    assert "#3 was handed off meanwhile" in said
    assert await _events(world, 3, AuditType.INCIDENT_ACKNOWLEDGED) == 0


async def test_what_is_resolved_before_it_was_sent_is_not_in_it(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")
    await _declare(world, "Search is slow", "Login fails", "Mail is late")
    await world.tocsin.worker.settle()
    await world.alice.command("/incident resolve 3")
    await world.settle()

    assert "2 incidents need you" in world.bob.dm()[1].plain
    assert "Login fails" not in world.bob.dm()[1].plain
    assert await _events(world, 3, AuditType.PAGE_SUPERSEDED) == 1


async def test_a_bundle_whose_answer_was_lost_is_found_and_not_sent_again(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")
    dm = world.bob.dm()[0].channel
    world.slack.faults.add(sandbox.Fault("chat.postMessage", "server_error_after", channel=dm))
    await _declare(world, "Search is slow", "Login fails")
    await world.pass_time(minutes=1)

    assert len(world.bob.dm()) == 2
    assert [one.state for one in await _pages(world)] == [DeliveryState.SENT] * 3
    assert [await _events(world, n, AuditType.RESPONDER_PAGED) for n in (2, 3)] == [1, 1]


async def test_while_slack_holds_the_conversation_back_more_join(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")
    dm = world.bob.dm()[0].channel
    world.slack.faults.add(
        sandbox.Fault("chat.postMessage", "rate_limited", channel=dm, retry_after=20)
    )
    await _declare(world, "Search is slow", "Login fails")
    await world.pass_time(seconds=10)
    await _declare(world, "Mail is late")
    await world.pass_time(seconds=15)

    _first, storm = world.bob.dm()
    assert "3 incidents need you" in storm.plain
    assert "#4 Mail is late" in storm.plain


async def test_of_more_than_one_message_names_none_is_left_out(world: World) -> None:
    hostile = ("<!channel> & <script> *x* 😀 " * 4)[:100]
    count = pacing.BUNDLE_MAX + 5
    await _declare(world, *[f"{number} {hostile}"[:100] for number in range(count)])
    await world.settle()

    first, second = world.bob.dm()
    assert f"{pacing.BUNDLE_MAX} incidents need you" in first.plain
    assert "5 incidents need you" in second.plain
    for told in (first.plain + second.plain, first.text + second.text):
        named = re.findall(r"#(\d+) ", told)
        assert {int(number) for number in named} == set(range(1, count + 1))
    assert hostile[:40] in first.plain


async def test_a_second_layer_tells_of_all_that_came_due_together(world: World) -> None:
    await _declare(world, "Search is slow", "Login fails", "Mail is late")
    await world.pass_time(minutes=5)

    (storm,) = world.carol.dm()
    assert "3 incidents need you" in storm.plain


async def test_a_letter_names_them_all_and_its_link_acknowledges_them(database_url: str) -> None:
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
        await let_it_storm(world, "Search is slow", "Login <b>fails</b>")
        letter = office.letters[1]
        assert letter["Subject"] == "2 incidents need you: #2 Search is slow and 1 more"
        assert "High #3: Login <b>fails</b>" in text_of(letter)
        assert "<b>fails" not in html_of(letter)
        (url,) = re.findall(r"^http\S+$", text_of(letter), re.MULTILINE)

        opened = await browser.get(url)
        assert "Acknowledge 2 incidents?" in opened.text
        assert "Acknowledge all 2</button>" in opened.text
        assert "#2 Search is slow" in opened.text
        assert "#3 Login &lt;b&gt;" in opened.text
        assert await _events(world, 2, AuditType.INCIDENT_ACKNOWLEDGED) == 0

        pressed = await browser.post(url)
        assert "You acknowledged 2 incidents" in pressed.text
        again = await browser.post(url)
        assert again.status_code == 410
        counts = [await _events(world, n, AuditType.INCIDENT_ACKNOWLEDGED) for n in (1, 2, 3)]
        assert counts == [0, 1, 1]


async def test_every_page_of_a_storm_has_its_own_receipt_and_place(world: World) -> None:
    await let_it_storm(world, "Search is slow", "Login fails")
    one, two, three = await _pages(world)

    assert one.receipt != two.receipt
    assert two.receipt == three.receipt
    assert two.carrier_id == three.carrier_id is not None
    await world.dave.command("/incident show 3")
    assert "in one message with 1 other" in world.dave.ephemerals()[-1].plain


@pytest.mark.parametrize("seconds", [0.4, 1.0])
async def test_a_conversation_rests_for_a_second_and_no_longer(
    world: World, seconds: float
) -> None:
    await world.declare(world.alice, "Checkout is down")
    world.clock.at += timedelta(seconds=seconds)
    await _declare(world, "Search is slow")
    await world.tocsin.worker.settle()

    assert len(world.bob.dm()) == (2 if seconds >= 1 else 1)
    async with world.tocsin.core.reading(world.system) as tx:
        waiting = await tx.db.scalar(
            select(func.count()).where(
                Delivery.kind == DeliveryKind.PAGE, Delivery.state == DeliveryState.PENDING
            )
        )
    assert waiting == (0 if seconds >= 1 else 1)
