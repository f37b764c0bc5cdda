"""Stories of the public side: the page and incident they begin with, the form they publish by."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import affected, components, people, status_pages
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
from storage.models import IncidentUpdate
from storage.vocabulary import Status, Visibility
from tests.world import World


async def a_page(world: World, *names: str, title: str = "Acme Status") -> list[UUID]:
    """A published page that shows components of these names; Alice is an admin."""
    core = world.tocsin.core
    async with core.transaction(world.system) as tx:
        await people.appoint_admins(tx, ["alice@example.com"])
        made = [
            (await components.create_component(tx, ComponentDraft(name))).id
            for name in names or ("API",)
        ]
        slug = title.partition(" ")[0].lower()
        await status_pages.create_page(tx, StatusPageDraft(slug, title, tuple(made), True))
    return made


async def affect(world: World, *component_ids: UUID, number: int = 1) -> None:
    """The incident affects these components."""
    incident = await world.incident(number)
    async with world.tocsin.core.transaction(world.system) as tx:
        await affected.set_components(tx, incident.id, component_ids)
    await world.settle()


async def a_public_incident(world: World, title: str = "Checkout is down") -> list[UUID]:
    """An incident that the page shows."""
    made = await a_page(world)
    await world.declare(world.alice, title)
    await affect(world, *made)
    return made


def label(view: Any) -> str:
    """What the button says that submits it."""
    return str(view.source["submit"]["text"])


async def the_form(world: World, **filled: Any) -> Any:
    """The form of an update as Bob opens it, and what he puts in."""
    view = (await world.bob.command("/incident update 1")).view
    if "status" in filled:
        filled["Status"] = filled.pop("status")
    await world.bob.fill(view, filled)
    return world.bob.modal


async def the_updates(world: World) -> list[tuple[str | None, Visibility, Status | None]]:
    """Every update there is: its text, who may read it, and its step."""
    async with world.tocsin.core.reading(world.system) as tx:
        found = await tx.db.scalars(select(IncidentUpdate).order_by(IncidentUpdate.sequence))
        return [(one.body, one.visibility, one.status_change) for one in found]
