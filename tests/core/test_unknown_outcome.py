"""An unknown outcome is looked up before anything is sent again, and nothing is sent twice."""

import logging
from datetime import timedelta

import pytest

from core import escalation
from core.outcomes import MAY_STILL_ACT
from core.sending import DeliveryFailed, Outgoing
from storage.vocabulary import DeliveryKind, DeliveryState
from tests.core import given
from tests.core.deliveries import the_only
from tests.engine import Engine


async def test_an_unknown_outcome_that_is_found_is_not_sent_again(engine: Engine) -> None:
    engine.sender.after = given.failing(given.UNKNOWN, kind="page", times=1)
    await engine.declare()
    await engine.pass_time(seconds=40)

    page = await the_only(engine, DeliveryKind.PAGE)
    assert (page.state, page.receipt) == (DeliveryState.SENT, {"id": str(page.id)})
    assert engine.sender.looked_up == 1
    assert engine.sender.duplicates == []


async def test_what_was_found_is_brought_up_to_date(engine: Engine) -> None:
    engine.sender.after = given.failing(given.UNKNOWN, kind="page", times=1)
    incident = await engine.declare()
    await engine.settle()
    await engine.do("carol", escalation.acknowledge, incident.id)
    await engine.pass_time(seconds=40)

    (page,) = [post for post in engine.sender.posts.values() if post.kind == "page"]
    assert [edit.incident.acknowledged_by for edit in page.edits] == ["Carol"]
    assert (await the_only(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT


async def test_an_unknown_outcome_that_is_not_found_is_sent(engine: Engine) -> None:
    engine.sender.before = given.failing(given.UNKNOWN, kind="page", times=1)
    await engine.declare()
    await engine.pass_time(seconds=40)

    assert engine.sender.looked_up == 2
    assert engine.sender.pages() == [("Bob", 1)]


async def test_an_unknown_outcome_that_is_not_found_nor_wanted_is_superseded(
    engine: Engine,
) -> None:
    engine.sender.before = given.failing(given.UNKNOWN, kind="page", times=1)
    incident = await engine.declare()
    await engine.settle()
    await engine.do("carol", escalation.acknowledge, incident.id)
    await engine.pass_time(seconds=40)

    page = await the_only(engine, DeliveryKind.PAGE)
    assert (page.state, page.ended_reason) == (DeliveryState.SUPERSEDED, "acknowledged")
    assert engine.sender.pages() == []


@pytest.mark.parametrize(
    "failure",
    [given.LATER, DeliveryFailed("slow down", retry_after=2), given.UNKNOWN],
    ids=["refused", "rate limited", "no answer"],
)
async def test_a_look_up_that_fails_is_looked_up_again_before_anything_is_sent(
    engine: Engine, failure: DeliveryFailed
) -> None:
    engine.sender.after = given.failing(given.UNKNOWN, kind="page", times=1)
    engine.sender.before = given.failing(failure, "find", times=1)
    await engine.declare()
    await engine.pass_time(seconds=20)

    assert engine.sender.duplicates == []
    assert engine.sender.looked_up == 1
    assert (await the_only(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT


async def test_a_process_that_died_after_sending_does_not_send_twice(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.sender.after = given.failing(RuntimeError("killed"), kind="page", times=1)
    await engine.declare()
    await engine.settle()
    page = await the_only(engine, DeliveryKind.PAGE)
    assert (page.state, page.outcome_unknown) == (DeliveryState.PENDING, True)
    assert [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR] == [
        f"delivery {page.id} stumbled"
    ]

    await engine.pass_time(seconds=30)

    assert (await the_only(engine, DeliveryKind.PAGE)).state is DeliveryState.SENT
    assert engine.sender.looked_up == 1
    assert engine.sender.duplicates == []


async def test_a_look_up_begins_where_the_first_attempt_of_unknown_outcome_began(
    engine: Engine,
) -> None:
    attempted: list[object] = []

    def note(verb: str, outgoing: Outgoing) -> None:
        if outgoing.person:
            attempted.append((verb, outgoing.attempted_at))
        failing(verb, outgoing)

    failing = given.failing(given.UNKNOWN, kind="page", times=2)
    engine.sender.before = note
    begins = engine.clock.at
    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    engine.clock.at += timedelta(hours=1)  # it waited for its turn
    await engine.pass_time(seconds=60)

    first = begins + timedelta(hours=1)
    second = first + 2 * MAY_STILL_ACT  # once it was certain that the first can't arrive any more
    assert attempted == [
        ("send", first),
        ("find", first),
        ("find", first),
        ("send", second),
        ("find", second),
        ("find", second),
        ("send", second + 2 * MAY_STILL_ACT),
    ]
