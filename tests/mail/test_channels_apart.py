"""Slack and mail, each on its own: neither waits for the other, nor speaks for it."""

import asyncio
from collections.abc import Callable

import pytest

from core import escalation, outbox, people
from core.sending import DeliveryFailed
from core.worker import IN_FLIGHT_MAX
from storage.vocabulary import AuditType, Channel, DeliveryState
from tests.core import given
from tests.engine import Engine
from tests.mail.conftest import OF_SLACK, Both


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)


async def _crowd(engine: Engine, count: int) -> object:
    names = [f"person{index}" for index in range(count)]
    async with engine.core.transaction(engine.system) as tx:
        for name in names:
            engine.cast[name] = await people.ensure_by_email(tx, f"{name}@example.com")
    return await given.policy(engine, "Everybody", given.pages(engine, *names))


@pytest.mark.parametrize("hanging", ["slack", "mail"])
async def test_as_many_as_can_hang_hold_nothing_of_the_other_up(both: Both, hanging: str) -> None:
    everybody = await _crowd(both.engine, 20)
    stuck, free = (both.slack, both.mail) if hanging == "slack" else (both.mail, both.slack)
    stuck.gate.clear()
    async with both.running():
        await both.engine.declare(escalation_policy_id=everybody)
        await _until(lambda: stuck.waiting == IN_FLIGHT_MAX)
        await _until(lambda: len(free.pages()) == 20)
        assert stuck.pages() == []

        await both.engine.have_rested(pages=20)
        await both.engine.declare(escalation_policy_id=everybody)
        await _until(lambda: len(free.pages()) == 40)
        assert stuck.waiting == IN_FLIGHT_MAX
        stuck.gate.set()
        await both.engine.have_rested(pages=60)
        both.worker.wake()
        await _until(lambda: len(stuck.pages()) == 40)


async def test_a_channel_full_of_what_hangs_does_not_put_the_alarm_out(both: Both) -> None:
    armed: list[object] = []
    both.worker.alarm = armed.append
    both.mail.gate.clear()
    both.slack.before = given.failing(given.LATER, kind="page", times=1)
    everybody = await _crowd(both.engine, 20)
    async with both.running():
        await both.engine.declare(escalation_policy_id=everybody)
        await _until(lambda: both.mail.waiting == IN_FLIGHT_MAX and len(both.slack.pages()) == 19)
        async with asyncio.timeout(10):
            while not (failed := [one.due_at for one in await both.pages() if one.last_error]):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # the outcome itself has armed it by now
            armed.clear()
            while failed[0] not in armed:  # what can't go out now must not hide it
                await both.worker.tick()


async def test_a_held_channel_waits_and_the_other_goes_on(both: Both) -> None:
    both.worker.held = frozenset(OF_SLACK)
    await both.engine.declare()
    await both.engine.pass_time(minutes=5)
    assert both.slack.posts == {}
    assert both.mail.pages() == [("Bob", 1), ("Carol", 2)]

    both.worker.held = frozenset()
    await both.engine.settle()
    assert sorted(both.slack.pages()) == [("Bob", 1), ("Carol", 2)]


async def test_who_has_no_address_is_paged_in_slack_alone(both: Both) -> None:
    async with both.engine.core.transaction(both.engine.system) as tx:
        (await people.get_member(tx, both.engine.cast["bob"].id)).email = None
    await both.engine.declare()
    await both.engine.settle()

    assert both.slack.pages() == [("Bob", 1)]
    assert both.mail.posts == {}


async def test_a_letter_has_its_own_conversation_and_is_never_edited(both: Both) -> None:
    await both.engine.declare()
    await both.engine.settle()
    slack, letter = await both.pages()

    assert (slack.channel, slack.live) == (Channel.SLACK_DM, True)
    assert (letter.channel, letter.live) == (Channel.MAIL, False)
    assert letter.target == f"mail:{both.engine.cast['bob'].id}"
    assert letter.parent_id is slack.parent_id is None
    async with both.engine.core.transaction(both.engine.system) as tx:
        incident = await both.engine.incident()
        for one in (slack, letter):
            assert one.member_id is not None
            first = await outbox.first_page(tx, incident, one.member_id, one.channel)
            assert first is not None
            assert first.id == one.id


async def test_a_person_is_paged_once_by_each_channel(both: Both) -> None:
    layer = given.pages(both.engine, "bob", "bob")
    twice = await given.policy(both.engine, "Twice", layer)
    await both.engine.declare(escalation_policy_id=twice, owner_id=both.engine.cast["bob"].id)
    await both.engine.settle()

    assert both.slack.pages() == both.mail.pages() == [("Bob", 1)]


NEVER = DeliveryFailed("no such person", permanent=True)


@pytest.mark.parametrize("other", ["is sent", "is being tried"])
@pytest.mark.parametrize("failing", ["slack", "mail"])
async def test_one_channel_failing_for_good_does_not_escalate_while_the_other_may_arrive(
    both: Both, failing: str, other: str
) -> None:
    broken, well = (both.slack, both.mail) if failing == "slack" else (both.mail, both.slack)
    broken.before = given.failing(NEVER, kind="page")
    if other == "is being tried":
        well.before = given.failing(given.LATER, kind="page")
    await both.engine.declare()
    await both.engine.settle()

    assert AuditType.ESCALATED not in await both.engine.types()
    assert (await both.engine.incident()).escalation_layer == 1
    states = sorted(one.state for one in await both.pages())
    hopeful = DeliveryState.SENT if other == "is sent" else DeliveryState.PENDING
    assert states == sorted([DeliveryState.FAILED, hopeful])


async def test_both_failing_for_good_escalates_at_once(both: Both) -> None:
    both.slack.before = given.failing(NEVER, kind="page", name="Bob")
    both.mail.before = given.failing(NEVER, kind="page", name="Bob")
    await both.engine.declare()
    await both.engine.settle()

    assert (await both.engine.incident()).escalation_layer == 2
    (escalated,) = await given.data_of(both.engine, AuditType.ESCALATED)
    assert escalated["reason"] == "undeliverable"
    assert both.mail.pages() == [("Carol", 2)]


async def test_a_letter_still_waiting_when_it_is_acknowledged_is_superseded(both: Both) -> None:
    both.mail.before = given.failing(given.LATER)
    incident = await both.engine.declare()
    await both.engine.settle()
    await both.engine.do("bob", escalation.acknowledge, incident.id)
    both.mail.before = lambda _verb, _outgoing: None
    await both.engine.pass_time(hours=1)

    assert both.mail.posts == {}
    (letter,) = [one for one in await both.pages() if one.channel is Channel.MAIL]
    assert (letter.state, letter.ended_reason) == (DeliveryState.SUPERSEDED, "acknowledged")
