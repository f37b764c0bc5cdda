"""What is to be delivered is written once, threaded, kept current, and ended once unneeded."""

from datetime import timedelta

import pytest

from core import escalation, outbox, updates
from core.delivering import deliver
from storage.models import Delivery
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState
from tests.core import given
from tests.core.deliveries import claim_due, in_order
from tests.engine import Engine


async def _pages(engine: Engine) -> list[Delivery]:
    return [one for one in await engine.deliveries() if one.kind is DeliveryKind.PAGE]


async def test_the_same_key_twice_is_one_delivery(engine: Engine) -> None:
    incident = await engine.declare()
    made = []
    for _ in range(2):
        async with engine.core.transaction(engine.system) as tx:
            held = await tx.db.get_one(type(incident), incident.id)
            delivery = await outbox.enqueue(
                tx,
                held,
                dedup_key="once",
                kind=DeliveryKind.NOTICE,
                channel=Channel.ALERTS,
                target="alerts",
                message={"type": "nobody_paged"},
                priority=outbox.Priority.LOUD,
            )
            made.append(delivery.id)

    assert made[0] == made[1]
    assert (await engine.incident()).last_delivery == 4


async def test_committing_a_delivery_wakes_whoever_waits(engine: Engine) -> None:
    woken = []
    engine.core.on_due = woken.append

    await engine.declare()

    assert woken == [engine.clock.at]


# Threads


async def test_notices_wait_for_their_card_and_pages_do_not(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, kind="card", times=3)

    await engine.declare()
    await engine.settle()
    assert engine.sender.kinds() == ["page"]

    await engine.pass_time(seconds=10)
    assert engine.sender.kinds() == ["page", "card", "layer_paged"]


async def test_notices_answer_in_the_thread_of_their_card(engine: Engine) -> None:
    await engine.declare()
    await engine.settle()

    posts = {post.kind: post.outgoing for post in engine.sender.posts.values()}
    assert posts["layer_paged"].thread == {"id": str(posts["card"].delivery_id)}
    assert posts["card"].thread is None


async def test_a_further_page_answers_in_the_thread_of_the_first(engine: Engine) -> None:
    twice = await given.policy(
        engine, "Twice", given.pages(engine, "bob"), given.pages(engine, "bob", "carol")
    )
    await engine.declare(escalation_policy_id=twice)
    await engine.pass_time(minutes=5)

    sent = [post for post in engine.sender.posts.values() if post.kind == "page"]
    first = {"id": str(sent[0].outgoing.delivery_id)}
    threads = sorted((post.name, post.outgoing.thread) for post in sent[1:])  # type: ignore[type-var]
    assert threads == [("Bob", first), ("Carol", None)]


async def test_a_page_does_not_wait_for_the_first_one_to_the_same_person(engine: Engine) -> None:
    twice = await given.policy(
        engine, "Twice", given.pages(engine, "bob"), given.pages(engine, "bob", "carol")
    )
    engine.sender.before = given.failing(given.LATER, name="Bob", times=1)
    await engine.declare(escalation_policy_id=twice)
    await engine.settle()
    engine.clock.at += timedelta(minutes=5)
    async with engine.core.transaction(engine.system) as tx:
        await escalation.escalate_due(tx)

    assert [kind for _, kind in await in_order(engine)].count("page") == 3


async def test_notices_of_a_card_that_failed_for_good_are_said_without_a_thread(
    engine: Engine,
) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="card")

    await engine.declare()
    await engine.settle()

    posts = {post.kind: post.outgoing for post in engine.sender.posts.values()}
    assert set(posts) == {"page", "layer_paged"}
    assert posts["layer_paged"].thread is None


# Superseded


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (escalation.acknowledge, "acknowledged"),
        (escalation.hand_off, "handed off"),
        (updates.resolve, "resolved"),
    ],
    ids=["acknowledged", "handed off", "resolved"],
)
@pytest.mark.parametrize("claimed", [False, True], ids=["before the claim", "after the claim"])
async def test_a_page_that_nobody_needs_any_more_is_superseded_with_a_reason(
    engine: Engine, act: object, reason: str, claimed: bool
) -> None:
    incident = await engine.declare()
    (first,) = await _pages(engine)
    taken = await claim_due(engine, limit=1) if claimed else []

    extra = {"to": engine.cast["dave"].id} if act is escalation.hand_off else {}
    await engine.do("alice", act, incident.id, **extra)  # type: ignore[arg-type]
    for claim in taken:
        await deliver(engine.core, engine.sender, claim)
    await engine.settle()

    assert [name for name, _ in engine.sender.pages()] == (["Dave"] if extra else [])
    ended = next(one for one in await _pages(engine) if one.id == first.id)
    assert (ended.state, ended.ended_reason) == (DeliveryState.SUPERSEDED, reason)
    assert (ended.due_at, ended.lease, ended.lease_until) == (None, None, None)
    assert await given.data_of(engine, AuditType.PAGE_SUPERSEDED) == [
        {
            "deliveryId": str(first.id),
            "memberId": str(engine.cast["bob"].id),
            "channel": "slack_dm",
            "layer": 1,
            "round": 1,
            "reason": reason,
        }
    ]


async def test_a_page_that_waits_to_be_tried_again_is_superseded_too(engine: Engine) -> None:
    engine.sender.before = given.failing(given.LATER, kind="page")
    incident = await engine.declare()
    await engine.settle()

    await engine.do("alice", escalation.acknowledge, incident.id)
    engine.sender.before = lambda _verb, _outgoing: None
    await engine.pass_time(minutes=5)

    assert engine.sender.pages() == []
    assert [one.state for one in await _pages(engine)] == [DeliveryState.SUPERSEDED]


async def test_a_page_that_had_gone_out_before_is_not_superseded(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()

    await engine.do("alice", escalation.acknowledge, incident.id)

    assert [one.state for one in await _pages(engine)] == [DeliveryState.SENT]


async def test_after_a_superseded_page_the_next_one_is_a_first_page(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("alice", escalation.acknowledge, incident.id)
    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["bob"].id)
    await engine.settle()

    (page,) = [post for post in engine.sender.posts.values() if post.kind == "page"]
    assert (page.name, page.outgoing.thread) == ("Bob", None)


# Kept current


async def test_many_changes_refresh_every_live_copy_once(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    for _ in range(5):
        await engine.do("bob", updates.post_update, incident.id, body="Looking")
    await engine.do("bob", escalation.acknowledge, incident.id)
    await engine.settle()

    edits = {
        post.kind: [edit.incident.version for edit in post.edits]
        for post in engine.sender.posts.values()
        if post.kind != "update_posted"
    }
    version = (await engine.incident()).version
    assert edits == {"page": [version], "card": [version], "layer_paged": [], "acknowledged": []}


async def test_a_copy_sent_after_the_change_needs_no_edit(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.do("bob", updates.post_update, incident.id, body="Looking")
    await engine.settle()

    assert [post.edits for post in engine.sender.posts.values()] == [[], [], [], []]
    assert {one.due_at for one in await engine.deliveries()} == {None}


async def test_refreshing_with_nothing_out_yet_wakes_nobody(engine: Engine) -> None:
    incident = await engine.declare()
    async with engine.core.transaction(engine.system) as tx:
        await outbox.refresh(tx, incident)
        assert tx.due == []
