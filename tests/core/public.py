"""What tests of the public side are given: components, pages, an admin."""

from uuid import UUID

from core import affected, components, people, publishing, status_pages
from core.components import ComponentDraft
from core.public_page import PublicStatusPage
from core.status_pages import StatusPageDraft
from storage.models import Component, StatusPage
from tests.engine import Engine


async def component(engine: Engine, name: str = "API", group: str | None = None) -> UUID:
    """A component of this name."""
    draft = ComponentDraft(name, None, group)
    made: Component = await engine.do("bob", components.create_component, draft)
    return made.id


async def appoint(engine: Engine, *names: str) -> None:
    """These people are admins."""
    async with engine.core.transaction(engine.system) as tx:
        await people.appoint_admins(tx, [f"{name}@example.com" for name in names])


async def page(
    engine: Engine, *component_ids: UUID, slug: str = "acme", published: bool = True
) -> UUID:
    """A status page that shows these components; Alice is an admin and makes it."""
    await appoint(engine, "alice")
    draft = StatusPageDraft(slug, f"{slug.title()} Status", component_ids, published)
    made: StatusPage = await engine.do("alice", status_pages.create_page, draft)
    return made.id


async def affect(engine: Engine, incident_id: UUID, *component_ids: UUID) -> None:
    """The incident affects these components."""
    await engine.do("bob", affected.set_components, incident_id, component_ids)


async def shown(engine: Engine, page_id: UUID) -> PublicStatusPage:
    """What the public sees of a page now."""
    found = await publishing.Publishing(engine.core).load(page_id)
    assert found is not None, "the page is published"
    return found


async def version(engine: Engine, slug: str = "acme") -> int:
    """The version of a published page."""
    return (await publishing.Publishing(engine.core).versions())[slug][1]
