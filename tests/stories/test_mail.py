"""Pages by mail, through a real mail server: beside Slack, without it, and never twice unlike."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

import sandbox
from core.timeline import of as timeline_of
from storage.vocabulary import AuditType, EscalationState
from tests.mail.post_office import PostOffice, html_of, post_office, text_of
from tests.world import World, running_world

PUBLIC_URL = "https://tocsin.example.com"
NOBODY_ANSWERS = sandbox.Fault("*", "server_error", times=None)


@dataclass
class Mailed:
    """The world with a mail server in it."""

    world: World
    office: PostOffice


@pytest.fixture
async def mailed(database_url: str) -> AsyncIterator[Mailed]:
    async with (
        post_office() as office,
        running_world(
            database_url,
            smtp_url=office.url,
            mail_from="Tocsin <tocsin@acme.example>",
            public_url=PUBLIC_URL,
            mail_timeout=5,
        ) as world,
    ):
        yield Mailed(world, office)
        assert world.slack.faulty_payloads == []


async def _until(condition) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_page_arrives_by_mail_and_in_slack(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice, "Checkout is down")

    assert len(mailed.world.bob.dm()) == 1
    (letter,) = mailed.office.letters
    assert letter["To"] == "bob@example.com"
    assert letter["From"] == "Tocsin <tocsin@acme.example>"
    assert letter["Subject"] == "Critical #1: Checkout is down"
    assert letter["Auto-Submitted"] == "auto-generated"
    said = text_of(letter)
    assert said.startswith(
        "This needs you. Carol Jansen is next (layer 2), in 5 min (Wed 18 Nov, 13:05 CET).\n\n"
        "Critical #1: Checkout is down\n\n"
    )
    assert "You are on call for Payments" in said
    assert re.search(r"Layer: +1 of 2", said)
    assert re.search(rf"{PUBLIC_URL}/mail/acknowledge/\S{{66}}\n", said)


async def test_only_those_whose_layer_fires_get_a_letter(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice)
    await mailed.world.pass_time(minutes=5)

    assert mailed.office.recipients == ["bob@example.com", "carol@example.com"]
    assert "Wed 18 Nov, 07:10 EST" in text_of(mailed.office.letters[1])


async def test_a_letter_that_was_sent_is_never_edited(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice)
    await mailed.world.bob.click("Acknowledge", on=mailed.world.bob.dm()[0])
    await mailed.world.pass_time(hours=1)

    assert len(mailed.office.letters) == 1


async def test_without_a_public_url_a_letter_says_how_to_acknowledge_in_slack(
    database_url: str,
) -> None:
    async with (
        post_office() as office,
        running_world(database_url, smtp_url=office.url, mail_from="t@acme.example") as world,
    ):
        await world.declare(world.alice)

        said = " ".join(text_of(office.letters[0]).split())
        assert "http" not in said
        assert "href" not in html_of(office.letters[0])
        assert (
            "To acknowledge, in Slack press Acknowledge in Tocsin's message, or type "
            "/incident ack 1." in said
        )


async def test_slack_being_down_does_not_delay_a_letter(mailed: Mailed) -> None:
    world = mailed.world
    world.slack.faults.add(sandbox.Fault("chat.postMessage", "server_error", times=None))
    await world.declare(world.alice)
    await world.pass_time(minutes=5)

    assert world.bob.dm() == world.carol.dm() == []
    dates = [letter["Date"].datetime.minute for letter in mailed.office.letters[:2]]
    assert mailed.office.recipients[:2] == ["bob@example.com", "carol@example.com"]
    assert dates == [0, 5]

    world.slack.faults.clear()
    await world.pass_time(minutes=2)
    assert len(world.bob.dm()) == len(world.carol.dm()) == 1


async def test_a_mail_server_that_hangs_does_not_delay_slack(mailed: Mailed) -> None:
    world, office = mailed.world, mailed.office
    office.trouble = "hangs"
    engine = asyncio.create_task(world.tocsin.worker.run())
    answer = await world.alice.command("/incident")
    await world.alice.fill(answer.view, {"Title": "Checkout is down", "Severity": "critical"})
    await world.alice.submit(answer.view)

    await _until(lambda: office.waiting == 1)
    await _until(lambda: len(world.bob.dm()) == 1)
    assert office.waiting == 1, "the letter is still on its way"
    assert office.letters == []

    office.release()
    world.tocsin.worker.finish()
    await engine


async def test_a_letter_whose_answer_was_lost_is_sent_again_as_the_same_one(
    mailed: Mailed,
) -> None:
    office = mailed.office
    office.trouble = "loses the answer"
    await mailed.world.declare(mailed.world.alice)
    office.trouble = None
    await mailed.world.pass_time(seconds=20)

    first, second = office.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f-]{36}@acme\.example>", first["Message-ID"])
    assert (await mailed.world.types()).count(AuditType.RESPONDER_PAGED) == 2


async def test_a_letter_that_was_not_taken_is_tried_again(mailed: Mailed) -> None:
    mailed.office.trouble = "refuses the letter"
    await mailed.world.declare(mailed.world.alice)
    assert mailed.office.letters == []
    mailed.office.trouble = None
    await mailed.world.pass_time(seconds=5)

    assert mailed.office.recipients == ["bob@example.com"]


async def test_a_further_page_to_one_person_answers_the_first(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)
    await world.pass_time(minutes=5)
    await world.alice.command(f"/incident handoff 1 <@{world.carol.id}>")
    await world.settle()

    first, second = mailed.office.to("carol@example.com")
    assert second["Message-ID"] != first["Message-ID"]
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert first["In-Reply-To"] is None
    assert "Alice Martin handed this to you." in text_of(second)


async def test_an_address_that_is_refused_for_good_does_not_escalate_while_slack_reached_them(
    mailed: Mailed,
) -> None:
    world = mailed.world
    mailed.office.refused["bob@example.com"] = "550 No such mailbox"
    await world.declare(world.alice)
    await world.settle()

    assert len(world.bob.dm()) == 1
    assert world.carol.dm() == []
    assert AuditType.ESCALATED not in await world.types()
    loud = [one.plain for one in world.alerts.messages if one.broadcast]
    assert ["e-mail" in one and "No such mailbox" in one for one in loud] == [True]


async def test_slack_not_knowing_somebody_does_not_escalate_while_a_letter_reached_them(
    mailed: Mailed,
) -> None:
    world = mailed.world
    gone = sandbox.Fault("conversations.open", "error", times=None, error="user_not_found")
    world.slack.faults.add(gone)
    await world.declare(world.alice)

    assert mailed.office.recipients == ["bob@example.com"]
    assert AuditType.ESCALATED not in await world.types()
    assert (await world.incident()).escalation_layer == 1


async def test_who_is_reached_by_neither_is_escalated_at_once(mailed: Mailed) -> None:
    world = mailed.world
    mailed.office.refused["bob@example.com"] = "550 No such mailbox"
    gone = sandbox.Fault("conversations.open", "error", times=1, error="user_not_found")
    world.slack.faults.add(gone)
    await world.declare(world.alice)

    assert mailed.office.recipients == ["carol@example.com"]
    assert [e.data["reason"] for e in await world.trail() if e.type is AuditType.ESCALATED] == [
        "undeliverable"
    ]
    assert (await world.incident()).escalation_state is EscalationState.WAITING


async def test_the_view_and_the_trail_tell_each_channel(mailed: Mailed) -> None:
    world = mailed.world
    await world.declare(world.alice)

    shown = (await world.alice.click("View", on=world.alerts.messages[0])).view.plain
    assert "Bob Okafor · layer 1 · Slack DM" in shown
    assert "Bob Okafor · layer 1 · e-mail" in shown
    assert "Bob Okafor was paged by e-mail" in shown
    async with world.tocsin.core.reading(world.system) as tx:
        entries = await timeline_of(tx, (await world.incident()).id)
    paged = [one.data["channel"] for one in entries if one.type is AuditType.RESPONDER_PAGED]
    assert sorted(paged) == ["mail", "slack_dm"]


HOSTILE = "<script>alert(1)</script> <!channel> \u202e🔥 & “q” " + "x" * 40


async def test_a_hostile_title_is_only_text_everywhere(mailed: Mailed) -> None:
    await mailed.world.declare(mailed.world.alice, HOSTILE)

    (letter,) = mailed.office.letters
    shown = HOSTILE.replace("\u202e", "")
    assert letter["Subject"] == f"Critical #1: {shown}"
    assert "\u202e" not in text_of(letter)
    assert "<script>alert(1)</script>" in " ".join(text_of(letter).split())
    assert "<script" not in html_of(letter)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;!channel&gt; 🔥" in html_of(letter)
    assert {name for name, _ in letter.items()} == {
        "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted",
        "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
    }  # fmt: skip


async def test_admins_are_told_once_by_mail_that_slack_is_silent(mailed: Mailed) -> None:
    world, office = mailed.world, mailed.office
    world.slack.faults.add(sandbox.Fault("chat.postMessage", "server_error", times=None))
    await world.declare(world.alice)
    await world.pass_time(minutes=4)
    assert office.to("alice@example.com") == []

    await world.pass_time(minutes=8)
    (told,) = office.to("alice@example.com")
    assert told["Subject"] == "Tocsin can't reach Slack"
    assert "Slack has taken no page since Wed 18 Nov, 13:00 CET." in text_of(told)
    assert "Slack answered 500" in text_of(told)

    world.slack.faults.clear()
    await world.pass_time(minutes=10)
    assert len(world.bob.dm()) == 1
    _, back = office.to("alice@example.com")
    assert back["Subject"] == "Tocsin reaches Slack again"
    assert back["In-Reply-To"] == told["Message-ID"]
    assert "it had taken none since Wed 18 Nov, 13:00 CET." in text_of(back)
    assert len(office.to("alice@example.com")) == 2


async def test_a_page_that_one_person_cannot_be_given_is_no_outage(mailed: Mailed) -> None:
    world = mailed.world
    dm = sandbox.Fault("conversations.open", "server_error", times=None)
    await world.declare(world.alice)
    await world.bob.click("Acknowledge", on=world.bob.dm()[0])
    world.slack.faults.add(dm)
    await world.alice.command(f"/incident handoff 1 <@{world.carol.id}>")
    await world.pass_time(minutes=1)
    await world.alice.command("/incident update 1 Still looking")
    await world.pass_time(minutes=20)

    assert mailed.office.to("alice@example.com") == []
