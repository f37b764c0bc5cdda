"""Very many escalations due at the same instant: how long until everybody has been paged."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import insert, select, update

from bench.declared import commit
from bench.lateness import insert_like, model_incident, put_to_rest
from bench.product import CROWD, TOKEN, Bench, resident_megabytes
from bench.table import Row, timed
from core import targets
from core.targets import LayerSnapshot
from storage.models import Incident, Member
from storage.vocabulary import Role, Severity

PATIENCE_SECONDS = 900
SEVERITIES = tuple(Severity)


async def storm(bench: Bench, count: int, *, replicas: int = 1) -> list[Row]:
    """`count` escalations due at once, spread over a crowd and over the four severities."""
    numbers = await _stage(bench, count, await _crowd(bench))
    watch = _Watch(bench)
    async with bench.served(replicas) as pid:
        await bench.quiet()
        watch.begin()
        due = bench.core.clock.now() + timedelta(seconds=4)
        await _set_due(bench, numbers, due)
        await watch.until(count)
        memory = resident_megabytes(pid)
    late = [watch.named_at[number] - due.timestamp() for number in numbers]
    rate = count / max(late)
    by = ", two replicas" if replicas > 1 else ""
    critical = late[:: len(SEVERITIES)]
    return [
        Row(f"{count:,} due at once{by} → each is at Slack", late),
        Row(f"  of these, the critical ones ({rate:.0f}/s in all, {memory:.0f} MB)", critical),
        Row(f"  floor: as many commits and calls, alone ({watch.messages:,})",
            await _floor(bench, watch.messages)),
    ]  # fmt: skip


@dataclass
class _Watch:
    """When each incident was named for the first time in a direct message."""

    bench: Bench
    named_at: dict[int, float] = field(default_factory=dict)
    messages: int = 0
    _seen: int = 0

    def begin(self) -> None:
        """From here on."""
        self._seen = len(self.bench.workspace.calls)

    async def until(self, count: int) -> None:
        """Until so many incidents have been named."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.named_at) < count:
                await asyncio.sleep(0.2)
                calls = self.bench.workspace.calls
                for call in calls[self._seen :]:
                    if self.bench.is_page(call):
                        self.messages += 1
                        for number in re.findall(r"#(\d+)[ :]", str(call.arguments)):
                            self.named_at.setdefault(int(number), call.at)
                self._seen = len(calls)


async def _crowd(bench: Bench) -> list[UUID]:
    """Everybody of the crowd as a member whose conversation is known."""
    async with aiohttp.ClientSession() as session:
        slack = AsyncWebClient(token=TOKEN, base_url=f"{bench.slack_url}/api/", session=session)
        rows = []
        for person in CROWD:
            user_id = bench.workspace.person(person.name).id
            opened = await slack.conversations_open(users=user_id)
            rows.append(
                {
                    "id": uuid4(),
                    "organization_id": bench.system.organization_id,
                    "name": person.real_name,
                    "email": person.email,
                    "role": Role.MEMBER,
                    "timezone": "UTC",
                    "slack_user_id": user_id,
                    "slack_dm_id": opened["channel"]["id"],
                    "joined_at": bench.core.clock.now(),
                }
            )
    async with bench.core.transaction(bench.system) as tx:
        known = {one.email: one.id for one in await tx.db.scalars(select(Member))}
        fresh = [row for row in rows if row["email"] not in known]
        if fresh:
            await tx.db.execute(insert(Member), fresh)
    return [known.get(row["email"], row["id"]) for row in rows]


async def _stage(bench: Bench, count: int, members: list[UUID]) -> list[int]:
    """So many incidents on layer 1 of 2, whose second layer is one person; their numbers."""
    async with bench.core.transaction(bench.system) as tx:
        await put_to_rest(tx)
        model = await model_incident(tx)

        def changes(place: int) -> dict[str, object]:
            layers = [
                LayerSnapshot(1, 5, None, None, ()),
                LayerSnapshot(2, 60, None, None, (members[place % len(members)],)),
            ]
            return {
                "severity": SEVERITIES[place % len(SEVERITIES)],
                "escalation_layers": targets.dump(layers),
                "next_escalation_at": datetime(2100, 1, 1, tzinfo=bench.core.clock.now().tzinfo),
            }

        return await insert_like(tx, model, count, changes)


async def _set_due(bench: Bench, numbers: list[int], due: datetime) -> None:
    async with bench.core.transaction(bench.system) as tx:
        await tx.db.execute(
            update(Incident)
            .where(Incident.number.between(numbers[0], numbers[-1]))
            .values(next_escalation_at=due)
        )


async def _floor(bench: Bench, messages: int) -> list[float]:
    """When each of so many would have been done that is no more than a commit and a call."""
    channel = bench.workspace.person(CROWD[0].name).dm()[0].channel
    async with aiohttp.ClientSession() as session:
        slack = AsyncWebClient(token=TOKEN, base_url=f"{bench.slack_url}/api/", session=session)
        calls = await timed(lambda: slack.chat_postMessage(channel=channel, text="bare"), messages)
    commits = await timed(lambda: commit(bench), messages)
    elapsed, done = 0.0, []
    for call, written in zip(calls, commits, strict=True):
        elapsed += call + written
        done.append(elapsed)
    return done
