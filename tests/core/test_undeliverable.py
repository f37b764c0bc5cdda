"""A page that can't be delivered escalates at once, while nobody else of its layer is reached."""

from core import escalation
from storage.vocabulary import AuditType, DeliveryState, EscalationState
from tests.cast import NOON
from tests.core import given
from tests.core.progress import clock, minutes, paged_at
from tests.engine import Engine


async def test_a_page_that_can_not_be_delivered_escalates_at_once(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, name="Bob")

    await engine.declare()
    await engine.settle()

    assert engine.sender.pages() == [("Carol", 2)]
    assert await paged_at(engine) == [(1, NOON), (2, NOON)]
    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(10))
    assert await given.data_of(engine, AuditType.ESCALATED) == [
        {"fromLayer": 1, "toLayer": 2, "reason": "undeliverable"}
    ]


async def test_if_nobody_at_all_can_be_paged_it_is_exhausted_at_once(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="page")

    await engine.declare()
    await engine.settle()

    assert await clock(engine) == (EscalationState.EXHAUSTED, 2, None)
    assert engine.sender.kinds().count("exhausted") == 1
    assert engine.sender.kinds().count("page_failed") == 2


async def test_a_layer_goes_on_waiting_while_somebody_else_of_it_was_reached(
    engine: Engine,
) -> None:
    two = await given.policy(
        engine, "Two", given.pages(engine, "bob", "dave"), given.pages(engine, "carol")
    )
    engine.sender.before = given.failing(given.NEVER, name="Bob")

    await engine.declare(escalation_policy_id=two)
    await engine.settle()

    assert engine.sender.pages() == [("Dave", 1)]
    assert await clock(engine) == (EscalationState.WAITING, 1, minutes(5))


async def test_a_layer_whose_last_hope_fails_escalates_then(engine: Engine) -> None:
    two = await given.policy(
        engine, "Two", given.pages(engine, "bob", "dave"), given.pages(engine, "carol")
    )
    engine.sender.before = given.failing(given.NEVER, kind="page")

    await engine.declare(escalation_policy_id=two)
    await engine.settle()

    assert [event.data["toLayer"] for event in await engine.trail()
            if event.type is AuditType.ESCALATED] == [2]  # fmt: skip


async def test_a_new_owner_who_can_not_be_reached_escalates_at_once(engine: Engine) -> None:
    incident = await engine.declare()
    await engine.settle()
    engine.sender.before = given.failing(given.NEVER, name="Dave")

    await engine.do("bob", escalation.hand_off, incident.id, to=engine.cast["dave"].id)
    await engine.settle()

    assert engine.sender.pages() == [("Bob", 1), ("Carol", 2)]


async def test_a_page_of_a_layer_that_is_over_does_not_escalate_again(engine: Engine) -> None:
    failing = given.failing(given.LATER, name="Bob")
    engine.sender.before = failing
    await engine.declare()
    await engine.pass_time(minutes=6)
    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(15))

    engine.sender.before = given.failing(given.NEVER, name="Bob")
    await engine.pass_time(minutes=2)

    assert await clock(engine) == (EscalationState.WAITING, 2, minutes(15))
    states = {one.layer: one.state for one in await engine.deliveries() if one.kind == "page"}
    assert states == {1: DeliveryState.FAILED, 2: DeliveryState.SENT}


async def test_without_a_policy_a_page_that_fails_is_said_and_that_is_all(engine: Engine) -> None:
    engine.sender.before = given.failing(given.NEVER, kind="page")

    await engine.declare(owner_schedule_id=None, owner_id=engine.cast["dave"].id)
    await engine.settle()

    assert await clock(engine) == (EscalationState.IDLE, None, None)
    assert engine.sender.kinds() == ["card", "page_failed"]
