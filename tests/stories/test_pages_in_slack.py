"""Status pages managed in Slack: made, published and taken back, by those who may."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

import sandbox
from core import affected, components, people, status_pages, updates
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft
from storage.vocabulary import Role
from tests.stories.managing import trail
from tests.world import World, running_world, typed

URL = "https://tocsin.example.com"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A world that browsers reach."""
    async with running_world(database_url, public_url=URL) as running:
        yield running
        assert running.slack.faulty_payloads == []


async def _components(world: World, *names: str, group: str | None = None) -> list[UUID]:
    async with world.tocsin.core.transaction(world.system) as tx:
        return [
            (await components.create_component(tx, ComponentDraft(name, None, group))).id
            for name in names
        ]


async def _make(world: World, draft: StatusPageDraft) -> UUID:
    async with world.tocsin.core.transaction(world.system) as tx:
        return (await status_pages.create_page(tx, draft)).id


async def _page(world: World, slug: str = "acme") -> StatusPageDraft:
    async with world.tocsin.core.reading(world.system) as tx:
        return status_pages.draft_of(await status_pages.find_page(tx, slug))


async def _affect(world: World, number: int, *ids: UUID) -> None:
    incident = await world.incident(number)
    async with world.tocsin.core.transaction(world.system) as tx:
        await affected.set_components(tx, incident.id, ids)


async def _demote(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        await people.appoint_admins(tx, ["dave@example.com"])
        alice = await people.find_by_slack_user_id(tx, world.alice.id)
        assert alice
        alice.role = Role.MEMBER


async def _open(person: Any, name: str = "acme") -> Any:
    return (await person.command(f"/incident pages {name}")).view


async def test_a_page_is_made_from_nothing_and_published(world: World) -> None:
    alice = world.alice
    await _components(world, "API", "Web")
    await world.declare(world.bob, "Payments are slow")
    await _affect(world, 1, (await _components(world, "Mail"))[0])
    listed = (await alice.command("/incident pages")).view
    assert "There are no status pages yet" in listed.plain

    form = (await alice.click("New status page")).view
    assert "Not published: nobody can read it yet" in form.plain
    await alice.fill(form, {"Title": "Acme Status"})
    assert f"Its address will be {URL}/status/acme-status" in form.plain
    await alice.choose("Components", ["Web", "API", "Mail"], on=form)
    assert "nobody can read it yet" in form.plain
    await alice.choose("Who can read it", ["Published"], on=form)
    assert f"anybody can read it\n{URL}/status/acme-status\n" in form.plain
    assert "It shows Web, API and Mail." in form.plain
    wanted = "Open incidents on it at once: #1 Payments are slow (its title becomes public)."
    assert wanted in form.plain
    await alice.fill(form, {"Address": "acme"})
    assert f"anybody can read it\n{URL}/status/acme\n" in form.plain
    await alice.choose("Who can read it", [], on=form)
    assert (await alice.submit(form)).ok

    view = alice.modal
    assert "🔒 Not published: nobody can read it yet" in view.plain
    assert "Web  ·  🟢 Operational\nAPI  ·  🟢 Operational\nMail  ·  🔴 Major outage" in view.plain
    assert "3 components" in alice.modals[0].plain
    await alice.click("Publish", on=view, confirm=False)
    assert not (await _page(world)).published
    await alice.click("Publish", on=view)
    await world.settle()
    assert f"🌐 Published: anybody can read it\n{URL}/status/acme" in alice.modal.plain
    assert "🌐 Published" in alice.modals[0].plain
    assert (await _page(world)).published
    created, changed = await trail(world, "status_page")
    assert (created.actor_name, created.data["after"]["published"]) == ("Alice Martin", False)
    assert changed.data["after"]["published"]

    await alice.click("Unpublish", on=alice.modal)
    await world.settle()
    assert not (await _page(world)).published


async def test_publishing_asks_first_and_says_who_will_see_what(world: World) -> None:
    (api,) = await _components(world, "API")
    for number, title in enumerate(("Old trouble", "Payments are slow"), 1):
        await world.declare(world.bob, title)
        await _affect(world, number, api)
    async with world.tocsin.core.transaction(world.system) as tx:
        await updates.resolve(tx, (await world.incident(1)).id)
    await _make(world, StatusPageDraft("acme", "Acme Status", (api,)))

    view = await _open(world.alice)
    button = next(
        element
        for block in view.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["text"]["text"] == "Publish"
    )
    assert button["confirm"]["text"]["text"] == (
        "Anybody with its address can read it at once. It shows API. Open incidents on it at once: "
        "#2 Payments are slow (its title becomes public). One resolved incident of the last 90 "
        "days can be read, too."
    )


async def test_who_is_no_admin_reads_and_changes_nothing(world: World) -> None:
    (api,) = await _components(world, "API")
    await _make(world, StatusPageDraft("acme", "Acme Status", (api,), True))

    listed = (await world.dave.command("/incident pages")).view
    assert "Admins make, change and publish status pages." in listed.plain
    view = (await world.dave.click("Open", on=listed, near="Acme")).view
    assert "API  ·  🟢 Operational" in view.plain
    assert "Admins make, change and publish status pages." in view.plain
    for button in ("New status page", "Edit", "Publish", "Unpublish", "Remove"):
        with pytest.raises(LookupError):
            await world.dave.click(button)


async def test_who_is_no_admin_any_more_is_refused_in_words(world: World) -> None:
    await _make(world, StatusPageDraft("acme", "Acme Status"))
    view = await _open(world.alice)
    form = (await world.alice.click("Edit", on=view)).view
    await _demote(world)

    await world.alice.fill(form, {"Title": "Mine"})
    refused = await world.alice.submit(form)
    assert ["is for admins" in said for said in refused.errors.values()] == [True]
    await world.alice.close(everything=True)
    assert (await _page(world)).title == "Acme Status"

    await _demote_back(world)
    view = await _open(world.alice)
    await _demote(world)
    await world.alice.click("Publish", on=view)
    await world.settle()
    assert "Publishing a status page is for admins. Ask one of them." in world.alice.modal.plain
    assert not (await _page(world)).published


async def _demote_back(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        await people.appoint_admins(tx, ["alice@example.com"])


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(world: World) -> None:
    (api,) = await _components(world, "API")
    await _make(world, StatusPageDraft("acme", "Acme Status"))
    await world.alice.command("/incident pages")
    form = (await world.alice.click("New status page")).view
    await world.alice.fill(form, {"Title": "Other", "Address": "acme", "Components": ["API"]})

    refused = await world.alice.submit(form)
    assert refused.errors == {"Address": "The address “acme” is taken. Choose another."}
    await world.alice.fill(form, {"Address": "Not / this"})
    assert "small letters, digits or hyphens" in (await world.alice.submit(form)).errors["Address"]
    assert typed(form, "title") == "Other"
    await world.alice.fill(form, {"Address": "OTHER"})
    assert (await world.alice.submit(form)).ok
    assert (await _page(world, "other")).component_ids == (api,)


async def test_a_title_alone_is_enough_and_a_second_one_gets_another_address(world: World) -> None:
    for _ in range(2):
        await world.alice.command("/incident pages")
        form = (await world.alice.click("New status page")).view
        assert "There are no components yet to choose from." in form.plain
        await world.alice.fill(form, {"Title": "Acme"})
        assert (await world.alice.submit(form)).ok
        assert "No component is selected" in world.alice.modal.plain
        await world.alice.close(everything=True)
    assert (await _page(world, "acme-2")).title == "Acme"


async def test_two_admins_do_not_undo_each_other(world: World) -> None:
    (api,) = await _components(world, "API")
    await _make(world, StatusPageDraft("acme", "Acme Status", (api,)))
    async with world.tocsin.core.transaction(world.system) as tx:
        await people.appoint_admins(tx, ["alice@example.com", "dave@example.com"])
    view = await _open(world.alice)
    form = (await world.dave.click("Edit", on=await _open(world.dave))).view
    await world.dave.choose("Components", [], on=form)
    assert (await world.dave.submit(form)).ok

    await world.alice.click("Publish", on=view)
    await world.settle()

    assert "Somebody else changed this while you had it open" in world.alice.modal.plain
    assert "No component is selected" in world.alice.modal.plain
    assert not (await _page(world)).published


async def test_a_published_page_says_what_a_change_takes_away(world: World) -> None:
    (api,) = await _components(world, "API")
    await _make(world, StatusPageDraft("acme", "Acme Status", (api,), True))
    form = (await world.alice.click("Edit", on=await _open(world.alice))).view
    assert f"anybody can read it\n{URL}/status/acme\n" in form.plain
    await world.alice.fill(form, {"Address": "status"})
    assert f"Who knows its present address, {URL}/status/acme, won't find it" in form.plain
    await world.alice.choose("Who can read it", [], on=form)
    assert "Customers can't read it any more" in form.plain


async def test_three_hundred_components_are_found_by_typing(world: World) -> None:
    await _components(world, *[f"C {number:03}" for number in range(300)], group="Europe")
    await world.alice.command("/incident pages")
    form = (await world.alice.click("New status page")).view
    assert len(await world.alice.suggest("Components", "", on=form)) == 100
    assert await world.alice.suggest("Components", "c 29", on=form) == [
        f"C 29{number}" for number in range(10)
    ]
    await world.alice.fill(form, {"Title": "Acme", "Components": ["C 299", "C 001"]})
    assert (await world.alice.submit(form)).ok
    async with world.tocsin.core.reading(world.system) as tx:
        known = {one.id: one.name for one in await components.list_components(tx)}
    assert [known[one] for one in (await _page(world)).component_ids] == ["C 299", "C 001"]


async def test_a_page_is_removed_after_a_question(world: World) -> None:
    await _make(world, StatusPageDraft("acme", "Acme Status"))
    listed = (await world.alice.command("/incident pages")).view
    view = (await world.alice.click("Open", on=listed, near="Acme")).view
    await world.alice.click("Remove", on=view, confirm=False)
    assert (await _page(world)).title == "Acme Status"
    await world.alice.click("Remove", on=view)
    await world.settle()
    assert "“Acme Status” was removed." in world.alice.modal.plain
    assert "There are no status pages yet" in world.alice.modals[0].plain


async def test_a_name_that_is_no_pages_is_answered_with_those_there_are(world: World) -> None:
    await _make(world, StatusPageDraft("acme", "Acme Status"))
    answer = await world.dave.command("/incident pages other")
    assert "The status pages are: Acme Status." in answer.messages[0].plain
    answer = await world.dave.command("/incident page")
    assert "Did you mean “/incident pages”?" in answer.messages[0].plain


async def test_who_types_faster_than_slack_allows_loses_nothing(world: World) -> None:
    await world.alice.command("/incident pages")
    form = (await world.alice.click("New status page")).view
    world.slack.faults.add(sandbox.Fault("views.update", "rate_limited"))
    await world.alice.fill(form, {"Title": "Ac"})
    await world.settle()
    assert world.slack.faults.waiting == []
    assert len(world.alice.modals) == 2, "nothing is said on top of the form"
    await world.alice.fill(form, {"Title": "Acme"})
    assert f"{URL}/status/acme" in form.plain
    assert (await world.alice.submit(form)).ok
