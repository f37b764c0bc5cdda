"""Mail is switched off while letters wait: none waits for ever, and none is lost in silence."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from core import escalation, health, people, receipts, stranded
from core.errors import Unavailable
from core.sending import DeliveryFailed
from core.worker import Worker
from storage.models import Delivery, Incident
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState
from tests.core import given
from tests.core.faltering import Faltering
from tests.mail.conftest import OF_SLACK, Both

NEVER = DeliveryFailed("users_not_found", permanent=True)


def _switch_off(both: Both) -> None:
    """The process is started again, without mail."""
    later = Worker(both.engine.core, dict.fromkeys(OF_SLACK, both.slack))
    later.organization_id = both.engine.organization_id
    both.engine.worker = later
    both.engine.core.on_due = later.due
    both.engine.core.person_channels = (Channel.SLACK_DM,)


async def _letter(both: Both) -> Delivery:
    (letter,) = [
        one
        for one in await both.pages()
        if one.channel is Channel.MAIL and one.member_id == both.engine.cast["bob"].id
    ]
    return letter


async def test_the_only_way_to_somebody_is_gone_so_it_fails_out_loud_and_escalates_at_once(
    both: Both,
) -> None:
    both.slack.before = given.failing(NEVER, kind="page", name="Bob")
    both.mail.before = given.failing(given.LATER)
    await both.engine.declare()
    await both.engine.settle()
    assert (await both.engine.incident()).escalation_layer == 1, "the letter may still arrive"

    _switch_off(both)
    await both.engine.pass_time(minutes=2)

    letter = await _letter(both)
    assert (letter.state, letter.due_at) == (DeliveryState.FAILED, None)
    assert letter.ended_reason == "switched off before it was sent"
    failed = await given.data_of(both.engine, AuditType.DELIVERY_FAILED)
    assert [(one["channel"], one["givenUp"]) for one in failed] == [
        ("slack_dm", True), ("mail", True)]  # fmt: skip
    said = [p.outgoing.message for p in both.slack.posts.values() if p.kind == "page_failed"]
    assert {one.channel for one in said} == {"slack_dm", "mail"}  # type: ignore[union-attr]
    (escalated,) = await given.data_of(both.engine, AuditType.ESCALATED)
    assert escalated["reason"] == "undeliverable"
    assert both.slack.pages() == [("Carol", 2)]


@pytest.mark.parametrize("other", ["sent", "being tried"])
async def test_where_slack_carries_the_page_the_letter_is_superseded_and_its_receipt_says_so(
    both: Both, other: str
) -> None:
    if other == "being tried":
        both.slack.before = given.failing(given.LATER, kind="page")
    both.mail.before = given.failing(given.LATER)
    await both.engine.declare()
    await both.engine.settle()

    _switch_off(both)
    await both.engine.pass_time(minutes=2)

    how = "paged" if other == "sent" else "being paged"
    reason = f"switched off before it was sent; {how} through another channel"
    letter = await _letter(both)
    assert (letter.state, letter.ended_reason) == (DeliveryState.SUPERSEDED, reason)
    (superseded,) = await given.data_of(both.engine, AuditType.PAGE_SUPERSEDED)
    assert superseded["reason"] == reason
    async with both.engine.core.reading(both.engine.system) as tx:
        told = await receipts.of(tx, await both.engine.incident())
    assert {one.channel: one.superseded for one in told} == {
        Channel.SLACK_DM: None, Channel.MAIL: reason}  # fmt: skip
    assert AuditType.ESCALATED not in await both.engine.types()


async def test_nothing_of_it_counts_as_waiting_any_more(both: Both) -> None:
    both.mail.before = given.failing(given.LATER)
    await both.engine.declare()
    await both.engine.settle()
    _switch_off(both)
    await both.engine.pass_time(minutes=2)

    async with both.engine.core.reading(both.engine.system) as tx:
        found = await health.read_health(tx, both.engine.organization_id)
    assert [one for one in found.waiting if one.channel is Channel.MAIL] == []


async def test_a_letter_that_may_have_arrived_is_not_said_to_have_surely_not(both: Both) -> None:
    both.slack.before = given.failing(NEVER, kind="page", name="Bob")
    both.mail.before = given.failing(given.UNKNOWN)
    await both.engine.declare()
    await both.engine.settle()
    _switch_off(both)
    await both.engine.pass_time(minutes=2)

    letter = await _letter(both)
    assert letter.state is DeliveryState.FAILED
    assert letter.ended_reason == "switched off while it was being sent, so it may have arrived"


async def test_what_nobody_wants_any_more_says_that_instead(both: Both) -> None:
    both.mail.before = given.failing(given.UNKNOWN)
    incident = await both.engine.declare()
    await both.engine.settle()
    _switch_off(both)
    await both.engine.do("bob", escalation.acknowledge, incident.id)
    await both.engine.pass_time(minutes=2)

    letter = await _letter(both)
    assert (letter.state, letter.ended_reason) == (DeliveryState.SUPERSEDED, "acknowledged")


async def test_a_replica_that_still_has_mail_keeps_its_letters(both: Both) -> None:
    both.mail.before = given.failing(given.LATER)
    await both.engine.declare()
    await both.engine.settle()
    letter = await _letter(both)
    organization_id, core = both.engine.organization_id, both.engine.core

    assert letter.due_at is not None
    both.engine.clock.at = letter.due_at + stranded.LEFT_FOR - timedelta(seconds=1)
    assert await stranded.end_stranded(core, organization_id, OF_SLACK) == 0
    async with core.transaction(both.engine.system) as tx:  # the other one has just taken it up
        leased = {"lease": letter.id, "lease_until": tx.now + timedelta(minutes=5)}
        await tx.db.execute(update(Delivery).where(Delivery.id == letter.id).values(**leased))
    both.engine.clock.at += timedelta(minutes=2)
    assert await stranded.end_stranded(core, organization_id, OF_SLACK) == 0
    both.engine.clock.at += timedelta(minutes=5)
    assert await stranded.end_stranded(core, organization_id, OF_SLACK) == 1


async def test_a_notice_to_an_admin_ends_too(both: Both) -> None:
    async with both.engine.core.transaction(both.engine.system) as tx:
        await people.appoint_admins(tx, ["alice@example.com"])
    both.slack.before = given.failing(given.LATER)
    both.mail.before = given.failing(given.LATER, kind="slack_silent")
    await both.engine.declare()
    await both.engine.pass_time(minutes=7)
    _switch_off(both)
    await both.engine.pass_time(minutes=2)

    (notice,) = [
        one
        for one in await both.engine.deliveries()
        if one.channel is Channel.MAIL and one.kind is DeliveryKind.NOTICE
    ]
    assert (notice.state, notice.due_at) == (DeliveryState.FAILED, None)


async def test_many_are_ended_some_at_a_time_and_all_of_them(both: Both) -> None:
    both.mail.before = given.failing(given.LATER)
    count = stranded.AT_ONCE + 5
    for number in range(count):
        await both.engine.declare(title=f"Number {number}")
    await both.engine.settle()
    _switch_off(both)
    await both.engine.pass_time(minutes=2)

    letters = [one for one in await both.pages() if one.channel is Channel.MAIL]
    assert len(letters) == count
    assert {one.state for one in letters} == {DeliveryState.SUPERSEDED}
    assert {one.carrier_id for one in letters} == {None}


async def test_one_that_cannot_be_ended_holds_no_other_up(both: Both) -> None:
    both.slack.before = given.failing(NEVER, kind="page")
    both.mail.before = given.failing(given.LATER)
    for title in ("Broken", "Sound"):
        await both.engine.declare(title=title)
        await both.engine.settle()
    async with both.engine.core.transaction(both.engine.system) as tx:
        broken = update(Incident).where(Incident.title == "Broken")
        await tx.db.execute(broken.values(escalation_layers=[{}]))
    _switch_off(both)
    await both.engine.pass_time(minutes=2)

    letters = [one for one in await both.pages() if one.channel is Channel.MAIL]
    assert {one.incident_id: one.state for one in letters} == {
        (await both.engine.incident(1)).id: DeliveryState.PENDING,
        (await both.engine.incident(2)).id: DeliveryState.FAILED,
    }


async def test_two_replicas_that_look_at_once_end_it_once(both: Both) -> None:
    both.mail.before = given.failing(given.LATER)
    await both.engine.declare()
    await both.engine.settle()
    both.engine.clock.at += timedelta(minutes=3)
    organization_id, core = both.engine.organization_id, both.engine.core
    await asyncio.gather(
        *(stranded.end_stranded(core, organization_id, OF_SLACK) for _ in range(4))
    )

    assert len(await given.data_of(both.engine, AuditType.PAGE_SUPERSEDED)) == 1


async def test_while_the_database_is_away_nothing_is_ended(both: Both) -> None:
    both.mail.before = given.failing(given.LATER)
    await both.engine.declare()
    await both.engine.settle()
    both.engine.clock.at += timedelta(minutes=3)
    organization_id, core = both.engine.organization_id, both.engine.core
    core.database = Faltering(core.database, after=0)  # type: ignore[assignment]  # stands before
    with pytest.raises(Unavailable):
        await stranded.end_stranded(core, organization_id, OF_SLACK)

    assert (await _letter(both)).state is DeliveryState.PENDING


async def test_mail_that_is_switched_on_again_sends_nothing_of_it(both: Both) -> None:
    both.mail.before = given.failing(given.LATER)
    await both.engine.declare()
    await both.engine.settle()
    _switch_off(both)
    await both.engine.pass_time(minutes=2)
    both.engine.worker = both.worker
    both.mail.before = lambda _verb, _outgoing: None
    both.engine.core.on_due = both.worker.due
    await both.engine.settle()

    assert both.mail.posts == {}
