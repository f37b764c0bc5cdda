"""The process is killed (SIGKILL) at random moments, and Slack misbehaves. The promise holds.

The real process, real HTTP both ways, a real database; only its clock runs faster.
"""

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import sandbox
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import people
from core.transaction import Actor, Core
from storage.database import Database
from storage.models import AuditEvent, Delivery, Incident
from storage.vocabulary import AuditType, DeliveryKind, DeliveryState, EscalationState
from tests.safety.victim import FastClock
from tests.world import CAST, MANIFEST

INCIDENTS = 200
SPEED = 30.0
SECRET = "a-secret-of-the-tests"
DECLARERS = [sandbox.Person(f"declarer{n}", f"Declarer {n}", f"d{n}@example.com") for n in range(6)]
BLUEPRINT = """
alerts_channel: incidents
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - {name: Primary, shift: weekly, handoff: "09:00", people: [bob@example.com]}
policies:
  Payments:
    layers:
      - {page: {schedule: Payments}, timeout: 1 min}
      - {page: {people: [carol@example.com]}, timeout: 1 min}
"""
TROUBLE = (
    ("rate_limited", 0.04),
    ("server_error", 0.04),
    ("server_error_after", 0.04),
    ("timeout_before", 0.02),
    ("timeout_after", 0.02),
)


class Victim:
    """The process, killed and started again until told to stop."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self.kills = 0

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("victim.py")),
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"up\n"

    async def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        self.kills += 1

    async def keep_killing(self, chance: random.Random) -> None:
        while True:
            await asyncio.sleep(chance.uniform(0.5, 3))
            await self.kill()
            await self.start()


@asynccontextmanager
async def _stage(database_url: str, chance: random.Random) -> AsyncIterator[Any]:
    origin = time.time()
    clock = FastClock(origin, SPEED)
    workspace = sandbox.Workspace(
        name="Acme",
        people=[*CAST, *DECLARERS],
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=MANIFEST,
        bot_token="xoxb-tests",
        app_token="xapp-tests",
        signing_secret=SECRET,
        clock=lambda: clock.now().timestamp(),
        hang_seconds=1.0,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with workspace.serve() as url:
        database = Database(database_url)
        core = Core(database, clock)
        organization = await people.ensure_organization(
            core, slack_team_id=workspace.team_id, name="Acme"
        )
        await apply(core, Actor.system(organization.id), read_blueprint(BLUEPRINT))
        victim = Victim(
            {
                **os.environ,
                "DATABASE_URL": database_url,
                "SLACK_BOT_TOKEN": "xoxb-tests",
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_API_URL": f"{url}/api/",
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "VICTIM_ORIGIN": str(origin),
                "VICTIM_SPEED": str(SPEED),
            }
        )
        workspace.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        for kind, probability in TROUBLE:
            for method in ("chat.postMessage", "chat.update", "conversations.history"):
                workspace.faults.add(
                    sandbox.Fault(
                        method=method,
                        kind=kind,
                        times=10**6,
                        probability=probability,
                        retry_after=1,
                    )
                )
        await victim.start()
        try:
            yield workspace, core, victim
        finally:
            with suppress(ProcessLookupError):
                await victim.kill()
            await database.dispose()


async def _declare_and_sometimes_acknowledge(
    workspace: Any, core: Core, who: str, chance: random.Random
) -> None:
    """One person goes on until there are enough incidents; what fails is tried again."""
    declarer, bob = workspace.person(who), workspace.person("bob")
    while (number := await _committed(core)) < INCIDENTS:
        answer = await declarer.command("/incident new The checkout is down", channel="general")
        if answer.view is None or not (await declarer.submit(answer.view)).ok:
            await asyncio.sleep(0.1)  # nobody is there just now
            continue
        if chance.random() < 0.3:
            await asyncio.sleep(chance.uniform(0, 1.5))
            await bob.command(f"/incident ack {number}", channel="general")


async def _committed(core: Core) -> int:
    async with core.reading(Actor.system()) as tx:
        return await tx.db.scalar(select(func.count()).select_from(Incident)) or 0


@pytest.mark.parametrize("seed", [7])
async def test_every_committed_page_arrives_once_whatever_is_killed(
    database_url: str, seed: int
) -> None:
    chance = random.Random(seed)
    async with _stage(database_url, chance) as (workspace, core, victim):
        killing = asyncio.create_task(victim.keep_killing(chance))
        await asyncio.gather(
            *(
                _declare_and_sometimes_acknowledge(workspace, core, one.name, chance)
                for one in DECLARERS
            )
        )
        killing.cancel()
        with suppress(asyncio.CancelledError):
            await killing
        await victim.kill()
        workspace.faults.clear()
        await victim.start()
        await _until_quiet(core)

        print(f"killed {victim.kills} times")
        assert victim.kills >= 5, "the process was hardly ever killed"
        await _check_the_promise(workspace, core)


async def _until_quiet(core: Core, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        async with core.reading(Actor.system()) as tx:
            pending = await tx.db.scalar(
                select(Delivery.id).where(Delivery.due_at.is_not(None)).limit(1)
            )
            waiting = await tx.db.scalar(
                select(Incident.id).where(Incident.next_escalation_at.is_not(None)).limit(1)
            )
        if pending is None and waiting is None:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the engine did not come to rest")


async def _check_the_promise(workspace: Any, core: Core) -> None:
    async with core.reading(Actor.system()) as tx:
        incidents = list(await tx.db.scalars(select(Incident)))
        deliveries = list(await tx.db.scalars(select(Delivery)))
        trail = list(await tx.db.scalars(select(AuditEvent).order_by(AuditEvent.sequence)))
    assert len(incidents) >= INCIDENTS

    posted = Counter(
        message.metadata["event_payload"]["delivery_id"]
        for person in ("alice", "bob", "carol", "dave")
        for message in workspace.person(person).dm()
        if message.metadata
    ) + Counter(
        message.metadata["event_payload"]["delivery_id"]
        for message in workspace.channel("incidents").messages
        if message.metadata
    )
    assert [key for key, count in posted.items() if count > 1] == [], "sent twice"
    for delivery in deliveries:
        assert delivery.state in (DeliveryState.SENT, DeliveryState.SUPERSEDED)
        arrived = posted[str(delivery.id)]
        assert arrived == (delivery.state is DeliveryState.SENT), "lost, or sent though superseded"

    for incident in incidents:
        events = [event for event in trail if event.incident_id == incident.id]
        types = [event.type for event in events]
        layers = [event.data["layer"] for event in events if event.type is AuditType.LAYER_PAGED]
        assert layers == [1, 2][: len(layers)], "a layer was skipped, or fired twice"
        if AuditType.INCIDENT_ACKNOWLEDGED in types:
            after = types[types.index(AuditType.INCIDENT_ACKNOWLEDGED) :]
            assert AuditType.LAYER_PAGED not in after, "a layer fired after an acknowledgement"
            assert incident.escalation_state is EscalationState.ACKNOWLEDGED
        else:
            assert layers == [1, 2]
            assert incident.escalation_state is EscalationState.EXHAUSTED
        pages = [
            one
            for one in deliveries
            if one.incident_id == incident.id and one.kind is DeliveryKind.PAGE
        ]
        assert len(pages) == len(layers)
