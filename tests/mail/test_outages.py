"""Slack silent for too long: admins learn it by mail, once, and that it is back, likewise."""

from datetime import timedelta

from sqlalchemy import select, update

from core import escalation, outages, people
from core.notifications import SlackBack
from core.sending import DeliveryFailed, Outgoing
from core.worker import Worker
from storage.models import Delivery, Member
from storage.vocabulary import Channel
from tests.core import given
from tests.mail.conftest import OF_SLACK, Both

DOWN = DeliveryFailed("Slack answered 500")


async def _with_admins(both: Both) -> None:
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.appoint_admins(tx, ["alice@example.com", "dave@example.com"])
        (await people.get_member(tx, both.engine.cast["dave"].id)).email = None


def _fall(both: Both) -> None:
    def down(_verb: str, _outgoing: Outgoing) -> None:
        raise DOWN

    both.slack.before = down


def _rise(both: Both) -> None:
    both.slack.before = lambda _verb, _outgoing: None


def _told(both: Both) -> list[tuple[str | None, str | None]]:
    """Who was written to about it, and with which error."""
    posts = [post for post in both.mail.posts.values() if post.kind == "slack_silent"]
    return [(post.name, post.outgoing.message.error) for post in posts]  # type: ignore[union-attr]


def _told_back(both: Both) -> list[str | None]:
    """Who was written to that it is back, in the order in which the letters left."""
    return [post.name for post in both.mail.posts.values() if post.kind == "slack_back"]


async def _outage(both: Both, title: str = "Checkout is down") -> None:
    """A page waits until the admins have been told, and Slack is still away."""
    _fall(both)
    await both.engine.declare(title=title)
    await both.engine.pass_time(minutes=7)


async def test_admins_with_an_address_are_told_after_five_minutes_and_once(both: Both) -> None:
    await _with_admins(both)
    _fall(both)
    await both.engine.declare()
    await both.engine.pass_time(minutes=4, seconds=59)
    assert _told(both) == []

    await both.engine.pass_time(minutes=2)
    assert _told(both) == [("Alice", "Slack answered 500")]
    await both.engine.declare(title="Another")
    await both.engine.pass_time(minutes=12)
    assert len(_told(both)) == 1


async def test_the_next_outage_is_told_again(both: Both) -> None:
    await _with_admins(both)
    for title in ("First", "Second"):
        _fall(both)
        await both.engine.declare(title=title)
        await both.engine.pass_time(minutes=7)
        _rise(both)
        await both.engine.pass_time(minutes=7)

    assert [name for name, _ in _told(both)] == ["Alice", "Alice"]


async def test_while_no_page_waits_nothing_is_told(both: Both) -> None:
    await _with_admins(both)
    both.slack.before = given.failing(DOWN, kind="card")
    await both.engine.declare()
    await both.engine.pass_time(minutes=30)

    assert _told(both) == []


async def test_what_one_person_cannot_be_given_is_no_outage(both: Both) -> None:
    await _with_admins(both)
    both.slack.before = given.failing(DOWN, kind="page", name="Bob")
    await both.engine.declare()
    await both.engine.pass_time(minutes=30)

    assert ("Carol", 2) in both.slack.pages()
    assert _told(both) == []


async def test_after_a_start_slack_is_given_its_time(both: Both) -> None:
    await _with_admins(both)
    both.worker.held = frozenset(OF_SLACK)
    await both.engine.declare()
    both.engine.clock.at = both.engine.clock.at.replace(hour=23)  # nothing ran meanwhile

    later = Worker(
        both.engine.core, {**dict.fromkeys(OF_SLACK, both.slack), Channel.MAIL: both.mail}
    )
    later.organization_id = both.engine.organization_id
    both.engine.worker = later
    both.engine.core.on_due = later.due
    await both.engine.settle()
    await both.engine.pass_time(minutes=30)

    assert ("Bob", 1) in both.slack.pages()
    assert _told(both) == []


async def test_without_mail_nobody_is_told(both: Both) -> None:
    await _with_admins(both)
    both.engine.core.person_channels = (Channel.SLACK_DM,)
    _fall(both)
    await both.engine.declare()
    await both.engine.pass_time(minutes=30)

    assert both.mail.posts == {}


async def test_who_was_told_is_told_once_that_it_is_back_and_nobody_else(both: Both) -> None:
    await _with_admins(both)
    await _outage(both)
    await both.engine.pass_time(minutes=5)
    assert _told_back(both) == []

    _rise(both)
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.appoint_admins(tx, ["carol@example.com"])  # who was never told of it
    await both.engine.pass_time(minutes=2)
    assert _told_back(both) == ["Alice"]
    await both.engine.declare(title="Another")
    await both.engine.pass_time(hours=1)
    assert _told_back(both) == ["Alice"]


async def test_it_says_since_when_and_answers_the_letter_that_told_of_the_outage(
    both: Both,
) -> None:
    await _with_admins(both)
    began = both.engine.clock.at
    await _outage(both)
    _rise(both)
    await both.engine.pass_time(minutes=5)

    silent, back = [p for p in both.mail.posts.values() if p.kind.startswith("slack_")]
    assert isinstance(back.outgoing.message, SlackBack)
    assert back.outgoing.message.since == began
    assert timedelta(minutes=7) <= back.outgoing.message.at - began <= timedelta(minutes=8)
    assert back.outgoing.thread == {"id": str(silent.outgoing.delivery_id)}


async def test_each_outage_has_its_end(both: Both) -> None:
    await _with_admins(both)
    for title in ("First", "Second"):
        await _outage(both, title)
        _rise(both)
        await both.engine.pass_time(minutes=7)

    assert _told_back(both) == ["Alice", "Alice"]


async def test_while_slack_has_taken_nothing_nobody_is_told_that_it_is_back(both: Both) -> None:
    await _with_admins(both)
    await _outage(both)
    await both.engine.do("dave", escalation.acknowledge, (await both.engine.incident()).id)
    await both.engine.pass_time(hours=2)

    assert len(_told(both)) == 1
    assert _told_back(both) == [], "no page waits, but nothing has arrived"


async def test_a_message_that_was_changed_shows_that_it_is_back(both: Both) -> None:
    await _with_admins(both)
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.set_alerts_channel(tx, None)
    incident = await both.engine.declare()
    await both.engine.settle()
    _fall(both)
    await both.engine.pass_time(minutes=12)  # Carol's page waits
    assert len(_told(both)) == 1
    await both.engine.do("dave", escalation.acknowledge, incident.id)
    _rise(both)
    await both.engine.pass_time(minutes=3)

    assert both.slack.pages() == [("Bob", 1)], "there was nothing to post"
    assert _told_back(both) == ["Alice"]


async def test_it_never_overtakes_the_letter_that_it_answers(both: Both) -> None:
    await _with_admins(both)
    both.mail.before = given.failing(given.LATER, kind="slack_silent", times=9)
    await _outage(both)
    assert _told(both) == []
    _rise(both)
    await both.engine.pass_time(minutes=2)
    assert _told_back(both) == [], "the letter before it is still being tried"
    await both.engine.pass_time(minutes=10)

    kinds = [post.kind for post in both.mail.posts.values() if post.name == "Alice"]
    assert kinds == ["slack_silent", "slack_back"]


async def test_a_process_that_starts_afterwards_tells_it_and_two_tell_it_once(both: Both) -> None:
    await _with_admins(both)
    await _outage(both)
    later = Worker(
        both.engine.core, {**dict.fromkeys(OF_SLACK, both.slack), Channel.MAIL: both.mail}
    )
    later.organization_id = both.engine.organization_id
    both.engine.worker = later
    both.engine.core.on_due = later.due
    _rise(both)
    await both.engine.pass_time(minutes=4)
    assert _told_back(both) == [], "Slack is given its time after a start"
    await both.engine.pass_time(minutes=4)
    assert _told_back(both) == ["Alice"]

    for _ in range(2):  # as another replica would
        organization_id = both.engine.organization_id
        assert not await outages.tell_that_slack_is_back(both.engine.core, organization_id)
    await both.engine.settle()
    assert _told_back(both) == ["Alice"]


async def test_who_was_removed_meanwhile_and_an_outage_long_past_are_left_alone(
    both: Both,
) -> None:
    await _with_admins(both)
    await _outage(both)
    async with both.engine.core.transaction(both.engine.system) as tx:
        await tx.db.execute(
            update(Delivery)
            .where(Delivery.dedup_key.startswith("slack_silent:"))
            .values(created_at=tx.now - outages.WORTH_TELLING - timedelta(minutes=1))
        )
    _rise(both)
    await both.engine.pass_time(minutes=5)
    assert _told_back(both) == []

    await _outage(both, "Another")
    async with both.engine.core.transaction(both.engine.system) as tx:
        alice = (await tx.db.scalars(select(Member).filter_by(name="Alice"))).one()
        alice.removed_at = tx.now
    _rise(both)
    await both.engine.pass_time(minutes=5)
    assert len(_told(both)) == 2
    assert _told_back(both) == []
