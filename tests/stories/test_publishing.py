"""Publishing: nothing appears by accident, and what is typed is never lost."""

from typing import Any

from sqlalchemy import select

from core import status_pages
from core.status_pages import PageDraft
from storage.models import IncidentUpdate
from storage.vocabulary import Status, Visibility
from tests.stories.public import a_page, a_public_incident, affect
from tests.world import World, typed


def label(view: Any) -> str:
    """What the button says that submits it."""
    return str(view.source["submit"]["text"])


async def the_form(world: World, **filled: Any) -> Any:
    """The form of an update as Bob opens it, and what he puts in."""
    view = (await world.bob.command("/incident update 1")).view
    await world.bob.fill(view, filled)
    return world.bob.modal


async def the_updates(world: World) -> list[tuple[str | None, Visibility, Status | None]]:
    async with world.tocsin.core.reading(world.system) as tx:
        found = await tx.db.scalars(select(IncidentUpdate).order_by(IncidentUpdate.sequence))
        return [(one.body, one.visibility, one.status_change) for one in found]


async def test_a_public_update_is_shown_as_customers_read_it_and_then_published(
    world: World,
) -> None:
    await a_public_incident(world)
    text = "We have found it.\n\nA fix is on its way & <soon>."
    form = await the_form(world, body=text, status="identified", visibility="public")
    first = await world.bob.submit(form)
    step = world.bob.modal
    before = await the_updates(world)
    second = await world.bob.submit(step)
    await world.settle()

    assert first.ok
    assert before == [], "the first press publishes nothing"
    assert label(step) == "Publish to Acme Status"
    assert "Customers will read this on" in step.plain
    assert "Checkout is down" in step.plain
    assert text in step.plain
    assert "Identified" in step.plain
    assert second.ok
    assert world.bob.modal is None
    assert await the_updates(world) == [(text, Visibility.PUBLIC, Status.IDENTIFIED)]
    assert "for customers" in world.alerts.messages[-1].plain


async def test_another_text_than_the_one_that_was_shown_is_shown_first(world: World) -> None:
    await a_public_incident(world)
    await world.bob.submit(await the_form(world, body="One", visibility="public"))
    await world.bob.fill(world.bob.modal, {"body": "Two"})
    await world.bob.submit(world.bob.modal)
    between = await the_updates(world)
    seen = world.bob.modal.plain
    await world.bob.submit(world.bob.modal)

    assert between == []
    assert "Two" in seen
    assert await the_updates(world) == [("Two", Visibility.PUBLIC, None)]


async def test_what_turns_internal_at_the_second_step_is_internal(world: World) -> None:
    await a_public_incident(world)
    await world.bob.submit(await the_form(world, body="Ours", visibility="public"))
    await world.bob.fill(world.bob.modal, {"visibility": "internal"})

    assert label(world.bob.modal) == "Post"
    await world.bob.submit(world.bob.modal)
    assert await the_updates(world) == [("Ours", Visibility.INTERNAL, None)]


async def test_choosing_public_says_who_will_read_it_before_anything_is_sent(world: World) -> None:
    await a_public_incident(world)
    form = await the_form(world, body="Hello", visibility="public")
    assert "Anybody will read it on Acme Status" in form.plain
    assert label(form) == "Preview", "the first press publishes nothing, and says so"
    assert typed(form, "body") == "Hello"


async def test_without_a_page_it_says_what_is_missing_and_the_way_there(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")
    form = await the_form(world, body="Hello", visibility="public")
    submission = await world.bob.submit(form)

    assert "#1 affects no component yet" in form.plain
    assert form.buttons == ["Affected components", "Status pages"]
    assert "#1 affects no component yet" in submission.errors["Who may read it"]
    assert typed(world.bob.modal, "body") == "Hello", "what was typed is still there"
    assert await the_updates(world) == []


async def test_a_page_that_is_no_longer_published_publishes_nothing(world: World) -> None:
    made = await a_public_incident(world)
    await world.bob.submit(await the_form(world, body="Hello", visibility="public"))
    async with world.tocsin.core.transaction(world.system) as tx:
        (page,) = await status_pages.list_pages(tx)
        await status_pages.change_page(
            tx, page.id, PageDraft("acme", "Acme Status", tuple(made), False)
        )
    submission = await world.bob.submit(world.bob.modal)

    assert "is not published" in submission.errors["Who may read it"]
    assert typed(world.bob.modal, "body") == "Hello"
    assert await the_updates(world) == []


async def test_a_text_that_may_not_be_for_everybody_is_warned_of_and_not_blocked(
    world: World,
) -> None:
    await a_public_incident(world)
    text = "db01.internal at 10.0.0.7 is back, @channel. " + "password=" + "hunter2secret9"
    await world.bob.submit(await the_form(world, body=text, visibility="public"))
    warned = world.bob.modal.plain
    submission = await world.bob.submit(world.bob.modal)

    assert "Is this for everybody?" in warned
    for found in ("db01.internal", "10.0.0.7", "@channel", "password"):
        assert found in warned.partition("Is this for everybody?")[2]
    assert submission.ok
    assert len(await the_updates(world)) == 1


async def test_a_public_update_without_a_text_is_refused_at_the_text(world: World) -> None:
    await a_public_incident(world)
    submission = await world.bob.submit(
        await the_form(world, status="identified", visibility="public")
    )
    assert submission.errors == {"What happened?": "A public update needs a text."}


async def test_two_pages_are_counted_on_the_button_and_both_named(world: World) -> None:
    made = await a_public_incident(world)
    async with world.tocsin.core.transaction(world.system) as tx:
        await status_pages.create_page(tx, PageDraft("shop", "Shop", tuple(made), True))
    await world.bob.submit(await the_form(world, body="Hello", visibility="public"))
    assert label(world.bob.modal) == "Publish to 2 pages"
    assert "Acme Status, Shop" in world.bob.modal.plain


async def test_resolving_what_customers_see_asks_once_for_a_write_up(world: World) -> None:
    await a_public_incident(world)
    opened = await world.bob.click("Resolve", on=world.bob.dm()[0])
    form = opened.view
    await world.bob.fill(form, {"write_up": "It was the index.", "note": "See the log"})
    await world.bob.submit(world.bob.modal)
    step = world.bob.modal
    before = (await world.incident()).status
    await world.bob.submit(step)
    await world.settle()

    assert "Write-up for customers" in form.plain
    assert before is Status.INVESTIGATING
    assert label(step) == "Publish and resolve"
    assert "It was the index." in step.plain
    assert await the_updates(world) == [
        ("It was the index.", Visibility.PUBLIC, None),
        (None, Visibility.INTERNAL, Status.IDENTIFIED),
        (None, Visibility.INTERNAL, Status.MONITORING),
        ("See the log", Visibility.INTERNAL, Status.RESOLVED),
    ]


async def test_resolving_without_a_write_up_publishes_nothing(world: World) -> None:
    await a_public_incident(world)
    opened = await world.bob.click("Resolve", on=world.bob.dm()[0])
    await world.bob.submit(opened.view)
    await world.settle()

    assert (await world.incident()).status is Status.RESOLVED
    assert {one for _, one, _ in await the_updates(world)} == {Visibility.INTERNAL}


async def test_what_no_page_shows_is_resolved_without_being_asked_for_a_write_up(
    world: World,
) -> None:
    await world.declare(world.alice, "Checkout is down")
    await world.bob.click("Resolve", on=world.bob.dm()[0])
    await world.settle()
    assert (await world.incident()).status is Status.RESOLVED


async def test_what_is_affected_but_on_no_page_is_confirmed_in_the_form(world: World) -> None:
    made = await a_page(world, "API")
    async with world.tocsin.core.transaction(world.system) as tx:
        (page,) = await status_pages.list_pages(tx)
        await status_pages.remove_page(tx, page.id)
    await world.declare(world.alice, "Checkout is down")
    await affect(world, *made)
    view = (await world.bob.command("/incident resolve 1 It was the index")).view

    assert "Write-up" not in view.plain
    assert typed(view, "note") == "It was the index"
    await world.bob.submit(view)
    assert (await world.incident()).status is Status.RESOLVED
