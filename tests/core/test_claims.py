"""What is due is claimed in order, the most urgent first, and held by a lease."""

from datetime import timedelta
from uuid import uuid4

from core import claims, escalation, outbox, updates
from core.delivering import deliver
from storage.models import Incident
from storage.vocabulary import Channel, DeliveryKind, Severity
from tests.core import given
from tests.core.deliveries import claim_due, in_order, named
from tests.engine import Engine


async def _declare_for(engine: Engine, name: str, **given: object) -> Incident:
    """An incident that pages nobody but this person."""
    owner = {"owner_schedule_id": None, "owner_id": engine.cast[name].id}
    return await engine.declare(**owner, **given)


async def test_pages_go_first_then_cards_and_the_worst_incident_before_the_others(
    engine: Engine,
) -> None:
    await _declare_for(engine, "bob", severity=Severity.LOW)
    await _declare_for(engine, "carol", severity=Severity.CRITICAL)
    await _declare_for(engine, "dave", severity=Severity.HIGH)

    assert await in_order(engine) == [
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

    assert (await in_order(engine))[:3] == [
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

    assert (await in_order(engine))[:2] == [(2, "page"), (1, "page")]


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

    assert [kind for _, kind in await in_order(engine)] == [
        "nobody_paged",
        "update_posted",
        "page",
        "card",
    ]


async def test_no_more_is_claimed_than_asked_for(engine: Engine) -> None:
    two = await given.policy(engine, "Two", given.pages(engine, "bob", "dave"))
    await engine.declare(escalation_policy_id=two)

    assert [len(await claim_due(engine, limit=2)) for _ in range(3)] == [2, 1, 0]


async def test_one_is_claimed_for_each_target_the_first_of_it(engine: Engine) -> None:
    await engine.declare()
    engine.clock.at += timedelta(milliseconds=1)  # of two due at one instant either may be first
    await engine.declare()

    pages, card = await claim_due(engine)
    assert await named(engine, [pages, card]) == [(1, "page"), (2, "page"), (1, "card")]


async def test_a_busy_target_is_left_alone(engine: Engine) -> None:
    await engine.declare()
    bob = f"slack_dm:{engine.cast['bob'].id}"

    assert [kind for _, kind in await named(engine, await claim_due(engine, busy=(bob,)))] == [
        "card"
    ]


async def test_another_organizations_deliveries_are_left_alone(engine: Engine) -> None:
    await engine.declare()

    async with engine.core.transaction(engine.system) as tx:
        assert (await claims.claim(tx, organization_id=uuid4(), limit=9)).claims == ()
        assert await claims.earliest_due(tx, uuid4()) is None


async def test_what_is_claimed_can_not_be_claimed_again_until_the_lease_ends(
    engine: Engine,
) -> None:
    await engine.declare()
    first = await claim_due(engine)
    assert {one.until for one in first} == {engine.clock.at + claims.LEASE}
    assert [one.look_up_first for one in first] == [False, False]

    engine.clock.at += claims.LEASE - timedelta(milliseconds=1)
    assert await claim_due(engine) == ()

    engine.clock.at += timedelta(milliseconds=1)
    second = await claim_due(engine)
    assert [one.delivery_id for one in second] == [one.delivery_id for one in first]
    assert [one.look_up_first for one in second] == [True, True]
    assert second[0].lease != first[0].lease


async def test_the_earliest_due_instant_is_the_end_of_a_lease_where_one_runs(
    engine: Engine,
) -> None:
    async def earliest() -> object:
        async with engine.core.reading(engine.system) as tx:
            return await claims.earliest_due(tx, engine.organization_id)

    assert await earliest() is None
    await engine.declare()
    assert await earliest() == engine.clock.at
    await claim_due(engine)
    assert await earliest() == engine.clock.at + claims.LEASE
    await engine.pass_time(minutes=1)
    assert await earliest() is None


async def test_only_who_holds_the_lease_holds_the_delivery(engine: Engine) -> None:
    await engine.declare()
    (stale, *_) = await claim_due(engine)
    engine.clock.at += claims.LEASE
    (fresh, *_) = await claim_due(engine)

    async with engine.core.transaction(engine.system) as tx:
        assert await claims.hold(tx, [stale]) == []
        (held,) = await claims.hold(tx, [fresh])
        assert held.id == stale.delivery_id


async def test_a_lost_lease_sends_nothing_and_writes_nothing(engine: Engine) -> None:
    await engine.declare()
    (stale, *_) = await claim_due(engine)
    engine.clock.at += claims.LEASE
    (fresh, *_) = await claim_due(engine)

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
    lost = await claim_due(engine)

    async with engine.core.transaction(engine.system) as tx:
        await claims.free_claims(tx)
    again = await claim_due(engine)

    assert [one.delivery_id for one in again] == [one.delivery_id for one in lost]
    assert [one.look_up_first for one in again] == [True, True]
