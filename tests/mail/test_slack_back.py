"""Slack is back: who was told of the outage is told of its end, once, and after that letter."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core import escalation, outages, people
from core.messages import SlackBack
from core.worker import Worker
from storage.models import Delivery, Member
from storage.vocabulary import Channel
from tests.core import given
from tests.mail.conftest import OF_SLACK, Both
from tests.mail.test_outages import fall, outage, rise, told_silent, with_admins


def told_back(both: Both) -> list[str | None]:
    """Who was written to that it is back, in the order in which the letters left."""
    return [post.name for post in both.mail.posts.values() if post.kind == "slack_back"]


async def test_who_was_told_is_told_once_that_it_is_back_and_nobody_else(both: Both) -> None:
    await with_admins(both)
    await outage(both)
    await both.engine.pass_time(minutes=5)
    assert told_back(both) == []

    rise(both)
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.appoint_admins(tx, ["carol@example.com"])  # who was never told of it
    await both.engine.pass_time(minutes=2)
    assert told_back(both) == ["Alice"]
    await both.engine.declare(title="Another")
    await both.engine.pass_time(hours=1)
    assert told_back(both) == ["Alice"]


async def test_it_says_since_when_and_answers_the_letter_that_told_of_the_outage(
    both: Both,
) -> None:
    await with_admins(both)
    began = both.engine.clock.at
    await outage(both)
    rise(both)
    await both.engine.pass_time(minutes=5)

    silent, back = [p for p in both.mail.posts.values() if p.kind.startswith("slack_")]
    assert isinstance(back.outgoing.message, SlackBack)
    assert back.outgoing.message.since == began
    assert timedelta(minutes=7) <= back.outgoing.message.at - began <= timedelta(minutes=8)
    assert back.outgoing.thread == {"id": str(silent.outgoing.delivery_id)}


@pytest.mark.long
async def test_each_outage_has_its_end(both: Both) -> None:
    await with_admins(both)
    for title in ("First", "Second"):
        await outage(both, title)
        rise(both)
        await both.engine.pass_time(minutes=7)

    assert told_back(both) == ["Alice", "Alice"]


@pytest.mark.long
async def test_while_slack_has_taken_nothing_nobody_is_told_that_it_is_back(both: Both) -> None:
    await with_admins(both)
    await outage(both)
    await both.engine.do("dave", escalation.acknowledge, (await both.engine.incident()).id)
    await both.engine.pass_time(hours=2)

    assert len(told_silent(both)) == 1
    assert told_back(both) == [], "no page waits, but nothing has arrived"


@pytest.mark.long
async def test_a_message_that_was_changed_shows_that_it_is_back(both: Both) -> None:
    await with_admins(both)
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.set_alerts_channel(tx, None)
    incident = await both.engine.declare()
    await both.engine.settle()
    fall(both)
    await both.engine.pass_time(minutes=12)  # Carol's page waits
    assert len(told_silent(both)) == 1
    await both.engine.do("dave", escalation.acknowledge, incident.id)
    rise(both)
    await both.engine.pass_time(minutes=3)

    assert both.slack.pages() == [("Bob", 1)], "there was nothing to post"
    assert told_back(both) == ["Alice"]


async def test_it_never_overtakes_the_letter_that_it_answers(both: Both) -> None:
    await with_admins(both)
    both.mail.before = given.failing(given.LATER, kind="slack_silent", times=9)
    await outage(both)
    assert told_silent(both) == []
    rise(both)
    await both.engine.pass_time(minutes=2)
    assert told_back(both) == [], "the letter before it is still being tried"
    await both.engine.pass_time(minutes=10)

    kinds = [post.kind for post in both.mail.posts.values() if post.name == "Alice"]
    assert kinds == ["slack_silent", "slack_back"]


async def test_a_process_that_starts_afterwards_tells_it_and_two_tell_it_once(both: Both) -> None:
    await with_admins(both)
    await outage(both)
    later = Worker(
        both.engine.core, {**dict.fromkeys(OF_SLACK, both.slack), Channel.MAIL: both.mail}
    )
    later.organization_id = both.engine.organization_id
    both.engine.worker = later
    both.engine.core.on_due = later.due
    rise(both)
    await both.engine.pass_time(minutes=4)
    assert told_back(both) == [], "Slack is given its time after a start"
    await both.engine.pass_time(minutes=4)
    assert told_back(both) == ["Alice"]

    for _ in range(2):  # as another replica would
        organization_id = both.engine.organization_id
        assert not await outages.tell_that_slack_is_back(both.engine.core, organization_id)
    await both.engine.settle()
    assert told_back(both) == ["Alice"]


@pytest.mark.long
async def test_who_was_removed_meanwhile_and_an_outage_long_past_are_left_alone(
    both: Both,
) -> None:
    await with_admins(both)
    await outage(both)
    async with both.engine.core.transaction(both.engine.system) as tx:
        await tx.db.execute(
            update(Delivery)
            .where(Delivery.dedup_key.startswith("slack_silent:"))
            .values(created_at=tx.now - outages.WORTH_TELLING - timedelta(minutes=1))
        )
    rise(both)
    await both.engine.pass_time(minutes=5)
    assert told_back(both) == []

    await outage(both, "Another")
    async with both.engine.core.transaction(both.engine.system) as tx:
        alice = (await tx.db.scalars(select(Member).filter_by(name="Alice"))).one()
        alice.removed_at = tx.now
    rise(both)
    await both.engine.pass_time(minutes=5)
    assert len(told_silent(both)) == 2
    assert told_back(both) == []
