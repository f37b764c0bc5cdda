"""Affected components: said when it is declared or later, and what that publishes at once."""

from core import affected, components
from storage.vocabulary import ComponentStatus
from tests.stories.public import a_page, a_public_incident
from tests.world import World


async def the_names(world: World) -> list[str]:
    async with world.tocsin.core.reading(world.system) as tx:
        return [one.name for one in await affected.of(tx, await world.incident())]


async def the_status(world: World, name: str) -> ComponentStatus:
    async with world.tocsin.core.reading(world.system) as tx:
        return (await components.find_component(tx, name)).status


async def test_declaring_says_what_is_affected_and_who_reads_of_it(world: World) -> None:
    api, _ = await a_page(world, "API", "Web")
    view = (await world.alice.command("/incident new Checkout is down")).view
    before = view.plain
    await world.alice.fill(view, {"components": [str(api)], "schedule": "Payments"})
    told = world.alice.modal.plain
    submission = await world.alice.submit(world.alice.modal)
    await world.settle()

    assert "Anybody reads" not in before
    assert "Anybody reads its title, severity and status on “Acme Status” at once." in told
    assert submission.ok
    assert await the_names(world) == ["API"]
    assert await the_status(world, "API") is ComponentStatus.PARTIAL_OUTAGE
    assert "Affects: API" in world.bob.dm()[0].plain
    assert "Affects: API" in world.alerts.messages[0].plain


async def test_where_there_is_no_component_none_is_asked_for(world: World) -> None:
    view = (await world.alice.command("/incident new")).view
    assert "Affected components" not in view.fields


async def test_they_are_changed_in_the_incidents_view_which_shows_it(world: World) -> None:
    await a_page(world, "API", "Web")
    await world.declare(world.alice, "Checkout is down")
    view = (await world.bob.click("View", on=world.bob.dm()[0])).view
    form = (await world.bob.click("Components", on=view)).view
    async with world.tocsin.core.reading(world.system) as tx:
        web = await components.find_component(tx, "Web")
    await world.bob.fill(form, {"components": [str(web.id)]})
    await world.bob.submit(world.bob.modal)
    await world.settle()

    assert await the_names(world) == ["Web"]
    assert "Affects: Web" in world.bob.modal.plain, "what lies below shows it"
    assert "Affects: Web" in world.bob.dm()[0].plain


async def test_they_are_named_by_the_number_of_the_incident(world: World) -> None:
    made = await a_public_incident(world)
    view = (await world.bob.command("/incident components #1")).view
    assert "Components of #1" in view.plain
    assert "Anybody reads its title, severity and status on “Acme Status”" in view.plain
    ((_, held),) = view.values["components"].items()
    assert [one["value"] for one in held["selected_options"]] == [str(one) for one in made]


async def test_what_is_taken_away_leaves_the_page(world: World) -> None:
    await a_public_incident(world)
    view = (await world.bob.click("View", on=world.bob.dm()[0])).view
    form = (await world.bob.click("Components", on=view)).view
    await world.bob.fill(form, {"components": []})
    await world.bob.submit(world.bob.modal)
    await world.settle()

    assert await the_names(world) == []
    assert await the_status(world, "API") is ComponentStatus.OPERATIONAL


async def test_of_what_is_resolved_nothing_is_offered(world: World) -> None:
    await a_public_incident(world)
    await world.bob.command("/incident resolve 1")
    await world.bob.submit(world.bob.modal)
    view = (await world.bob.command("/incident timeline 1")).view
    assert "Components" not in view.buttons
