"""What stories of the public side begin with: components, a page, an incident that it shows."""

from uuid import UUID

from core import affected, components, people, status_pages
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
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
