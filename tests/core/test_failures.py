"""A failure is tried again ever more slowly, and what is given up is audited and said."""

from datetime import datetime, timedelta

import pytest

from core import escalation, updates
from core.outcomes import BACKOFF_MAX, GIVE_UP_AFTER
from core.sending import DeliveryFailed, Outgoing
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState
from tests.cast import NOON
from tests.core import given
from tests.core.deliveries import the_only
from tests.engine import Engine


def _nothing(_verb: str, _outgoing: Outgoing) -> None:
    """Everything goes well again."""


async def _attempts(engine: Engine, verb: str, kind: str) -> list[datetime]:
    """When the sender was called, from now on; each call fails."""
    called: list[datetime] = []

    def hook(doing: str, outgoing: Outgoing) -> None:
        if doing == verb and outgoing.message.type == kind:
            called.append(engine.clock.at)
            raise given.LATER

    engine.sender.before = hook
    return called


def _since(instants: list[datetime]) -> list[float]:
    return [(instant - NOON).total_seconds() for instant in instants]


# Tried again


async def test_a_failure_is_tried_again_ever_more_slowly(engine: Engine) -> None:
    called = await _attempts(engine, "send", "page")
    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.pass_time(minutes=5)

    assert _since(called) == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    assert timedelta(seconds=60) == BACKOFF_MAX
    page = await the_only(engine, DeliveryKind.PAGE)
    assert (page.state, page.last_error, page.attempts) == (DeliveryState.PENDING, "not now", 10)


@pytest.mark.parametrize("seconds", [0.5, 1, 7, 61, 3600])
async def test_retry_after_is_honoured_exactly(engine: Engine, seconds: float) -> None:
    failure = DeliveryFailed("slow down", retry_after=seconds)
    engine.sender.before = given.failing(failure, kind="page", times=1)
    await engine.declare()
    await engine.settle()

    assert (await the_only(engine, DeliveryKind.PAGE)).due_at == NOON + timedelta(seconds=seconds)
    engine.clock.at = NOON + timedelta(seconds=seconds, milliseconds=-1)
    await engine.worker.tick()
    await engine.settle()
    assert ("Bob", 1) not in engine.sender.pages()
    engine.clock.at = NOON + timedelta(seconds=seconds)
    await engine.settle()
    assert engine.sender.pages()[-1] == ("Bob", 1)


async def test_a_failure_that_did_nothing_for_sure_is_not_looked_up(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, times=1)
    await engine.declare()
    await engine.pass_time(seconds=5)

    assert engine.sender.looked_up == 0
    assert sorted(engine.sender.kinds()) == ["card", "layer_paged", "page"]


async def test_one_conversation_that_fails_delays_no_other(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, name="Bob")
    both = await given.policy(engine, "Both", given.pages(engine, "bob", "dave"))
    await engine.declare(escalation_policy_id=both)
    await engine.settle()

    assert engine.sender.pages() == [("Dave", 1)]
    assert engine.sender.kinds().count("card") == 1


async def test_an_edit_that_fails_is_tried_again(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.sender.before = given.failing(given.LATER, "edit", kind="card", times=2)
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.pass_time(minutes=1)

    (card,) = [post for post in engine.sender.posts.values() if post.kind == "card"]
    assert [edit.incident.acknowledged_by for edit in card.edits] == ["Bob"]


# Given up


async def test_a_failure_for_good_is_audited_and_said_loudly(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, name="Bob")
    await engine.declare()
    await engine.settle()

    page = next(one for one in await engine.deliveries() if one.layer == 1)
    assert (page.state, page.ended_reason) == (DeliveryState.FAILED, "no such person")
    assert (page.due_at, page.lease) == (None, None)
    assert await given.data_of(engine, AuditType.DELIVERY_FAILED) == [
        {
            "deliveryId": str(page.id),
            "kind": "page",
            "channel": "slack_dm",
            "memberId": str(engine.cast["bob"].id),
            "name": "Bob",
            "layer": 1,
            "round": 1,
            "error": "no such person",
            "givenUp": True,
        }
    ]
    assert engine.sender.kinds().count("page_failed") == 1


async def test_a_notice_that_fails_for_good_is_audited_and_that_is_all(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="layer_paged")
    await engine.declare()
    await engine.settle()

    (failed,) = await given.data_of(engine, AuditType.DELIVERY_FAILED)
    assert (failed["kind"], failed["channel"], failed["error"]) == (
        "notice",
        "alerts",
        "no such person",
    )
    assert sorted(engine.sender.kinds()) == ["card", "page"]


async def test_an_edit_that_fails_for_good_does_not_change_that_it_was_delivered(
    engine: Engine,
) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.sender.before = given.failing(given.NEVER, "edit")
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.settle()

    page = await the_only(engine, DeliveryKind.PAGE)
    assert (page.state, page.live, page.due_at) == (DeliveryState.SENT, False, None)
    assert await given.data_of(engine, AuditType.DELIVERY_FAILED) == []
    assert "page_failed" not in engine.sender.kinds()

    engine.sender.before = _nothing
    await engine.do("bob", updates.resolve, incident.id)
    await engine.settle()
    assert [post.edits for post in engine.sender.posts.values() if post.kind == "page"] == [[]]


async def test_a_card_that_nobody_takes_is_given_up_after_a_day(engine: Engine) -> None:
    called = await _attempts(engine, "send", "card")
    await engine.declare()
    engine.clock.at = NOON + GIVE_UP_AFTER
    await engine.settle()
    assert (await the_only(engine, DeliveryKind.CARD)).state is DeliveryState.PENDING

    engine.clock.at += timedelta(minutes=2)
    await engine.settle()
    assert timedelta(hours=24) == GIVE_UP_AFTER
    card = await the_only(engine, DeliveryKind.CARD)
    assert (card.state, card.ended_reason) == (DeliveryState.FAILED, "not now")
    assert len(called) == 2


async def test_a_page_is_tried_for_as_long_as_it_is_wanted(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, kind="page")
    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.settle()
    engine.clock.at = NOON + timedelta(days=30)
    await engine.settle()
    assert (await the_only(engine, DeliveryKind.PAGE)).state is DeliveryState.PENDING

    engine.sender.before = _nothing
    await engine.pass_time(minutes=2)
    assert engine.sender.pages() == [("Dave", None)]


@pytest.mark.parametrize(
    "failure",
    [given.LATER, DeliveryFailed("slow down", retry_after=3)],
    ids=["refused", "rate limited"],
)
async def test_an_old_card_whose_edit_fails_once_is_still_brought_up_to_date(
    engine: Engine, failure: DeliveryFailed
) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.clock.at = NOON + timedelta(hours=25)
    engine.sender.before = given.failing(failure, "edit", kind="card", times=1)

    await engine.do("bob", updates.resolve, incident.id)
    await engine.pass_time(minutes=2)

    (card,) = [post for post in engine.sender.posts.values() if post.kind == "card"]
    assert card.edits[-1:] != []
    assert card.edits[-1].incident.resolved
