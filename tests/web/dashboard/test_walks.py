"""Policies walked for those who look: once for all of them, and never on ground that is gone."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from core import policies, policy_facts
from core.errors import NotFound
from core.escalation_order import move_layer
from core.policies import EscalationLayerDraft, PolicyDraft
from core.simulation import NO_FAULTS, Simulation
from tests.engine import Engine
from web.dashboard import walks as walks_of_all
from web.dashboard.walks import Ground, Walks


async def _walk(engine: Engine, walks: Walks) -> Simulation:
    """What somebody sees who looks now."""
    async with engine.core.reading(engine.system) as tx:
        ground = await Ground.now(tx)
    return await _walk_on(engine, walks, ground)


async def _walk_on(
    engine: Engine,
    walks: Walks,
    ground: Ground,
    policy_id: UUID | None = None,
    *,
    after: timedelta = timedelta(0),
) -> Simulation:
    """What somebody sees who looks on this ground."""
    return await walks.walk(
        engine.actor("bob"),
        ground,
        policy_id or engine.policy_id,
        at=engine.clock.at + after,
        faults=NO_FAULTS,
    )


def _first(walked: Simulation) -> list[str]:
    return [one.person.name for one in walked.steps[0].people]


async def test_those_who_look_at_once_and_after_see_one_walk(engine: Engine) -> None:
    walks = Walks(engine.core)
    first, *others = await asyncio.gather(*(_walk(engine, walks) for _ in range(5)))
    later = await _walk(engine, walks)

    assert all(one is first for one in (*others, later))


async def test_who_looks_after_a_change_sees_it_whoever_still_walks(engine: Engine) -> None:
    walks = Walks(engine.core)
    async with engine.core.reading(engine.system) as tx:
        ground = await Ground.now(tx)
        second = (await policy_facts.of(tx, engine.policy_id)).layers[1]
    async with engine.core.transaction(engine.system) as tx:
        await policies.lock_policy(tx, engine.policy_id)
        slow = asyncio.create_task(_walk_on(engine, walks, ground))
        await asyncio.sleep(0)
        await move_layer(tx, engine.policy_id, second.id, to=1)
    after = await _walk(engine, walks)
    await slow

    assert _first(after) == _first(await _walk(engine, walks)) == ["Carol"]


async def test_who_goes_away_takes_nobody_along(engine: Engine) -> None:
    walks = Walks(engine.core)
    async with engine.core.reading(engine.system) as tx:
        ground = await Ground.now(tx)
    first, other = [asyncio.create_task(_walk_on(engine, walks, ground)) for _ in range(2)]
    for _ in range(2):  # until both wait for the one walk
        await asyncio.sleep(0)
    first.cancel()
    seen = await asyncio.gather(first, other, return_exceptions=True)

    assert [type(one) for one in seen] == [asyncio.CancelledError, Simulation]


async def test_what_failed_is_tried_again(engine: Engine) -> None:
    walks = Walks(engine.core)
    async with engine.core.reading(engine.system) as tx:
        ground = await Ground.now(tx)
    made = PolicyDraft("Nights", None, (EscalationLayerDraft(5, engine.schedule_id),))
    not_yet = uuid4()
    with pytest.raises(NotFound):
        await _walk_on(engine, walks, ground, not_yet)
    await engine.do("alice", policies.create_policy, made, id=not_yet)
    walked = await _walk_on(engine, walks, ground, not_yet)

    assert walked.policy == "Nights"


async def test_only_the_latest_walks_are_kept(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks_of_all, "KEPT", 3)
    walks = Walks(engine.core)
    async with engine.core.reading(engine.system) as tx:
        ground = await Ground.now(tx)
    kept = []
    for minute in range(5):
        await _walk_on(engine, walks, ground, after=timedelta(minutes=minute))
        await asyncio.sleep(0)  # what is over is put away
        kept.append(len(walks.begun))

    assert kept == [1, 2, 3, 3, 3]
    latest = [engine.clock.at + timedelta(minutes=minute) for minute in (2, 3, 4)]
    assert [at for _, _, at, _ in walks.begun] == latest
