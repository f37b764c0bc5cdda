"""What is due is claimed in order, by lease, and what nobody needs any more is ended."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from core import claims, escalation, incidents, outbox, updates
from core.delivering import deliver
from core.outcomes import MAY_STILL_ACT
from core.sending import Outgoing
from storage.models import Delivery, Incident
from storage.vocabulary import AuditType, Channel, DeliveryKind, DeliveryState, Severity
from tests.core import given
from tests.engine import Engine


async def _claim(
    engine: Engine, limit: int = 100, busy: tuple[str, ...] = ()
) -> tuple[claims.Claim, ...]:
    async with engine.core.transaction(engine.system) as tx:
        return (
            await claims.claim(
                tx, organization_id=engine.organization_id, limit=limit, busy_targets=busy
            )
        ).claims


async def _named(engine: Engine, taken: Sequence[claims.Claim]) -> list[tuple[int, str]]:
    """The incident's number and the message's type, of each claim."""
    found = {one.id: one for one in await engine.deliveries()}
    async with engine.core.reading(engine.system) as tx:
        numbers = {one.id: one.number for one in await incidents.list_open(tx)}
    return [
        (numbers[found[id].incident_id], found[id].message["type"])
        for one in taken
        for id in one.delivery_ids
    ]


async def _in_order(engine: Engine) -> list[tuple[int, str]]:
    """All that is due, taken up one by one."""
    taken: tuple[claims.Claim, ...] = ()
    while more := await _claim(engine, limit=1):
        taken += more
        async with engine.core.transaction(engine.system) as tx:
            for done in await claims.hold(tx, more):
                outbox.release(done, due_at=None)
    return await _named(engine, taken)


async def _declare_for(engine: Engine, name: str, **given: object) -> Incident:
    """An incident that pages nobody but this person."""
    owner = {"owner_schedule_id": None, "owner_id": engine.cast[name].id}
    return await engine.declare(**owner, **given)


async def _pages(engine: Engine) -> list[Delivery]:
    return [one for one in await engine.deliveries() if one.kind is DeliveryKind.PAGE]


async def test_pages_go_first_then_cards_and_the_worst_incident_before_the_others(
    engine: Engine,
) -> None:
    await _declare_for(engine, "bob", severity=Severity.LOW)
    await _declare_for(engine, "carol", severity=Severity.CRITICAL)
    await _declare_for(engine, "dave", severity=Severity.HIGH)

    assert await _in_order(engine) == [
        (2, "page"),
        (3, "page"),
        (1, "page"),
        (2, "card"),
        (3, "card"),
        (1, "card"),
    ]


async def test_of_equals_the_one_that_was_due_first_goes_first(engine: Engine) -> None:
    for name in ("dave", "bob", "carol"):
        await _declare_for(engine, name)
        engine.clock.at += timedelta(milliseconds=1)

    assert (await _in_order(engine))[:3] == [
        (1, "page"),
        (2, "page"),
        (3, "page"),
    ]


async def test_a_first_page_goes_before_a_further_one(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.do("alice", escalation.hand_off, incident.id, to=engine.cast["bob"].id)
    engine.clock.at += timedelta(seconds=1)
    await _declare_for(engine, "carol", severity=Severity.LOW)

    assert (await _in_order(engine))[:2] == [(2, "page"), (1, "page")]


async def test_what_is_loud_goes_before_what_is_not_and_edits_go_last(engine: Engine) -> None:
    await engine.declare()
    await engine.settle()
    incident = await engine.incident()
    await engine.do("alice", updates.post_update, incident.id, body="Looking")
    async with engine.core.transaction(engine.system) as tx:
        held = await tx.db.get_one(type(incident), incident.id)
        await outbox.enqueue(
            tx,
            held,
            dedup_key="loud",
            kind=DeliveryKind.NOTICE,
            channel=Channel.ALERTS,
            target="alerts",
            message={"type": "nobody_paged"},
            priority=outbox.Priority.LOUD,
        )

    assert [kind for _, kind in await _in_order(engine)] == [
        "nobody_paged",
        "update_posted",
        "page",
        "card",
    ]


async def test_no_more_is_claimed_than_asked_for(engine: Engine) -> None:
    two = await given.policy(engine, "Two", given.pages(engine, "bob", "dave"))
    await engine.declare(escalation_policy_id=two)

    assert [len(await _claim(engine, limit=2)) for _ in range(3)] == [2, 1, 0]


async def test_one_is_claimed_for_each_target_the_first_of_it(engine: Engine) -> None:
    await engine.declare()
    engine.clock.at += timedelta(milliseconds=1)  # of two due at one instant either may be first
    await engine.declare()

    pages, card = await _claim(engine)
    assert await _named(engine, [pages, card]) == [(1, "page"), (2, "page"), (1, "card")]


async def test_a_busy_target_is_left_alone(engine: Engine) -> None:
    await engine.declare()
    bob = f"slack_dm:{engine.cast['bob'].id}"

    assert [kind for _, kind in await _named(engine, await _claim(engine, busy=(bob,)))] == ["card"]


async def test_another_organizations_deliveries_are_left_alone(engine: Engine) -> None:
    await engine.declare()

    async with engine.core.transaction(engine.system) as tx:
        assert (await claims.claim(tx, organization_id=uuid4(), limit=9)).claims == ()
        assert await claims.earliest_due(tx, uuid4()) is None


async def test_what_is_claimed_can_not_be_claimed_again_until_the_lease_ends(
    engine: Engine,
) -> None:
    await engine.declare()
    first = await _claim(engine)
    assert {one.until for one in first} == {engine.clock.at + claims.LEASE}
    assert [one.look_up_first for one in first] == [False, False]

    engine.clock.at += claims.LEASE - timedelta(milliseconds=1)
    assert await _claim(engine) == ()

    engine.clock.at += timedelta(milliseconds=1)
    second = await _claim(engine)
    assert [one.delivery_id for one in second] == [one.delivery_id for one in first]
    assert [one.look_up_first for one in second] == [True, True]
    assert second[0].lease != first[0].lease


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


async def test_the_earliest_due_instant_is_the_end_of_a_lease_where_one_runs(
    engine: Engine,
) -> None:
    async def earliest() -> object:
        async with engine.core.reading(engine.system) as tx:
            return await claims.earliest_due(tx, engine.organization_id)

    assert await earliest() is None
    await engine.declare()
    assert await earliest() == engine.clock.at
    await _claim(engine)
    assert await earliest() == engine.clock.at + claims.LEASE
    await engine.pass_time(minutes=1)
    assert await earliest() is None


async def test_only_who_holds_the_lease_holds_the_delivery(engine: Engine) -> None:
    await engine.declare()
    (stale, *_) = await _claim(engine)
    engine.clock.at += claims.LEASE
    (fresh, *_) = await _claim(engine)

    async with engine.core.transaction(engine.system) as tx:
        assert await claims.hold(tx, [stale]) == []
        (held,) = await claims.hold(tx, [fresh])
        assert held.id == stale.delivery_id


async def test_a_lost_lease_sends_nothing_and_writes_nothing(engine: Engine) -> None:
    await engine.declare()
    (stale, *_) = await _claim(engine)
    engine.clock.at += claims.LEASE
    (fresh, *_) = await _claim(engine)

    await deliver(engine.core, engine.sender, stale)
    assert engine.sender.posts == {}

    engine.clock.at -= claims.LEASE  # a process whose clock is behind: the lease itself decides
    await deliver(engine.core, engine.sender, stale)
    assert engine.sender.posts == {}

    engine.clock.at += claims.LEASE
    await deliver(engine.core, engine.sender, fresh)  # it is not there, and can't arrive any more
    await engine.settle()
    assert engine.sender.pages() == [("Bob", 1)]


async def test_freed_claims_keep_their_unknown_outcome(engine: Engine) -> None:
    await engine.declare()
    lost = await _claim(engine)

    async with engine.core.transaction(engine.system) as tx:
        await claims.free_claims(tx)
    again = await _claim(engine)

    assert [one.delivery_id for one in again] == [one.delivery_id for one in lost]
    assert [one.look_up_first for one in again] == [True, True]


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

    assert [kind for _, kind in await _in_order(engine)].count("page") == 3


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
    taken = await _claim(engine, limit=1) if claimed else []

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
