"""The house that the doors lead into: what there is in it, and whether anything in it changed.

It is built once for each database. Every test makes what it is about anew, by core, so
that none of them minds what another has left behind.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select

from core import (
    affected,
    components,
    declaring,
    incidents,
    overrides,
    people,
    policies,
    scheduling,
    status_pages,
    updates,
)
from core.components import ComponentDraft
from core.covering import OverrideDraft
from core.errors import DomainError
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import ScheduleDraft
from core.status_pages import StatusPageDraft
from storage.models import AuditEvent
from storage.vocabulary import ActorKind, Role, Severity
from tests.rows import Rows, every_row
from tests.surfaces.dashboard_door import DashboardDoor
from tests.surfaces.doors import Door, Refusal
from tests.surfaces.mcp_door import McpDoor
from tests.surfaces.rest_door import RestDoor
from tests.surfaces.slack_door import SlackDoor
from tests.world import World, running_world, web_client

MEMBERS = ("alice", "bob", "carol", "dave")

LOOKED = {
    "members": {"slack_checked_at", "slack_dm_id"},
    "api_keys": {"last_used_at"},
    "organizations": {"link_key"},
    "dashboard_sessions": {"seen_at"},
}
"""What becomes another by looking, and asks for nothing."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")

SOME_ID = "(an id)"


@dataclass
class Still:
    """What has to stay as it is; `but` is told of what somebody else changes meanwhile."""

    house: "House"
    rows: Rows = field(default_factory=dict)

    async def look(self) -> None:
        self.rows = await self.house.rows()

    def but(self, act: Any, *args: Any, **given: Any) -> Any:
        """Does this, and counts from then on."""

        async def done() -> None:
            await self.house.do(act, *args, **given)
            await self.house.world.settle()
            await self.look()

        return done


@dataclass
class House:
    """A running product, the door one comes by, and the cast in it: Alice is an admin."""

    world: World
    doors: dict[str, Door]
    door: Door
    members: dict[str, UUID]
    count: int = 0

    def enter_by(self, name: str) -> None:
        """From now on everybody comes by the door of this name."""
        self.door = self.doors[name]

    def told(self, error: type[DomainError], sentence: str | None = None) -> Refusal:
        """A refusal of core's as this door tells it; the class's own sentence unless said."""
        code = error.code if self.door.tells_codes else None
        return Refusal(sentence or error().message, code)

    async def do(self, act: Any, *args: Any, **given: Any) -> Any:
        """Something that core does for nobody's sake."""
        async with self.world.tocsin.core.transaction(self.world.system) as tx:
            return await act(tx, *args, **given)

    async def rows(self) -> Rows:
        return await every_row(self.world.tocsin.core, but=LOOKED)

    @asynccontextmanager
    async def unchanged(self) -> AsyncIterator[Still]:
        """Whatever is asked in the block, nothing in the database is another afterwards."""
        await self.world.settle()
        still = Still(self)
        await still.look()
        yield still
        await self.world.settle()
        assert await self.rows() == still.rows

    @asynccontextmanager
    async def trail_of(self, who: str) -> AsyncIterator[list[tuple[str, Any]]]:
        """What somebody does in the block, as the trail tells of it, names and ids aside.

        Each by this door's kind of actor, under the name that they have there.
        """
        before = len(await self._events())
        found: list[tuple[str, Any]] = []
        yield found
        await self.world.settle()
        for one in (await self._events())[before:]:
            if one.actor_kind is ActorKind.SYSTEM:
                continue  # what Tocsin did of itself: a page that has gone out
            actor = (one.actor_kind, one.surface, one.actor_name)
            assert actor == (self.door.kind, self.door.surface, self.door.name_of(who))
            found.append((one.type.value, self._likened(one.data, one)))

    async def _events(self) -> Sequence[AuditEvent]:
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            found = await tx.db.scalars(select(AuditEvent).order_by(AuditEvent.sequence))
            return found.all()

    def _likened(self, data: Any, event: AuditEvent) -> Any:
        """The data with people by their names in the cast, and any other id as one like another."""
        if isinstance(data, dict):
            return {name: self._likened(one, event) for name, one in data.items()}
        if isinstance(data, list):
            return [self._likened(one, event) for one in data]
        if not isinstance(data, str):
            return data
        if data in (str(event.actor_id), event.actor_name):
            return "(who did it)"
        people = {str(id): name for name, id in self.members.items()}
        return people.get(data) or (SOME_ID if _ID.fullmatch(data) else data)

    # What tests are about, made anew: each with a name of its own.

    def name(self, what: str) -> str:
        """A name that nothing has yet."""
        self.count += 1
        return f"{what} {self.count}"

    def after(self, **amount: float) -> datetime:
        """An instant ahead."""
        return self.world.clock.at + timedelta(**amount)

    async def incident(
        self, *, owner: str = "bob", shown: Sequence[UUID] = (), policy: UUID | None = None
    ) -> UUID:
        """An open incident of this owner's, whom it has paged."""
        made = await self.do(
            declaring.open_incident,
            title=self.name("Trouble"),
            severity=Severity.HIGH,
            owner_id=self.members[owner],
            component_ids=shown,
            escalation_policy_id=policy,
        )
        await self.world.settle()
        return UUID(str(made.id))

    async def resolved(self) -> UUID:
        """An incident that is over."""
        made = await self.incident()
        await self.do(updates.resolve, made)
        await self.world.settle()
        return made

    async def component(self, name: str | None = None) -> UUID:
        made = await self.do(
            components.create_component, ComponentDraft(name or self.name("Component"))
        )
        return UUID(str(made.id))

    async def page(self, *shown: UUID, slug: str | None = None, published: bool = False) -> UUID:
        slug = slug or self.name("page").replace(" ", "-")
        draft = StatusPageDraft(slug, f"Title of {slug}", shown, published)
        return UUID(str((await self.do(status_pages.create_page, draft)).id))

    async def schedule(self, name: str | None = None) -> UUID:
        draft = ScheduleDraft(name or self.name("Schedule"), "Europe/Berlin", None, ())
        return UUID(str((await self.do(scheduling.create_schedule, draft)).id))

    async def policy(self, name: str | None = None, *, schedule: UUID | None = None) -> UUID:
        layers = (EscalationLayerDraft(5, schedule),) if schedule else ()
        draft = PolicyDraft(name or self.name("Policy"), None, layers)
        return UUID(str((await self.do(policies.create_policy, draft)).id))

    async def override(self, schedule: UUID, who: str, start: datetime, end: datetime) -> UUID:
        draft = OverrideDraft(self.members[who], start, end)
        made = await self.do(overrides.create, schedule, draft)
        return UUID(str(made.id))

    async def the_override(self, schedule: UUID) -> UUID:
        """The only one that there is."""
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            (found,) = await overrides.list_overrides(tx, schedule)
        return found.id

    async def member(self, email: str) -> UUID:
        """Who has this address."""
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            found = await people.find_by_email(tx, email)
        assert found
        return found.id

    async def affect(self, incident: UUID, *shown: UUID) -> None:
        await self.do(affected.set_components, incident, shown)

    async def number(self, incident: UUID) -> int:
        """What people call an incident by."""
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            return (await incidents.get(tx, incident)).number


@asynccontextmanager
async def running_house(database_url: str) -> AsyncIterator[House]:
    """The product with the cast in it, known by all who come."""
    async with running_world(database_url) as world, web_client(world.tocsin) as web:
        for who in MEMBERS:
            await getattr(world, who).command("/incident help")
        async with world.tocsin.core.reading(world.system) as tx:
            every = {one.email: one.id for one in await people.members(tx)}
        members = {who: every[f"{who}@example.com"] for who in MEMBERS}
        slack, rest, mcp = SlackDoor(world), RestDoor(world, web, members), McpDoor(world, web)
        dashboard = DashboardDoor(world)
        for who in MEMBERS:
            for programs in (rest, mcp):
                await programs.enter(who, Role.ADMIN if who == "alice" else Role.MEMBER)
            await dashboard.enter(who)
        doors = {"slack": slack, "rest": rest, "mcp": mcp, "dashboard": dashboard}
        every_door = cast(dict[str, Door], doors)  # no test asks one for what it lacks
        house = House(world, every_door, every_door["slack"], members)
        await house.incident(owner="dave")  # a card in the alerts channel whose buttons stay
        yield house
        await dashboard.leave()
        assert world.slack.faulty_payloads == []
