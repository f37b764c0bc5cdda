"""Everybody whom an override concerns is told once: who stands in, and whose time it would be."""

import pytest

from core import overrides
from core.remarks import DutyChanged
from tests.core import given
from tests.core.standing_in import at, cover, create, draft, on_call, told
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def test_both_people_are_told_once(engine: Engine) -> None:
    await create(engine, "dave", 1, 3)

    name = {key: member.name for key, member in engine.cast.items()}
    assert set(await told(engine)) == {(name["dave"], "made", True), (name["bob"], "made", False)}
    assert await told(engine) == []


async def test_what_is_told_names_who_whose_time_and_when(engine: Engine) -> None:
    await create(engine, "dave", 1, 3)
    await engine.settle()

    post = next(one for one in engine.sender.posts.values() if one.kind == "duty_changed")
    message = post.outgoing.message
    assert isinstance(message, DutyChanged)
    assert post.outgoing.facts is None
    assert message.covering == engine.cast["dave"].name
    assert message.instead_of == (engine.cast["bob"].name,)
    assert (message.start_at, message.end_at) == (at(1), at(3))


async def test_whoever_is_on_call_anyway_is_told_alone(engine: Engine) -> None:
    await create(engine, "bob", 1, 3)

    assert await told(engine) == [(engine.cast["bob"].name, "made", True)]


async def test_who_loses_the_time_that_they_had_covered_is_told_too(engine: Engine) -> None:
    await create(engine, "dave", 1, 3)
    await told(engine)

    await cover(engine, "carol", 2, 4)

    name = {key: member.name for key, member in engine.cast.items()}
    assert set(await told(engine)) == {
        (name["carol"], "made", True),
        (name["dave"], "made", False),
        (name["bob"], "made", False),
    }


async def test_changing_one_tells_who_stood_in_and_who_does_now(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 3)
    await told(engine)

    await engine.do("alice", overrides.change, override_id, draft(engine, "carol", 1, 4))

    name = {key: member.name for key, member in engine.cast.items()}
    assert set(await told(engine)) == {
        (name["dave"], "removed", True),
        (name["bob"], "removed", False),
        (name["carol"], "changed", True),
        (name["bob"], "changed", False),
    }
    assert await on_call(engine, 3.5) == "carol"


async def test_taking_one_back_tells_both(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 3)
    await told(engine)

    await engine.do("alice", overrides.remove, override_id)

    name = {key: member.name for key, member in engine.cast.items()}
    assert set(await told(engine)) == {
        (name["dave"], "removed", True),
        (name["bob"], "removed", False),
    }


async def test_who_gets_time_back_by_a_shorter_override_is_told(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 8)
    await told(engine)

    await engine.do("alice", overrides.change, override_id, draft(engine, "dave", 1, 2))

    assert (engine.cast["bob"].name, "removed", False) in await told(engine)


async def test_who_left_is_told_nothing(engine: Engine) -> None:
    override_id = await create(engine, "dave", 1, 8)
    await told(engine)
    await given.remove(engine, "dave")

    await engine.do("alice", overrides.remove, override_id)

    assert engine.cast["dave"].name not in [name for name, _, _ in await told(engine)]
