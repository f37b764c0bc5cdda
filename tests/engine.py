"""The engine alone: core, worker and clock, with a sender that remembers what it was handed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core import (
    audit,
    claims,
    declaring,
    escalation,
    incidents,
    pacing,
    people,
    policies,
    schedules,
    scheduling,
)
from core.messages import Page
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft
from core.sending import DeliveryFailed, Outgoing
from core.transaction import Actor, Core
from core.worker import Worker
from storage.database import Database
from storage.models import (
    AuditEvent,
    Delivery,
    Incident,
    Member,
    Organization,
)
from storage.vocabulary import AuditType, Channel, DeliveryKind, RotationType, Severity, Surface
from tests import settled
from tests.cast import NOON, StoryClock, rest


@dataclass
class Post:
    """A message that the recording sender was handed."""

    outgoing: Outgoing
    edits: list[Outgoing] = field(default_factory=list)

    @property
    def name(self) -> str | None:
        return self.outgoing.person.name if self.outgoing.person else None

    @property
    def kind(self) -> str:
        return self.outgoing.message.type


class RecordingSender:
    """Takes everything, or fails as it is told: `fail` may raise before or after acting."""

    def __init__(self) -> None:
        self.posts: dict[str, Post] = {}
        self.duplicates: list[Outgoing] = []
        self.before: Callable[[str, Outgoing], None] = lambda _verb, _outgoing: None
        self.after: Callable[[str, Outgoing], None] = lambda _verb, _outgoing: None
        self.looked_up = 0
        self.asks_where = False

    async def aim(self, outgoing: Outgoing) -> bool:
        if self.asks_where:
            self.before("aim", outgoing)
        return self.asks_where

    async def send(self, outgoing: Outgoing) -> dict[str, str]:
        self.before("send", outgoing)
        for part in outgoing.parts:
            key = str(part.delivery_id)
            if key in self.posts:
                self.duplicates.append(outgoing)
            self.posts[key] = Post(outgoing)
        self.after("send", outgoing)
        return {"id": str(outgoing.delivery_id)}

    async def edit(self, outgoing: Outgoing) -> None:
        self.before("edit", outgoing)
        for part in outgoing.parts:
            self.posts[str(part.delivery_id)].edits.append(outgoing)

    async def find(self, outgoing: Outgoing) -> dict[str, str] | None:
        self.before("find", outgoing)
        self.looked_up += 1
        key = str(outgoing.delivery_id)
        return {"id": key} if key in self.posts else None

    def pages(self) -> list[tuple[str | None, int | None]]:
        """Who was paged for which layer, in order."""
        return [
            (post.name, post.outgoing.message.layer)
            for post in self.posts.values()
            if isinstance(post.outgoing.message, Page)
        ]

    def kinds(self) -> list[str]:
        return [post.kind for post in self.posts.values()]


@dataclass
class Engine:
    """Core and worker on a database, the cast as members, and a policy of two layers."""

    core: Core
    worker: Worker
    sender: RecordingSender
    clock: StoryClock
    organization_id: UUID
    cast: dict[str, Member]
    schedule_id: UUID
    policy_id: UUID

    def actor(self, name: str) -> Actor:
        return people.actor_of(self.cast[name], Surface.SLACK)

    @property
    def system(self) -> Actor:
        return Actor.system(self.organization_id)

    async def declare(self, by: str = "alice", **given: Any) -> Incident:
        given = {
            "title": "Checkout is down",
            "severity": Severity.CRITICAL,
            "owner_schedule_id": self.schedule_id,
            **given,
        }
        async with self.core.transaction(self.actor(by)) as tx:
            return await declaring.open_incident(tx, **given)

    async def do(self, by: str, act: Callable[..., Any], *args: Any, **given: Any) -> Any:
        async with self.core.transaction(self.actor(by)) as tx:
            return await act(tx, *args, **given)

    async def incident(self, number: int = 1) -> Incident:
        async with self.core.reading(self.system) as tx:
            return await incidents.find(tx, number)

    async def trail(self, number: int = 1) -> list[AuditEvent]:
        async with self.core.reading(self.system) as tx:
            return list(await audit.trail(tx, (await incidents.find(tx, number)).id))

    async def types(self, number: int = 1) -> list[AuditType]:
        return [event.type for event in await self.trail(number)]

    async def deliveries(self) -> list[Delivery]:
        async with self.core.reading(self.system) as tx:
            return list(await tx.db.scalars(select(Delivery).order_by(Delivery.sequence)))

    async def have_rested(self, *, pages: int) -> None:
        """So many pages are known to be sent, and the conversations have rested since."""

        async def sent() -> int:
            every = await self.deliveries()
            return sum(one.kind is DeliveryKind.PAGE and bool(one.sent_at) for one in every)

        async with asyncio.timeout(10):
            while await sent() < pages:
                await asyncio.sleep(0.01)
        self.clock.at += pacing.REST

    async def settle(self) -> None:
        """Everything that is due has happened, and conversations have rested between pages."""
        await self.worker.settle()
        while await rest(self.core, self.clock):
            await self.worker.settle()

    async def pass_time(self, **amount: float) -> None:
        """Time passes, and stops at each instant at which something is due."""
        end = self.clock.at + timedelta(**amount)
        while True:
            await self.settle()
            async with self.core.reading(self.system) as tx:
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


@asynccontextmanager
async def running_engine(
    database_url: str, *, sender: RecordingSender | None = None
) -> AsyncIterator[Engine]:
    """An engine with Alice, Bob, Carol and Dave: Bob on call for Payments, Carol after him."""
    clock = StoryClock()
    database = Database(database_url)
    core = Core(database, clock)
    sender = sender or RecordingSender()
    worker = Worker(core, dict.fromkeys(Channel, sender))
    core.on_due = worker.due
    try:
        setup = await settled.begin(database_url, "engine")
        organization_id = await _organization(core) if setup.is_done else await _set_up(core)
        await setup.done()
        async with core.reading(Actor.system(organization_id)) as tx:
            cast = {one.name.lower(): one for one in await people.members(tx)}
            (schedule,) = await schedules.list_schedules(tx)
            (policy,) = await policies.list_policies(tx)
        worker.organization_id = organization_id
        yield Engine(core, worker, sender, clock, organization_id, cast, schedule.id, policy.id)
    finally:
        await worker.stop()  # a tick leaves deliveries under way, each with a connection
        await core.scrubbing.stop()
        await database.dispose()


async def _organization(core: Core) -> UUID:
    async with core.reading(Actor.system()) as tx:
        return (await tx.db.scalars(select(Organization.id))).one()


async def _set_up(core: Core) -> UUID:
    organization = await people.ensure_organization(
        core, slack_team_id=f"T{uuid4().hex[:8]}", name="Acme"
    )
    async with core.transaction(Actor.system(organization.id)) as tx:
        await people.set_alerts_channel(tx, "incidents")
        cast = {
            name: await people.ensure_by_email(tx, f"{name}@example.com", name=name.title())
            for name in ("alice", "bob", "carol", "dave")
        }
        schedule = await scheduling.create_schedule(tx, payments(cast["bob"].id))
        layers = (
            EscalationLayerDraft(5, schedule.id),
            EscalationLayerDraft(10, None, (cast["carol"].id,)),
        )
        await policies.create_policy(tx, PolicyDraft("Payments", None, layers))
    return organization.id


def payments(*participants: UUID) -> ScheduleDraft:
    """A weekly rotation that began on Monday."""
    return ScheduleDraft(
        "Payments",
        "Europe/Berlin",
        None,
        (
            RotationDraft(
                "Primary",
                RotationType.WEEKLY,
                7,
                NOON.time().replace(hour=9),
                NOON - timedelta(days=2),
                None,
                participants,
            ),
        ),
    )


__all__ = ["DeliveryFailed", "Engine", "RecordingSender", "payments", "running_engine"]
