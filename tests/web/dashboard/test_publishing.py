"""Components and status pages in the dashboard: what is public is said before it is sent."""

import re
from typing import Any
from uuid import UUID, uuid4

from core import affected, components, publishing, status_pages
from core.components import ComponentDraft
from core.public_page import PublicStatusPage
from core.status_pages import StatusPageDraft
from core.transaction import Actor
from storage.vocabulary import ComponentStatus
from tests.web.dashboard.browser import Browser, Shown, browser
from tests.world import World


async def _component(world: World, name: str, group: str | None = None) -> Any:
    async with world.tocsin.core.transaction(world.system) as tx:
        draft = ComponentDraft(name, f"What {name} is", group)
        return (await components.create_component(tx, draft)).id


async def _page(world: World, *ids: Any, published: bool = False) -> Any:
    async with world.tocsin.core.transaction(world.system) as tx:
        draft = StatusPageDraft("acme", "Acme Status", ids, published)
        return (await status_pages.create_page(tx, draft)).id


async def _draft(world: World, page_id: Any) -> StatusPageDraft:
    async with world.tocsin.core.reading(world.system) as tx:
        return status_pages.draft_of(await status_pages.get_page(tx, page_id))


async def _public(world: World, page_id: Any) -> PublicStatusPage | None:
    async with world.tocsin.core.reading(Actor.system()) as tx:
        return await publishing.public_view(tx, page_id)


def _seen(page: Shown | None, form: str) -> str:
    """What a form carries along."""
    assert page is not None
    found = re.search(
        rf'name="form" value="{form}">.*?name="seen" value="([^"]*)"', page.html, re.DOTALL
    )
    assert found is not None
    return found[1]


async def test_it_is_said_what_is_there_and_what_to_do_where_nothing_is(world: World) -> None:
    async with browser(world, world.bob) as bob:
        page = await bob.open("/publishing")

    assert "There are no components yet." in page.text
    assert "There are no status pages yet." in page.text


async def test_components_stand_by_group_with_who_says_how_they_are(world: World) -> None:
    checkout = await _component(world, "Checkout <1>", "Payments")
    await _component(world, "Search")
    await _page(world, checkout)
    async with world.tocsin.core.transaction(world.system) as tx:
        await components.override_status(tx, checkout, ComponentStatus.MAINTENANCE)

    async with browser(world, world.bob) as bob:
        page = await bob.open("/publishing")

    assert "Without a group Search Operational No open incident affects it" in page.text
    assert "Payments Checkout <1> Maintenance Set by an admin" in page.text
    assert "Shown on “Acme Status” (not published)" in page.text
    assert "Would show now: Operational Checkout <1>" in page.text
    assert "Checkout &lt;1&gt;" in page.html


async def test_a_member_makes_changes_and_removes_a_component(world: World) -> None:
    async with browser(world, world.bob) as bob:
        await bob.open("/publishing/components/new")
        fields = {"form": "new", "id": str(uuid4()), "name": "Checkout", "group_label": "Payments"}
        made = await bob.send("/publishing/components/new", fields)
        again = await bob.send("/publishing/components/new", fields)
        changed = await bob.send(
            made.path.removeprefix("/app"),
            {"form": "details", "name": "Cashier", "seen": _seen(again, "details")},
        )
        removed = await bob.send(f"{made.path.removeprefix('/app')}/remove", {"form": "remove"})

    assert "“Checkout” was created." in made.text
    assert again.path == made.path
    assert "Cashier" in changed.text
    assert removed.path == "/app/publishing"
    assert "“Cashier” was removed." in removed.text


async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(world: World) -> None:
    await _component(world, "Checkout")
    async with browser(world, world.bob) as bob:
        await bob.open("/publishing/components/new")
        page = await bob.send(
            "/publishing/components/new",
            {"form": "new", "id": str(uuid4()), "name": "Checkout", "description": "Typed"},
        )

    assert page.status == 422
    assert 'id="new-name-fault"' in page.html
    assert "There is a component called “Checkout” already." in page.text
    assert "Typed" in page.text


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(world: World) -> None:
    id = await _component(world, "Checkout")
    async with browser(world, world.bob) as bob:
        seen = _seen(await bob.open(f"/publishing/components/{id}"), "details")
        async with world.tocsin.core.transaction(world.system) as tx:
            await components.change_component(tx, id, ComponentDraft("Cashier"))
        fields = {"form": "details", "name": "Till", "seen": seen}
        refused = await bob.send(f"/publishing/components/{id}", fields)
        again = await bob.send(f"/publishing/components/{id}", fields)

    assert refused.status == again.status == 422
    assert "Somebody else changed this" in refused.text
    assert _seen(refused, "details") == seen


async def test_a_component_in_use_says_by_what_and_stays(world: World) -> None:
    id = await _component(world, "Checkout")
    await _page(world, id)
    async with browser(world, world.bob) as bob:
        await bob.open(f"/publishing/components/{id}")
        page = await bob.send(f"/publishing/components/{id}/remove", {"form": "remove"})

    assert page.status == 422
    assert "in use by the status page “Acme Status”" in page.text


async def test_an_admin_says_how_a_component_is_and_lets_the_incidents_say_it_again(
    world: World,
) -> None:
    id = await _component(world, "Checkout")
    async with browser(world, world.alice) as alice:
        await alice.open(f"/publishing/components/{id}")
        page = await alice.send(
            f"/publishing/components/{id}/status",
            {"form": "status", "status": "partial_outage", "seen": ""},
        )
        assert "Partial outage" in page.text
        assert "An admin has set this; as the incidents say it would be Operational." in page.text
        page = await alice.send(
            f"/publishing/components/{id}/status",
            {"form": "status", "status": "incidents", "seen": "partial_outage"},
        )

    assert "An admin has set this" not in page.text


async def test_a_page_is_made_in_the_order_of_the_numbers_and_nobody_reads_it(
    world: World,
) -> None:
    ids = [await _component(world, name) for name in ("Api", "Checkout", "Search")]
    async with browser(world, world.alice) as alice:
        await alice.open("/publishing/pages/new")
        page = await alice.send(
            "/publishing/pages/new",
            {
                "form": "new",
                "id": str(uuid4()),
                "title": "Acme Status",
                "component_ids": [str(one) for one in ids],
                f"place-{ids[2]}": "1",
                f"place-{ids[0]}": "2",
            },
        )

    made = await _draft(world, UUID(page.path.rpartition("/")[2]))
    assert made == StatusPageDraft("acme-status", "Acme Status", (ids[2], ids[0], ids[1]), False)
    assert "Nobody can read it before it is published." in page.text


async def test_publishing_is_asked_for_twice_and_says_what_becomes_public(world: World) -> None:
    id = await _component(world, "Checkout")
    page_id = await _page(world, id)
    await world.declare(world.alice, "Cards are declined")
    async with world.tocsin.core.transaction(world.system) as tx:
        await affected.set_components(tx, (await world.incident()).id, [id])
    async with browser(world, world.alice) as alice:
        await alice.open(f"/publishing/pages/{page_id}")
        asked = await alice.send(f"/publishing/pages/{page_id}/publish", {"form": "publish"})
        assert await _public(world, page_id) is None
        fields = {"form": "publish", "confirmed": "yes", "seen": _seen(asked, "publish")}
        done = await alice.send(f"/publishing/pages/{page_id}/publish", fields)

    assert "Anybody with its address can read it at once." in asked.text
    assert "It shows Checkout." in asked.text
    assert "#1 Cards are declined (its title becomes public)" in asked.text
    assert "“Acme Status” is published." in done.text
    shown = await _public(world, page_id)
    assert shown is not None
    assert [one.title for one in shown.incidents] == ["Cards are declined"]


async def test_a_change_of_what_is_public_is_asked_for_twice(world: World) -> None:
    ids = [await _component(world, name) for name in ("Api", "Checkout")]
    page_id = await _page(world, ids[0], published=True)
    async with browser(world, world.alice) as alice:
        seen = _seen(await alice.open(f"/publishing/pages/{page_id}"), "change")
        fields = {
            "form": "change",
            "title": "Acme",
            "slug": "acme-2",
            "component_ids": [str(one) for one in ids],
            "seen": seen,
        }
        asked = await alice.send(f"/publishing/pages/{page_id}", fields)
        assert (await _draft(world, page_id)).slug == "acme"
        await alice.send(f"/publishing/pages/{page_id}", {**fields, "confirmed": "yes"})

    assert "It shows Api, Checkout." in asked.text
    assert "Who knows its present address, /status/acme , won't find it there" in asked.text
    assert await _draft(world, page_id) == StatusPageDraft("acme-2", "Acme", tuple(ids), True)


async def test_a_wrong_address_is_said_at_its_field_before_anything_is_asked(world: World) -> None:
    page_id = await _page(world, published=True)
    async with browser(world, world.alice) as alice:
        seen = _seen(await alice.open(f"/publishing/pages/{page_id}"), "change")
        fields = {"form": "change", "title": "Acme", "slug": "No spaces", "seen": seen}
        page = await alice.send(f"/publishing/pages/{page_id}", fields)

    assert page.status == 422
    assert 'id="change-slug-fault"' in page.html
    assert 'value="No spaces"' in page.html


async def test_a_page_is_taken_back_and_removed(world: World) -> None:
    page_id = await _page(world, published=True)
    async with browser(world, world.alice) as alice:
        seen = _seen(await alice.open(f"/publishing/pages/{page_id}"), "unpublish")
        fields = {"form": "unpublish", "seen": seen}
        taken = await alice.send(f"/publishing/pages/{page_id}/unpublish", fields)
        assert await _public(world, page_id) is None
        gone = await alice.send(f"/publishing/pages/{page_id}/remove", {"form": "remove"})

    assert "can't be read any more" in taken.text
    assert "“Acme Status” was removed." in gone.text


async def test_a_member_sees_no_admins_controls_and_a_forged_form_is_refused(
    world: World,
) -> None:
    id = await _component(world, "Checkout")
    page_id = await _page(world, id)
    before = await _draft(world, page_id)
    async with browser(world, world.bob) as bob:
        component = await bob.open(f"/publishing/components/{id}")
        page = await bob.open(f"/publishing/pages/{page_id}")
        listed = await bob.open("/publishing")
        new = await bob.open("/publishing/pages/new")
        await bob.open(f"/publishing/components/{id}")
        refused = [await _forged(bob, path) for path in (
            f"/publishing/components/{id}/status",
            "/publishing/pages/new",
            f"/publishing/pages/{page_id}",
            f"/publishing/pages/{page_id}/publish",
            f"/publishing/pages/{page_id}/unpublish",
            f"/publishing/pages/{page_id}/remove",
        )]  # fmt: skip

    assert "Set status" not in component.text
    assert "<form" not in page.html.split('id="main"')[1]
    assert "New status page" not in listed.text
    assert new.status == 403
    assert "Making a status page is for admins. Ask one of them." in new.text
    assert refused == [403] * 6
    assert await _draft(world, page_id) == before


async def _forged(someone: Browser, path: str) -> int:
    page = someone.page
    answer = await someone.send(
        path,
        {
            "status": "major_outage",
            "confirmed": "yes",
            "id": str(uuid4()),
            "title": "X",
            "slug": "x",
        },
    )
    someone.page = page
    return answer.status


async def test_another_organizations_are_as_none(world: World) -> None:
    async with browser(world, world.alice) as alice:
        for path in ("components", "pages"):
            page = await alice.open(f"/publishing/{path}/{uuid4()}")
            assert page.status == 404
