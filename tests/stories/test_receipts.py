"""What became of a page can be read afterwards: why this person, each try, and what ended it."""

from datetime import timedelta

import sandbox
from core import incidents, receipts
from core.receipts import PageReceipt
from storage.vocabulary import Channel, DeliveryState
from tests.world import World


async def _receipts(world: World) -> tuple[PageReceipt, ...]:
    async with world.tocsin.core.reading(world.system) as tx:
        return await receipts.of(tx, await incidents.find(tx, 1))


async def test_a_page_that_arrived_says_why_when_where_and_what_ended_it(world: World) -> None:
    await world.declare(world.alice)
    world.clock.at += timedelta(minutes=2)
    await world.bob.click("Acknowledge", on=world.bob.dm()[0])
    await world.settle()

    (page,) = await _receipts(world)
    assert (page.person, page.layer, page.round, page.channel) == (
        "Bob Okafor", 1, 1, Channel.SLACK_DM)  # fmt: skip
    assert (page.why.kind, page.why.schedule, page.why.rotation_layer) == (
        "schedule", "Payments", "Primary")  # fmt: skip
    assert page.policy == "Payments"
    assert page.provider == {"channel": world.bob.dm()[0].channel, "ts": world.bob.dm()[0].ts}
    assert [one.outcome for one in page.attempts] == ["sent"]
    assert page.stop is not None
    assert (page.stop.reason, page.stop.by) == ("acknowledged", "Bob Okafor")
    assert page.stop.at - page.committed_at == timedelta(minutes=2)


async def test_each_failed_try_is_on_it_with_its_error(world: World) -> None:
    for _ in range(2):
        world.slack.faults.add(
            sandbox.Fault(method="chat.postMessage", kind="rate_limited", times=1, retry_after=7)
        )
    await world.declare(world.alice)
    await world.pass_time(minutes=1)

    (page,) = await _receipts(world)
    assert page.state is DeliveryState.SENT
    assert [one.outcome for one in page.attempts][-1] == "sent"
    assert {one.error for one in page.attempts[:-1]} == {"chat_postMessage: Slack asked to wait"}
    assert page.latency is not None
    assert page.latency >= timedelta(seconds=7)


async def test_show_tells_it_to_whoever_asks(world: World) -> None:
    await world.declare(world.alice)
    await world.pass_time(minutes=6)
    await world.carol.click("Acknowledge", on=world.carol.dm()[0])
    await world.settle()

    await world.dave.command("/incident show 1", channel="general")

    (shown,) = world.dave.ephemerals("general")
    assert "Bob Okafor · layer 1 · Slack DM" in shown.plain
    assert "on call for Payments (Primary)" in shown.plain
    assert "Carol Jansen · layer 2" in shown.plain
    assert "named in the policy" in shown.plain
    assert shown.plain.count("acknowledged by Carol Jansen") >= 2


async def test_a_handoff_ends_the_pages_before_it_and_not_its_own(world: World) -> None:
    await world.declare(world.alice)
    await world.bob.command("/incident handoff 1 @dave")
    await world.settle()

    first, second = await _receipts(world)
    assert first.stop is not None
    assert (first.stop.reason, first.stop.by) == ("handed off", "Bob Okafor")
    assert (second.person, second.why.kind, second.stop) == ("Dave Lindqvist", "handoff", None)
