"""Two replicas on one PostgreSQL: killed one after the other."""

import os
from collections.abc import Iterator

import pytest

from tests.safety.judgement import check_the_promise
from tests.safety.stage import staged


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
