"""A stage for the promise: real processes to be killed, and a Slack that misbehaves.

Real HTTP both ways, a real database; only the clock runs faster.
"""

import asyncio
import os
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
from sqlalchemy import func, select

import sandbox
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import people
from core.transaction import Actor, Core
from storage.database import Database
from storage.models import Incident
from tests.safety.judgement import until_quiet
from tests.safety.replica import Replica
from tests.safety.victim import FastClock
from tests.world import CAST, MANIFEST

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


@dataclass
class Stage:
    """A workspace, the database, and the replicas that serve it."""

    workspace: Any
    core: Core
    replicas: list[Replica]
    chance: random.Random

    @property
    def kills(self) -> int:
        return sum(one.kills for one in self.replicas)

    async def keep_killing(self, enough: asyncio.Event) -> None:
        """One of the replicas at a time, started again at once, until it is enough."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.chance.uniform(0.5, 3)):
                    await enough.wait()
                return
            one = self.chance.choice(self.replicas)
            await one.kill()
            await one.start()

    async def declare(self, incidents: int, *, rest_seconds: float = 60) -> None:
        """Have so many incidents declared while replicas are killed; then let all come to rest."""
        enough = asyncio.Event()
        async with asyncio.TaskGroup() as all_of_them:
            # Told to end, not cancelled: half a kill would leave a process that nobody has.
            all_of_them.create_task(self.keep_killing(enough))
            await asyncio.gather(
                *(self._declare_and_sometimes_acknowledge(one.name, incidents) for one in DECLARERS)
            )
            enough.set()
        for one in self.replicas:
            await one.kill()
        self.workspace.faults.clear()
        for one in self.replicas:
            await one.start()
        await until_quiet(self.core, seconds=rest_seconds)

    async def _declare_and_sometimes_acknowledge(self, who: str, incidents: int) -> None:
        """One person goes on until there are enough incidents; what fails is tried again."""
        declarer, bob = self.workspace.person(who), self.workspace.person("bob")
        while (number := await _committed(self.core)) < incidents:
            answer = await declarer.command("/incident new The checkout is down", channel="general")
            if answer.view is None or not (await declarer.submit(answer.view)).ok:
                await asyncio.sleep(0.1)  # nobody is there just now
                continue
            if self.chance.random() < 0.3:
                await asyncio.sleep(self.chance.uniform(0, 1.5))
                await bob.command(f"/incident ack {number}", channel="general")


@asynccontextmanager
async def staged(database_url: str, *, seed: int, replicas: int = 1) -> AsyncIterator[Stage]:
    """Everything running, Slack in trouble from the start."""
    chance = random.Random(seed)
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
    async with workspace.serve() as url:
        database = Database(database_url)
        core = Core(database, clock)
        organization = await people.ensure_organization(
            core, slack_team_id=workspace.team_id, name="Acme"
        )
        await apply(core, Actor.system(organization.id), read_blueprint(BLUEPRINT))
        ports = [free_port() for _ in range(replicas)]
        running = [
            Replica(
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
            for port in ports
        ]
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
        for one in running:
            await one.start()
        try:
            async with aiohttp.ClientSession() as session:
                workspace.deliver_with(_balanced(session, ports, chance))
                yield Stage(workspace, core, running, chance)
        finally:
            for one in running:
                await one.end()
            await database.dispose()


def _balanced(
    session: aiohttp.ClientSession, ports: list[int], chance: random.Random
) -> sandbox.Deliver:
    """A load balancer: any replica, and another one if nobody listens there."""

    async def deliver(headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        for port in chance.sample(ports, len(ports)):
            with suppress(aiohttp.ClientConnectorError):
                address = f"http://127.0.0.1:{port}/slack/events"
                async with session.post(address, data=body, headers=headers) as answer:
                    return answer.status, dict(answer.headers), await answer.read()
        return 502, {}, b""

    return deliver


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _committed(core: Core) -> int:
    async with core.reading(Actor.system()) as tx:
        return await tx.db.scalar(select(func.count()).select_from(Incident)) or 0
