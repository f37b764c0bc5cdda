"""What is bundled does not suffer for what it is bundled with, nor does anybody else."""

import asyncio

import pytest

from core import incidents, pacing
from core.sending import DeliveryFailed, Outgoing
from storage.models import Delivery
from storage.vocabulary import Channel, DeliveryKind, DeliveryState, Severity
from tests.core import given
from tests.engine import Engine
from tests.mail.conftest import OF_SLACK, GatedSender


async def _storm(engine: Engine, *titles: str) -> None:
    await engine.declare(title="First")
    await engine.settle()
    for title in titles:
        await engine.declare(title=title)


async def _pages(engine: Engine) -> list[Delivery]:
    return [one for one in await engine.deliveries() if one.kind is DeliveryKind.PAGE]


def _named(engine: Engine) -> list[str]:
    """The titles that people were paged with, one for each message a page was in."""
    posts = [one for one in engine.sender.posts.values() if one.kind == "page"]
    return [post.outgoing.incident.title for post in posts]


async def test_one_that_is_refused_lets_the_others_go(engine: Engine) -> None:
    def refuse(verb: str, outgoing: Outgoing) -> None:
        if verb == "send" and any(part.title == "Poison" for part in outgoing.parts):
            raise DeliveryFailed("msg_too_long", is_about_it=True)

    await _storm(engine, "Sound", "Poison", "Also sound")
    engine.sender.before = refuse
    await engine.pass_time(minutes=1)

    numbers = {one.number for post in engine.sender.posts.values() for one in post.outgoing.parts}
    assert numbers == {1, 2, 4}
    waiting = [one for one in await _pages(engine) if one.state is DeliveryState.PENDING]
    assert [one.last_error for one in waiting] == ["msg_too_long"]


async def test_a_look_up_that_must_wait_holds_no_other_page_back(engine: Engine) -> None:
    def trouble(verb: str, outgoing: Outgoing) -> None:
        if verb == "find":
            raise DeliveryFailed("429", retry_after=600)

    engine.sender.after = given.failing(DeliveryFailed("no answer", unknown=True), times=1)
    await engine.declare(title="Lost")
    await engine.settle()
    engine.sender.before = trouble
    await engine.pass_time(seconds=10)
    await engine.declare(title="Next")
    await engine.pass_time(seconds=5)

    assert "Next" in _named(engine)


async def test_what_joins_while_slack_holds_back_does_not_count_as_a_failure(
    engine: Engine,
) -> None:
    await engine.declare(title="First")
    await engine.settle()
    held = DeliveryFailed("429", retry_after=5, holds_back=True)
    engine.sender.before = given.failing(held, kind="page", times=7)
    await engine.declare(title="Second")
    await engine.pass_time(seconds=20)
    await engine.declare(title="Third")
    await engine.pass_time(seconds=30)

    assert "page_failed" not in engine.sender.kinds(), "nothing was in trouble"
    assert {one.state for one in await _pages(engine)} == {DeliveryState.SENT}
    carriers = [one.carrier_id for one in await _pages(engine) if one.carrier_id]
    assert len(carriers) == 2
    assert len(set(carriers)) == 1, "the two that waited share a message"


async def test_a_letter_without_an_answer_goes_out_again_as_the_same_letter(
    engine: Engine,
) -> None:
    slack, mail = GatedSender(), GatedSender()
    engine.worker._senders = {**dict.fromkeys(OF_SLACK, slack), Channel.MAIL: mail}
    engine.core.person_channels = (Channel.SLACK_DM, Channel.MAIL)
    sent: list[tuple[object, frozenset[int]]] = []

    def note(verb: str, outgoing: Outgoing) -> None:
        if verb == "send":
            sent.append((outgoing.delivery_id, frozenset(part.number for part in outgoing.parts)))
            if len(sent) == 2:
                raise DeliveryFailed("the line broke", unknown=True)

    mail.before = note
    await _storm(engine, "Search is slow", "Login fails")
    await engine.settle()
    await engine.declare(title="Worse", severity=Severity.CRITICAL)
    await engine.pass_time(minutes=1)

    first, lost, worse, again = sent
    assert lost == again
    assert lost[1] == {2, 3}
    assert (first[1], worse[1]) == ({1}, {4})


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_an_incident_that_somebody_holds_keeps_no_other_outcome_waiting(
    engine: Engine,
) -> None:
    for name in ("bob", "dave"):
        await engine.declare(title=name, owner_schedule_id=None, owner_id=engine.cast[name].id)
    held = await engine.incident(1)
    async with asyncio.timeout(8):
        async with engine.core.transaction(engine.system) as somebody:
            await incidents.lock(somebody, held.id)
            await engine.worker.tick()
            while not any(one.sent_at for one in await _pages(engine)):
                await asyncio.sleep(0.05)
                await engine.worker.tick()
            (sent,) = [one for one in await _pages(engine) if one.sent_at]
            assert sent.member_id == engine.cast["dave"].id
        await engine.settle()
    assert all(one.sent_at for one in await _pages(engine))


async def test_many_for_one_person_leave_none_for_another_alone(engine: Engine) -> None:
    crowd = pacing.BUNDLE_MAX * 2 + 5
    for number in range(crowd):
        await engine.declare(title=f"For Bob {number}")
    for number in range(3):
        await engine.declare(
            title=f"For Dave {number}",
            severity=Severity.LOW,
            owner_schedule_id=None,
            owner_id=engine.cast["dave"].id,
        )
    await engine.worker.settle()

    dave = engine.cast["dave"].id
    assert (
        sum(one.sent_at is not None for one in await _pages(engine) if one.member_id == dave) == 3
    )


async def test_what_was_refused_once_keeps_its_thread(engine: Engine) -> None:
    refused = DeliveryFailed("msg_too_long", is_about_it=True)
    engine.sender.before = given.failing(refused, kind="layer_paged", times=1)
    await engine.declare()
    await engine.pass_time(seconds=10)

    (notice,) = [one for one in engine.sender.posts.values() if one.kind == "layer_paged"]
    assert notice.outgoing.thread is not None
