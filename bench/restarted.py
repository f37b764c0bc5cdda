"""An escalation that came due while the process was down: from its start to the page at Slack."""

import time
from datetime import timedelta

from sqlalchemy import update

from bench.product import Bench
from bench.table import Row
from storage.models import Incident
from storage.vocabulary import Status

ROUNDS = 10


async def restarted(bench: Bench) -> list[Row]:
    """One incident a round, made an hour overdue while nothing ran."""
    alice = bench.workspace.person("alice")
    from_the_command: list[float] = []
    from_ready: list[float] = []
    for number in range(ROUNDS):
        await _resolve_all(bench)
        async with bench.served():
            await bench.quiet()  # it learns who it is in Slack
            answer = await alice.command(f"/incident new Restart {number}", channel="general")
            assert answer.view is not None, answer.failed
            await alice.submit(answer.view)
            await bench.quiet()
        await _an_hour_ago(bench)
        seen = len(bench.workspace.calls)
        began = time.time()
        async with bench.served():
            ready = time.time()
            await bench.workspace.until(lambda seen=seen: bench.pages(seen), timeout=10)
            await bench.quiet()
            first, *others = bench.pages(seen)
            assert not others, "an hour of downtime is followed by one page"
        from_the_command.append(first - began)
        from_ready.append(first - ready)
    return [
        Row("an hour overdue: `serve` typed → the page is at Slack", from_the_command),
        Row("an hour overdue: /readyz is green → the page is at Slack", from_ready),
    ]


async def _an_hour_ago(bench: Bench) -> None:
    due = bench.core.clock.now() - timedelta(hours=1)
    async with bench.core.transaction(bench.system) as tx:
        await tx.db.execute(
            update(Incident)
            .where(Incident.next_escalation_at.is_not(None))
            .values(next_escalation_at=due)
        )


async def _resolve_all(bench: Bench) -> None:
    async with bench.core.transaction(bench.system) as tx:
        await tx.db.execute(
            update(Incident).values(
                status=Status.RESOLVED, escalation_state="stopped", next_escalation_at=None
            )
        )
