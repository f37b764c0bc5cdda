"""Two replicas on one PostgreSQL: killed, frozen past their leases, and woken by each other."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from tests.safety.judgement import check_the_promise, until_quiet
from tests.safety.stage import SPEED, staged


@pytest.fixture
def backend() -> Iterator[str]:
    """Several replicas are PostgreSQL's; a second one on SQLite is refused."""
    return "postgresql"  # type: ignore[return-value]  # pytest takes a value as well


INCIDENTS = int(os.environ.get("TOCSIN_REPLICA_INCIDENTS", "150"))


@pytest.mark.long
async def test_every_page_arrives_once_while_one_replica_after_the_other_is_killed(
    database_url: str,
) -> None:
    async with staged(database_url, seed=11, replicas=2) as stage:
        await stage.declare(INCIDENTS, rest_seconds=60 + INCIDENTS)

        print(f"killed {stage.kills} times")
        assert stage.kills >= 3
        await check_the_promise(stage, incidents_at_least=INCIDENTS)


@pytest.mark.long
async def test_what_a_frozen_replica_held_is_taken_over_and_it_says_nothing_stale_afterwards(
    database_url: str,
) -> None:
    async with staged(database_url, seed=3, replicas=2) as stage:
        frozen, _other = stage.replicas

        async def freeze() -> None:
            for _ in range(3):
                await asyncio.sleep(0.7)
                frozen.pause()
                await asyncio.sleep(90 / SPEED)  # longer than a lease, on the product's clock
                frozen.go_on()

        freezing = asyncio.create_task(freeze())
        await asyncio.gather(
            *(stage._declare_and_sometimes_acknowledge(f"declarer{n}", 60) for n in range(3))
        )
        await freezing
        stage.workspace.faults.clear()
        await until_quiet(stage.core)

        await check_the_promise(stage, incidents_at_least=60)
