"""What would miss a member who left: wherever something that is not over names them."""

from datetime import timedelta

from core import named, updates
from core.named import Named
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine


async def _named(engine: Engine, name: str) -> Named | None:
    async with engine.core.reading(engine.system) as tx:
        return (await named.by_member(tx)).get(engine.cast[name].id)


async def test_nothing_names_whoever_only_is_a_member(engine: Engine) -> None:
    assert await _named(engine, "dave") is None


async def test_who_is_alone_in_a_rotation_is_told_from_who_is_followed(engine: Engine) -> None:
    bob, carol, dave = (engine.cast[one].id for one in ("bob", "carol", "dave"))
    await given.schedule(engine, "Nights", given.rotation(bob, carol, dave))
    await given.schedule(
        engine, "Days", given.rotation(carol), given.rotation(bob, carol, name="Secondary")
    )

    assert await _named(engine, "carol") == Named(
        on_call_for=["Days"], rotations=["Nights"], alone_in=["Days"], policies=["Payments"]
    )
    await given.remove(engine, "carol")
    of_bob = await _named(engine, "bob")
    assert of_bob is not None
    assert of_bob.rotations == ["Nights"]
    assert of_bob.alone_in == ["Days", "Payments"], "who has left follows nobody"


async def test_a_rotation_that_is_over_and_a_schedule_elsewhere_name_nobody(
    engine: Engine,
) -> None:
    over = given.rotation(
        engine.cast["dave"].id, begins=NOON - timedelta(days=9), until=NOON - timedelta(days=1)
    )
    await given.schedule(engine, "Last week", over)
    mallory = await given.stranger(engine)

    assert await _named(engine, "dave") is None
    async with engine.core.reading(mallory) as tx:
        assert await named.by_member(tx) == {}


async def test_overrides_the_last_resort_and_open_incidents_count(engine: Engine) -> None:
    nights = await given.empty_schedule(engine)
    await given.override(engine, nights, "dave", hours=4)
    await given.stand_by(engine, "dave")
    for _ in range(3):
        incident = await engine.declare(owner_id=engine.cast["dave"].id)
    await engine.do("dave", updates.resolve, incident.id)

    assert await _named(engine, "dave") == Named(
        on_call_for=["Nights"],
        alone_in=["Nights"],
        covering=["Nights"],
        is_last_resort=True,
        owns=2,
    )
