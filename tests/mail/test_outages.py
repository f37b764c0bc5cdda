"""Slack silent for too long: admins learn it by mail, once, and never without a reason."""

from copy import copy

from core import people
from core.sending import DeliveryFailed, Outgoing
from core.worker import Worker
from storage.vocabulary import Channel
from tests.core import given
from tests.mail.conftest import OF_SLACK, Both

DOWN = DeliveryFailed("Slack answered 500")


async def with_admins(both: Both) -> None:
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.appoint_admins(tx, ["alice@example.com", "dave@example.com"])
        (await people.get_member(tx, both.engine.cast["dave"].id)).email = None


def fall(both: Both) -> None:
    def down(_verb: str, _outgoing: Outgoing) -> None:
        raise copy(DOWN)

    both.slack.before = down


def rise(both: Both) -> None:
    both.slack.before = lambda _verb, _outgoing: None


def told_silent(both: Both) -> list[tuple[str | None, str | None]]:
    """Who was written to about it, and with which error."""
    posts = [post for post in both.mail.posts.values() if post.kind == "slack_silent"]
    return [(post.name, post.outgoing.message.error) for post in posts]  # type: ignore[union-attr]


async def outage(both: Both, title: str = "Checkout is down") -> None:
    """A page waits until the admins have been told, and Slack is still away."""
    fall(both)
    await both.engine.declare(title=title)
    await both.engine.pass_time(minutes=7)


async def test_admins_with_an_address_are_told_after_five_minutes_and_once(both: Both) -> None:
    await with_admins(both)
    fall(both)
    await both.engine.declare()
    await both.engine.pass_time(minutes=4, seconds=59)
    assert told_silent(both) == []

    await both.engine.pass_time(minutes=2)
    assert told_silent(both) == [("Alice", "Slack answered 500")]
    await both.engine.declare(title="Another")
    await both.engine.pass_time(minutes=12)
    assert len(told_silent(both)) == 1


async def test_the_next_outage_is_told_again(both: Both) -> None:
    await with_admins(both)
    for title in ("First", "Second"):
        fall(both)
        await both.engine.declare(title=title)
        await both.engine.pass_time(minutes=7)
        rise(both)
        await both.engine.pass_time(minutes=7)

    assert [name for name, _ in told_silent(both)] == ["Alice", "Alice"]


async def test_while_no_page_waits_nothing_is_told(both: Both) -> None:
    await with_admins(both)
    both.slack.before = given.failing(DOWN, kind="card")
    await both.engine.declare()
    await both.engine.pass_time(minutes=30)

    assert told_silent(both) == []


async def test_what_one_person_cannot_be_given_is_no_outage(both: Both) -> None:
    await with_admins(both)
    both.slack.before = given.failing(DOWN, kind="page", name="Bob")
    await both.engine.declare()
    await both.engine.pass_time(minutes=30)

    assert ("Carol", 2) in both.slack.pages()
    assert told_silent(both) == []


async def test_after_a_start_slack_is_given_its_time(both: Both) -> None:
    await with_admins(both)
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
    assert told_silent(both) == []


async def test_without_mail_nobody_is_told(both: Both) -> None:
    await with_admins(both)
    both.engine.core.person_channels = (Channel.SLACK_DM,)
    fall(both)
    await both.engine.declare()
    await both.engine.pass_time(minutes=30)

    assert both.mail.posts == {}


async def test_who_becomes_an_admin_meanwhile_is_told_too(both: Both) -> None:
    await with_admins(both)
    await outage(both)
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.appoint_admins(tx, ["carol@example.com"])
    await both.engine.pass_time(minutes=2)

    assert [name for name, _ in told_silent(both)] == ["Alice", "Carol"]
