"""What forms ask of core: nobody's change is undone, and what the public would read is foreseen."""

import pytest

from core import amending, component_facts, components, status_page_facts, status_pages, updates
from core.components import ComponentDraft
from core.errors import ChangedMeanwhile, Forbidden, NameConflict
from core.status_page_facts import ShownIncident
from core.status_pages import StatusPageDraft
from storage.vocabulary import ComponentStatus
from tests.core import public
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later

MAJOR = ComponentStatus.MAJOR_OUTAGE


async def test_a_component_that_somebody_else_changed_is_not_changed_back(engine: Engine) -> None:
    id = await public.component(engine)
    seen = amending.component_seen(ComponentDraft("API"))
    wanted = ComponentDraft("Public API")
    change = amending.change_component
    assert (await engine.do("bob", change, id, wanted, as_seen=seen)).name == "Public API"
    again = await engine.do("carol", change, id, wanted, as_seen=seen)
    assert again.name == "Public API", "what it is already is no conflict"
    with pytest.raises(ChangedMeanwhile):
        await engine.do("carol", change, id, ComponentDraft("API 2"), as_seen=seen)


async def test_two_admins_do_not_overrule_each_other_unseen(engine: Engine) -> None:
    await public.appoint(engine, "alice", "carol")
    id = await public.component(engine)
    act = amending.override_status
    with pytest.raises(Forbidden):
        await engine.do("bob", act, id, MAJOR, as_seen="")
    assert (await engine.do("alice", act, id, MAJOR, as_seen="")).status is MAJOR
    await engine.do("carol", act, id, MAJOR, as_seen="")
    with pytest.raises(ChangedMeanwhile):
        await engine.do("carol", act, id, None, as_seen="")
    assert (await engine.do("carol", act, id, None, as_seen="major_outage")).status_override is None


async def test_a_page_is_published_as_it_was_seen(engine: Engine) -> None:
    id = await public.page(engine, published=False)
    seen = amending.page_seen(StatusPageDraft("acme", "Acme Status"))
    publish = amending.publish_page
    with pytest.raises(Forbidden):
        await engine.do("bob", publish, id, published=True, as_seen=seen)
    api = await public.component(engine)
    await engine.do(
        "alice", status_pages.change_page, id, StatusPageDraft("acme", "Acme Status", (api,))
    )
    with pytest.raises(ChangedMeanwhile):
        await engine.do("alice", publish, id, published=True, as_seen=seen)
    seen = amending.page_seen(StatusPageDraft("acme", "Acme Status", (api,)))
    assert (await engine.do("alice", publish, id, published=True, as_seen=seen)).published
    with pytest.raises(ChangedMeanwhile):
        await engine.do(
            "alice",
            amending.change_page,
            id,
            StatusPageDraft("acme", "X", (api,), True),
            as_seen=seen,
        )


async def test_exposure_names_what_becomes_public(engine: Engine) -> None:
    api, web, mail = [await public.component(engine, name) for name in ("API", "Web", "Mail")]
    first, second, over, other = [await engine.declare() for _ in range(4)]
    for incident, *tags in ((first, api), (second, api, web), (over, web), (other, mail)):
        await public.affect(engine, incident.id, *tags)
    await engine.do("bob", updates.resolve, over.id)
    await public.page(engine, web)
    async with engine.core.reading(engine.system) as tx:
        found = await status_page_facts.exposure(tx, [web, api])
        assert await status_page_facts.exposure(tx, []) == status_page_facts.Exposure((), (), 0)
    assert found.components == ("Web", "API")
    assert found.incidents == (
        ShownIncident(2, second.title, True),
        ShownIncident(1, first.title, False),
    )
    assert found.resolved == 1


async def test_why_a_component_is_as_it_is(engine: Engine) -> None:
    await public.appoint(engine, "alice")
    api = await public.component(engine, "API", "Core")
    incident = await engine.declare()
    await public.affect(engine, incident.id, api)
    await public.page(engine, api, published=False)
    await engine.do("alice", components.override_status, api, ComponentStatus.MAINTENANCE)
    async with engine.core.reading(engine.actor("bob")) as tx:
        found = await component_facts.of(tx, api)
        (line,) = await component_facts.lines(tx)
        assert await component_facts.groups_in_use(tx) == ["Core"]
    assert (found.status, found.by_incidents) == (ComponentStatus.MAINTENANCE, MAJOR)
    assert [one.number for one in found.incidents] == [1]
    assert [(one.title, one.published) for one in found.pages] == [("Acme Status", False)]
    assert not found.may_override
    assert (line.status, line.is_override) == (ComponentStatus.MAINTENANCE, True)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Acme Status", "acme-status"),
        ("  Ünïcode & Söhne! ", "unicode-sohne"),
        ("支付", "status"),
        ("", "status"),
        ("x" * 100, "x" * 63),
    ],
)
def test_a_title_suggests_an_address(title: str, slug: str) -> None:
    assert status_page_facts.slug_of(title) == slug


async def test_an_address_that_is_taken_is_numbered(engine: Engine) -> None:
    await public.page(engine, slug="acme")
    await public.page(engine, slug="acme-2")
    await public.page(engine, slug="y" * 63)
    async with engine.core.reading(engine.system) as tx:
        assert await status_page_facts.free_slug(tx, "Acme") == "acme-3"
        assert await status_page_facts.free_slug(tx, "y" * 80) == "y" * 59 + "-2"
        assert await status_page_facts.free_slug(tx, "New") == "new"
    with pytest.raises(NameConflict):
        await public.page(engine, slug="acme")
