"""The dashboard's end: whatever it still does for those who look ends before its database does."""

import asyncio
from uuid import uuid4

import pytest

from core.simulation import NO_FAULTS
from tests.engine import Engine
from web.dashboard.walks import Ground, Walks

pytestmark = pytest.mark.postgresql_later


async def test_walks_end_with_the_dashboard(engine: Engine) -> None:
    lane = engine.core.lane(reading=1, writing=1)
    walks = Walks(lane)
    async with engine.core.reading(engine.system) as tx:
        ground = await Ground.now(tx)
    await walks.walk(engine.system, ground, engine.policy_id, at=engine.clock.at, faults=NO_FAULTS)
    async with lane.transaction(engine.system):  # a walk waits for its place
        looking = [
            asyncio.create_task(
                walks.walk(engine.system, ground, policy, at=engine.clock.at, faults=NO_FAULTS)
            )
            for policy in (uuid4(), uuid4())
        ]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            await walks.stop()
    await asyncio.wait(looking)

    assert all(one.cancelled() for one in looking)
    assert len(walks.begun) == 1
