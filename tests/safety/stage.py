"""A stage for the promise: real processes to be killed, and a Slack that misbehaves.

Real HTTP both ways, a real database; only the clock runs faster: 30 times, or as often as
TOCSIN_STAGE_SPEED says. At 1 it is the product's own, with its own patience with Slack.
"""

import asyncio
import os
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from sqlalchemy import func, select

import sandbox
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import incidents, people
from core.claims import LEASE
from core.errors import Unavailable
from core.transaction import Actor, Core
from storage.database import Database
from storage.models import Incident
from tests.safety.judgement import until_quiet
from tests.safety.replica import Replica
from tests.safety.trouble import trouble
from tests.safety.victim import SPEED, FastClock
from tests.world import CAST, MANIFEST

SLACK_TIMEOUT = min(15 / SPEED, 10)
A_FORM_WITHIN = 60 + 5 * LEASE.total_seconds() / SPEED
"""Real seconds: the only process may stand still for one and a half leases, three times, and in the
moments between be busy with those who gave it up meanwhile."""
SECRET = "a-secret-of-the-tests"
APP_TOKEN = "xapp-tests"
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


@dataclass
class Stage:
    """A workspace, the database, and the replicas that serve it."""

    workspace: Any
    core: Core
    system: Actor
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
                *(self.declare_and_sometimes_acknowledge(one.name, incidents) for one in DECLARERS)
            )
            enough.set()
        for one in self.replicas:
            await one.kill()
        self.workspace.faults.clear()
        for one in self.replicas:
            await one.start()
        await until_quiet(self.core, seconds=rest_seconds)

    async def declare_one(self) -> None:
        """One incident, as soon as somebody is there to take it."""
        declarer = self.workspace.person(DECLARERS[0].name)
        assert (await declarer.submit(await self.open_form(declarer, "The till"))).ok

    async def open_form(self, person: Any, title: str) -> Any:
        """The form in which somebody declares an incident, filled in; asked for until it is there.

        While a process is slow, or killed, it may be no form yet that opens.
        """
        async with asyncio.timeout(A_FORM_WITHIN):
            while True:
                answer = await person.command(f"/incident new {title}", channel="general")
                view = answer.view
                if view is not None:
                    with suppress(TimeoutError):
                        return await self.workspace.until(partial(_form_in, view), timeout=1)
                await asyncio.sleep(0.1)

    async def acknowledge(self, number: int) -> None:
        """Bob does, in Slack, as soon as somebody is there to take it."""
        bob = self.workspace.person("bob")
        async with asyncio.timeout(30):
            while True:
                await bob.command(f"/incident ack {number}", channel="general")
                async with self.core.reading(self.system) as tx:
                    if (await incidents.find(tx, number)).acknowledged_at:
                        return
                await asyncio.sleep(0.05)

    async def declare_and_sometimes_acknowledge(self, who: str, count: int) -> None:
        """One person goes on until there are enough incidents; what fails is tried again."""
        declarer, bob = self.workspace.person(who), self.workspace.person("bob")
        while (number := await _committed(self.core)) < count:
            form = await self.open_form(declarer, "The checkout is down")
            if not (await declarer.submit(form)).ok:
                await asyncio.sleep(0.1)  # nobody is there just now
                continue
            if self.chance.random() < 0.3:
                await asyncio.sleep(self.chance.uniform(0, 1.5))
                await bob.command(f"/incident ack {number}", channel="general")


@asynccontextmanager
async def staged(
    database_url: str,
    *,
    seed: int,
    replicas: int = 1,
    running: int | None = None,
    in_trouble: bool = True,
    slack_timeout: float = SLACK_TIMEOUT,
    by_socket: bool = False,
) -> AsyncIterator[Stage]:
    """Everything running, or the first so many replicas; Slack in trouble from the start."""
    chance = random.Random(seed)
    origin = time.time()
    clock = FastClock(origin, SPEED)
    workspace = sandbox.Workspace(
        name="Acme",
        people=[*CAST, *DECLARERS],
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=MANIFEST,
        bot_token="xoxb-tests",
        app_token=APP_TOKEN,
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
        system = Actor.system(organization.id)
        await apply(core, system, read_blueprint(BLUEPRINT))
        every = [
            Replica(
                {
                    **os.environ,
                    "DATABASE_URL": database_url,
                    "SLACK_BOT_TOKEN": "xoxb-tests",
                    "SLACK_SIGNING_SECRET": SECRET,
                    "SLACK_APP_TOKEN": APP_TOKEN if by_socket else "",
                    "SLACK_API_URL": f"{url}/api/",
                    "HOST": "127.0.0.1",
                    "PORT": str(free_port()),
                    "VICTIM_ORIGIN": str(origin),
                    "VICTIM_SLACK_TIMEOUT": str(slack_timeout),
                }
            )
            for _ in range(replicas)
        ]
        if in_trouble:
            workspace.faults.add(*trouble())
        for one in every[:running]:
            await one.start()
        try:
            async with aiohttp.ClientSession() as session:
                if not by_socket:
                    workspace.deliver_with(_balanced(session, every, chance))
                yield Stage(workspace, core, system, every, chance)
        finally:
            for one in every:
                await one.end()
            await database.dispose()


def _form_in(view: Any) -> Any:
    return view if view.source.get("submit") else None


def _balanced(
    session: aiohttp.ClientSession, replicas: list[Replica], chance: random.Random
) -> sandbox.Deliver:
    """A load balancer: any replica, and another one if nobody listens there."""

    async def deliver(headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        in_rotation = [one for one in replicas if one.in_rotation]
        for one in chance.sample(in_rotation, len(in_rotation)):
            with suppress(aiohttp.ClientConnectorError):
                address = f"{one.url}/slack/events"
                async with session.post(address, data=body, headers=headers) as answer:
                    return answer.status, dict(answer.headers), await answer.read()
        return 502, {}, b""

    return deliver


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _committed(core: Core) -> int:
    while True:
        with suppress(Unavailable):
            async with core.reading(Actor.system()) as tx:
                return await tx.db.scalar(select(func.count()).select_from(Incident)) or 0
        await asyncio.sleep(0.1)
