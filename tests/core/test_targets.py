"""Whom a layer pages at an instant, and why each of them."""

from datetime import timedelta
from uuid import uuid4

from core import policies, schedules, targets
from core.people import Person
from core.targets import LayerSnapshot, OnDuty, Target, Why
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

NEXT_HANDOFF = NOON + timedelta(days=4, hours=20)  # Monday, 09:00 in Berlin


def _person(engine: Engine, name: str) -> Person:
    return Person.of(engine.cast[name])


async def test_who_is_on_call_now_is_answered_for_many_schedules_at_once(engine: Engine) -> None:
    nights = await given.empty_schedule(engine)

    async with engine.core.reading(engine.system) as tx:
        found = await targets.on_duty(tx, await schedules.list_schedules(tx))

    bob = Target(_person(engine, "bob"), Why("schedule", "Payments", "Primary", until=NEXT_HANDOFF))
    assert found == [
        OnDuty(nights, "Nights", "Europe/Berlin", (), NOON + timedelta(days=365), is_owned=False),
        OnDuty(engine.schedule_id, "Payments", "Europe/Berlin", (bob,)),
    ]


async def test_who_was_on_call_is_told_with_the_overrides_of_then(engine: Engine) -> None:
    await given.override(engine, engine.schedule_id, "dave", hours=1)
    engine.clock.at = NOON + timedelta(hours=5)

    async with engine.core.reading(engine.system) as tx:
        every = await schedules.list_schedules(tx)
        (then,) = await targets.on_duty(tx, every, NOON)
        (now,) = await targets.on_duty(tx, every)

    assert [one.person.name for one in then.people] == ["Dave"]
    assert [one.person.name for one in now.people] == ["Bob"]


async def test_who_stands_in_for_somebody_is_told_for_whom(engine: Engine) -> None:
    await given.override(engine, engine.schedule_id, "dave", hours=1)

    async with engine.core.reading(engine.system) as tx:
        owner = await targets.schedule_owner(tx, engine.schedule_id)
        nobody = await targets.schedule_owner(tx, uuid4())

    why = Why("schedule", "Payments", "Primary", NOON + timedelta(hours=1), True, "Bob")
    assert owner == Target(_person(engine, "dave"), why)
    assert nobody is None


async def test_a_snapshot_survives_being_kept_as_json(engine: Engine) -> None:
    async with engine.core.reading(engine.system) as tx:
        layers = targets.snapshot(await policies.get_policy(tx, engine.policy_id))

    assert layers == [
        LayerSnapshot(1, 5, engine.schedule_id, "Payments", ()),
        LayerSnapshot(2, 10, None, None, (engine.cast["carol"].id,)),
    ]
    assert targets.parse(targets.dump(layers)) == layers
    assert [layer.timeout for layer in layers] == [timedelta(minutes=5), timedelta(minutes=10)]
