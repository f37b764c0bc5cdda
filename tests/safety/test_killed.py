"""The process is killed (SIGKILL) at random moments, and Slack misbehaves. The promise holds."""

import pytest

from tests.safety.judgement import check_the_promise
from tests.safety.stage import staged

INCIDENTS = 200


@pytest.mark.long
@pytest.mark.parametrize("seed", [7])
async def test_every_committed_page_arrives_once_whatever_is_killed(
    database_url: str, seed: int
) -> None:
    async with staged(database_url, seed=seed) as stage:
        await stage.declare(INCIDENTS)

        print(f"killed {stage.kills} times")
        assert stage.kills >= 5, "the process was hardly ever killed"
        await check_the_promise(stage, incidents_at_least=INCIDENTS)
