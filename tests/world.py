"""A world for stories: the whole product, a Slack workspace with the cast in it, and a clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

import app
import sandbox
from assembly.runtime import Tocsin
from assembly.settings import Settings
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import audit, claims, escalation, incidents, people
from core.transaction import Actor
from storage.models import AuditEvent, Incident
from storage.vocabulary import AuditType
from tests import settled
from tests.cast import BLUEPRINT, StoryClock, rest

MANIFEST = YAML(typ="safe").load(Path(__file__).parent.parent / "manifest.yml")
SIGNING_SECRET = "a-secret-of-the-tests"

CAST = (
    sandbox.Person("alice", "Alice Martin", "alice@example.com", tz="Europe/Berlin"),
    sandbox.Person("bob", "Bob Okafor", "bob@example.com", tz="Europe/Berlin"),
    sandbox.Person("carol", "Carol Jansen", "carol@example.com", tz="America/New_York"),
    sandbox.Person("dave", "Dave Lindqvist", "dave@example.com", tz="Asia/Tokyo"),
    sandbox.Person("gail", "Gail Guest", "gail@example.com", kind="guest"),
    sandbox.Person("mallory", "Mallory Stranger", "mallory@other.example", kind="stranger"),
)


@dataclass
class World:
    """The product, the workspace, and the cast by name."""

    tocsin: Tocsin
    slack: sandbox.Workspace
    clock: StoryClock
    organization_id: Any

    def __getattr__(self, name: str) -> Any:
        if name in {person.name for person in CAST}:
            return self.slack.person(name)
        raise AttributeError(name)

    @property
    def alerts(self) -> Any:
        """The alerts channel."""
        return self.slack.channel("incidents")

    @property
    def system(self) -> Actor:
        return Actor.system(self.organization_id)

    async def settle(self) -> None:
        """Everything that is due has happened, and Slack has seen it."""
        await self.tocsin.answering.finish()
        await self.tocsin.worker.settle()
        while await rest(self.tocsin.core, self.clock):
            await self.tocsin.worker.settle()

    async def pass_time(self, **amount: float) -> None:
        """Time passes, and stops at each instant at which something is due."""
        end = self.clock.at + timedelta(**amount)
        while True:
            await self.settle()
            async with self.tocsin.core.reading(self.system) as tx:
                due = [
                    await escalation.earliest_due(tx),
                    await claims.earliest_due(tx, self.organization_id),
                ]
            ahead = [one for one in due if one and self.clock.at < one <= end]
            if not ahead:
                break
            self.clock.at = min(ahead)
        self.clock.at = end
        await self.settle()

    async def declare(
        self,
        person: Any,
        title: str = "Checkout is down",
        severity: str = "critical",
        **fields: Any,
    ) -> None:
        """Somebody declares through the modal; the schedule is the only one there is."""
        answer = await person.command("/incident")
        await person.fill(answer.view, {"Title": title, "Severity": severity, **fields})
        submission = await person.submit(answer.view)
        assert submission.ok, submission.errors
        await self.settle()

    async def incident(self, number: int = 1) -> Incident:
        async with self.tocsin.core.reading(self.system) as tx:
            return await incidents.find(tx, number)

    async def trail(self, number: int = 1) -> list[AuditEvent]:
        async with self.tocsin.core.reading(self.system) as tx:
            found = await incidents.find(tx, number)
            return list(await audit.trail(tx, found.id))

    async def types(self, number: int = 1) -> list[AuditType]:
        return [event.type for event in await self.trail(number)]


@asynccontextmanager
async def running_world(
    database_url: str,
    *,
    blueprint: str = BLUEPRINT,
    deadline: float = 30,  # a stall of the machine is not what most stories are about
    clock: StoryClock | None = None,
    mail_timeout: float = 12,
    **more_settings: Any,
) -> AsyncIterator[World]:
    """The product beside its workspace, set up by a blueprint, connected and quiet."""
    clock = clock or StoryClock()
    setup = await settled.begin(database_url, ("world", blueprint, clock.at))
    slack = sandbox.Workspace(
        name="Acme",
        people=CAST,
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=MANIFEST,
        bot_token="xoxb-tests",
        app_token="xapp-tests",
        signing_secret=SIGNING_SECRET,
        clock=lambda: clock.now().timestamp(),
    )
    async with slack.serve() as url:
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            slack_bot_token="xoxb-tests",
            slack_signing_secret=SIGNING_SECRET,
            slack_api_url=f"{url}/api/",
            **more_settings,
        )
        tocsin = app.build(settings, clock=clock, deadline=deadline, mail_timeout=mail_timeout)
        try:
            organization_id = await tocsin.workspace.connect()
            if blueprint and not setup.is_done:
                await apply(tocsin.core, Actor.system(organization_id), read_blueprint(blueprint))
                await setup.done()
            await tocsin.connect()
            async with web_client(tocsin) as web:
                slack.deliver_with(_deliver(web))
                world = World(tocsin, slack, clock, organization_id)
                await world.settle()
                yield world
        finally:
            await tocsin.stop()


@asynccontextmanager
async def started_again(world: World, **settings: Any) -> AsyncIterator[World]:
    """The process ends, and another starts with other settings, in the same workspace."""
    await world.tocsin.stop()
    changed = world.tocsin.settings.model_copy(update=settings)
    tocsin = app.build(changed, clock=world.clock)
    try:
        await tocsin.connect()
        async with web_client(tocsin) as web:
            world.slack.deliver_with(_deliver(web))
            yield World(tocsin, world.slack, world.clock, world.organization_id)
    finally:
        await tocsin.stop()


def typed(view: Any, block_id: str) -> str:
    """What stands in a text field of a modal, as its reader sees it."""
    (state,) = view.values[block_id].values()
    return str(state["value"])


def web_client(tocsin: Tocsin) -> httpx.AsyncClient:
    """Requests to the product's own HTTP application, in process."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=tocsin.http), base_url="http://tocsin.test"
    )


def _deliver(web: httpx.AsyncClient) -> Any:
    async def deliver(
        headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        answer = await web.post("/slack/events", headers=dict(headers), content=body)
        return answer.status_code, answer.headers, answer.content

    return deliver


__all__ = ["CAST", "MANIFEST", "SIGNING_SECRET", "StoryClock", "World", "people", "running_world"]
