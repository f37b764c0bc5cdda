"""Components managed in Slack: made, found, overridden, removed, and refused in words."""

from typing import Any

import pytest

from core import affected, components, people, status_pages
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
from storage.models import Component
from storage.vocabulary import Role
from tests.stories.managing import trail
from tests.world import World, typed


async def _component(world: World, name: str = "API") -> Component:
    async with world.tocsin.core.reading(world.system) as tx:
        return await components.find_component(tx, name)


async def _make(world: World, *names: str, group: str | None = None) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        for name in names:
            await components.create_component(tx, ComponentDraft(name, None, group))


async def _affect(world: World, *names: str, number: int = 1) -> None:
    ids = [(await _component(world, name)).id for name in names]
    incident = await world.incident(number)
    async with world.tocsin.core.transaction(world.system) as tx:
        await affected.set_components(tx, incident.id, ids)


async def _open(person: Any, name: str = "API") -> Any:
    return (await person.command(f"/incident components {name}")).view


async def test_a_component_is_made_from_nothing(world: World) -> None:
    dave = world.dave
    listed = (await dave.command("/incident components")).view
    assert "There are no components yet" in listed.plain

    form = (await dave.click("New component")).view
    await dave.fill(form, {"Name": " API ", "Group": "Core", "Description": "What you call."})
    assert (await dave.submit(form)).ok
    view = dave.modal
    assert "🟢 Operational" in view.plain
    assert "In the group Core" in view.plain
    assert "No open incident affects it." in view.plain
    assert "No status page shows it." in view.plain
    assert "API\n🟢 Operational" in dave.modals[0].plain

    form = (await dave.click("Edit")).view
    assert "In use: Core." in form.plain
    await dave.fill(form, {"Name": "Public API"})
    assert (await dave.submit(form)).ok
    assert "Public API" in dave.modal.plain
    assert "Public API" in dave.modals[0].plain
    created, changed = await trail(world, "component")
    assert (created.actor_name, created.data["after"]["name"]) == ("Dave Lindqvist", "API")
    assert changed.data["after"]["name"] == "Public API"


async def test_a_view_says_how_it_is_and_why(world: World) -> None:
    await _make(world, "API")
    await world.declare(world.bob, "Payments are slow", "high")
    await _affect(world, "API")

    listed = (await world.bob.command("/incident components")).view
    assert "🟠 Partial outage  ·  #1" in listed.plain
    view = (await world.bob.click("Open", on=listed, near="API")).view
    assert "🟠 Partial outage\n1 open incident affects it:\n🟠 #1 Payments are slow" in view.plain
    with pytest.raises(LookupError, match="no button 'Set status'"):
        await world.bob.click("Set status", on=view)

    view = await _open(world.alice)
    form = (await world.alice.click("Set status", on=view)).view
    assert "Now: 🟠 Partial outage" in form.plain
    assert "No published status page shows it." in form.plain
    await world.alice.choose("Status", "🔧 Maintenance", on=form)
    assert (await world.alice.submit(form)).ok
    assert "🔧 Maintenance\nAn admin has set this;" in world.alice.modal.plain
    assert "as the incidents say it would be 🟠 Partial outage." in world.alice.modal.plain

    form = (await world.alice.click("Set status")).view
    await world.alice.choose("Status", "As the incidents say", on=form)
    assert (await world.alice.submit(form)).ok
    assert (await _component(world)).status_override is None


async def test_only_an_admin_overrides_even_from_a_form_opened_before(world: World) -> None:
    await _make(world, "API")
    view = await _open(world.alice)
    form = (await world.alice.click("Set status", on=view)).view
    async with world.tocsin.core.transaction(world.system) as tx:
        await people.appoint_admins(tx, ["dave@example.com"])
        alice = await people.find_by_slack_user_id(tx, world.alice.id)
        assert alice
        alice.role = Role.MEMBER

    await world.alice.choose("Status", "🔴 Major outage", on=form)
    refused = await world.alice.submit(form)

    assert "is for admins" in refused.errors["Status"]
    assert (await _component(world)).status_override is None


async def test_what_is_in_use_is_not_removed_and_says_where(world: World) -> None:
    await _make(world, "API", "Web")
    api = await _component(world)
    async with world.tocsin.core.transaction(world.system) as tx:
        await status_pages.create_page(tx, StatusPageDraft("acme", "Acme Status", (api.id,)))
    await world.declare(world.bob)
    await _affect(world, "API")

    view = await _open(world.dave)
    assert "Shown on “Acme Status” (not published)." in view.plain
    await world.dave.click("Remove", on=view)
    await world.settle()
    said = "“API” is in use by the status page “Acme Status”, the open incident #1."
    assert said in world.dave.modal.plain
    assert (await _component(world)).id == api.id

    await world.dave.close()
    listed = (await world.dave.command("/incident components")).view
    view = (await world.dave.click("Open", on=listed, near="Web")).view
    await world.dave.click("Remove", on=view, confirm=False)
    assert (await _component(world, "Web")).name == "Web"
    await world.dave.click("Remove", on=view)
    await world.settle()
    assert "“Web” was removed." in world.dave.modal.plain
    assert "Web" not in world.dave.modals[0].plain


async def test_a_name_that_is_taken_is_refused_at_the_field_and_the_rest_is_kept(
    world: World,
) -> None:
    await _make(world, "API")
    await world.dave.command("/incident components")
    form = (await world.dave.click("New component")).view
    await world.dave.fill(form, {"Name": "API", "Description": "Half typed"})

    refused = await world.dave.submit(form)

    assert refused.errors == {"Name": "There is a component called “API” already."}
    assert typed(form, "description") == "Half typed"
    await world.dave.fill(form, {"Name": "API 2"})
    assert (await world.dave.submit(form)).ok


async def test_a_form_does_not_undo_what_somebody_else_changed_meanwhile(world: World) -> None:
    await _make(world, "API")
    forms = {}
    for person in (world.dave, world.carol):
        forms[person.name] = (await person.click("Edit", on=await _open(person))).view
    await world.carol.fill(forms["carol"], {"Group": "Core"})
    assert (await world.carol.submit(forms["carol"])).ok
    await world.dave.fill(forms["dave"], {"Name": "Renamed"})

    (said,) = (await world.dave.submit(forms["dave"])).errors.values()

    assert "Somebody else changed this while you had it open" in said
    assert (await _component(world)).group_label == "Core"


async def test_eighty_components_are_turned_page_by_page_under_their_groups(world: World) -> None:
    await _make(world, *[f"A {number:02}" for number in range(40)])
    await _make(world, *[f"B {number:02}" for number in range(40)], group="Europe")

    view = (await world.dave.command("/incident components")).view
    assert "Page 1 of 3" in view.plain
    assert "Without a group" in view.plain
    await world.dave.click("Next", on=view)
    await world.settle()
    assert "Europe" in view.plain
    await world.dave.click("Open", on=view, near="B 07")
    assert "In the group Europe" in world.dave.modal.plain
    await world.dave.close()
    await world.dave.click("Status pages", on=view)
    await world.settle()
    assert world.dave.modal.title == "Status pages"
    await world.dave.click("Components")
    await world.settle()
    assert "Page 1 of 3" in world.dave.modal.plain


async def test_a_name_or_a_word_that_is_none_is_answered_with_those_there_are(
    world: World,
) -> None:
    await _make(world, "API", "Web")
    answer = await world.dave.command("/incident components Wbe")
    assert "The components are: API, Web." in answer.messages[0].plain
    answer = await world.dave.command("/incident component")
    assert "Did you mean “/incident components”?" in answer.messages[0].plain
    answer = await world.dave.command("/incident help")
    assert "components [name]" in answer.messages[0].plain
    assert "pages [name]" in answer.messages[0].plain


async def test_names_that_look_like_markup_ping_nobody(world: World) -> None:
    await _make(world, "<!channel> & <https://evil.test|API>")
    listed = (await world.dave.command("/incident components")).view
    assert "<!channel> & <https://evil.test|API>" in listed.plain
    view = (await world.dave.click("Open", on=listed)).view
    assert "<!channel> & <https://evil.test|API>" in view.plain
