"""Write-ups: what customers are told at the end is asked for once, and published on purpose."""

from core import status_pages
from core.status_pages import StatusPageDraft
from storage.vocabulary import Status, Visibility
from tests.stories.public import a_page, a_public_incident, affect, label, the_form, the_updates
from tests.world import World, typed


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
    view = (await world.bob.click("Resolve", on=world.bob.dm()[0])).view

    assert "Write-up" not in view.plain
    await world.bob.submit(view)
    assert (await world.incident()).status is Status.RESOLVED


async def test_what_is_wrong_with_a_write_up_is_said_there(world: World) -> None:
    await a_public_incident(world)
    view = (await world.bob.command("/incident resolve 1")).view
    await world.bob.fill(view, {"write_up": "It was the index."})
    await world.bob.submit(world.bob.modal)
    async with world.tocsin.core.transaction(world.system) as tx:
        (page,) = await status_pages.list_pages(tx)
        made = tuple(one.component_id for one in page.components)
        await status_pages.change_page(tx, page.id, StatusPageDraft("acme", "Acme Status", made))
    submission = await world.bob.submit(world.bob.modal)

    ((label_of, said),) = submission.errors.items()
    assert (label_of, "is not published" in said) == ("Write-up for customers", True)


async def test_the_last_step_of_an_update_asks_for_a_write_up_too(world: World) -> None:
    await a_public_incident(world)
    for step in ("identified", "monitoring"):
        await world.bob.command(f"/incident status 1 {step}")
    typed_out = (await world.carol.command("/incident status 1 resolved")).view
    form = await the_form(world, body="Fixed", status="resolved")
    await world.bob.submit(form)

    assert "Write-up for customers" in typed_out.plain
    assert "Write-up for customers" in world.bob.modal.plain
    assert typed(world.bob.modal, "note") == "Fixed"
    await world.bob.submit(world.bob.modal)
    assert ("Fixed", Visibility.INTERNAL, Status.RESOLVED) in await the_updates(world)
