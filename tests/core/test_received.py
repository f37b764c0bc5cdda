"""An event that was delivered before does nothing, for a day."""

import asyncio
from datetime import timedelta

from core import people, received
from core.received import REMEMBERED
from core.transaction import Actor
from tests.engine import Engine


async def _is_first(engine: Engine, event_id: str) -> bool:
    async with engine.core.transaction(Actor.system()) as tx:
        return await received.is_first(tx, event_id)


async def test_an_event_is_new_once(engine: Engine) -> None:
    assert [await _is_first(engine, event) for event in ("Ev1", "Ev1", "Ev2", "Ev1")] == [
        True,
        False,
        True,
        False,
    ]


async def test_an_event_is_remembered_for_a_day(engine: Engine) -> None:
    assert timedelta(days=1) == REMEMBERED
    await _is_first(engine, "Ev1")

    engine.clock.at += REMEMBERED
    assert await _is_first(engine, "Ev1") is False

    engine.clock.at += timedelta(microseconds=1)
    assert await _is_first(engine, "Ev1") is True


async def test_what_was_written_with_a_repeated_event_is_kept(engine: Engine) -> None:
    await _is_first(engine, "Ev1")
    async with engine.core.transaction(engine.system) as tx:
        await people.ensure_by_email(tx, "eve@example.com", name="Eve")
        assert await received.is_first(tx, "Ev1") is False

    async with engine.core.reading(engine.system) as tx:
        assert "Eve" in [one.name for one in await people.members(tx)]


async def test_an_event_whose_work_was_rolled_back_is_new_again(engine: Engine) -> None:
    try:
        async with engine.core.transaction(Actor.system()) as tx:
            assert await received.is_first(tx, "Ev1") is True
            raise KeyError
    except KeyError:
        assert await _is_first(engine, "Ev1") is True


async def test_an_event_that_arrives_many_times_at_once_is_new_once(engine: Engine) -> None:
    answers = await asyncio.gather(*(_is_first(engine, "Ev1") for _ in range(8)))

    assert sorted(answers) == [False] * 7 + [True]
