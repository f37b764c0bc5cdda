"""Publishing: nothing appears by accident, and what is typed is never lost."""

from core import status_pages, updates
from core.status_pages import StatusPageDraft
from storage.vocabulary import Status, Visibility
from tests.stories.public import a_page, a_public_incident, label, the_form, the_updates
from tests.world import World, typed


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
    assert "Anybody will read it on “Acme Status”" in form.plain
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
            tx, page.id, StatusPageDraft("acme", "Acme Status", tuple(made), False)
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
        await status_pages.create_page(tx, StatusPageDraft("shop", "Shop", tuple(made), True))
    await world.bob.submit(await the_form(world, body="Hello", visibility="public"))
    assert label(world.bob.modal) == "Publish to 2 pages"
    assert "“Acme Status”, “Shop”" in world.bob.modal.plain


async def test_the_way_to_the_components_leaves_what_was_typed_where_it_is(world: World) -> None:
    made = await a_page(world)
    await world.declare(world.alice, "Checkout is down")
    await the_form(world, body="Hello", visibility="public")
    opened = await world.bob.click("Affected components", on=world.bob.modal)
    await world.bob.fill(opened.view, {"components": [str(made[0])]})
    await world.bob.submit(world.bob.modal)
    form = world.bob.modal

    assert typed(form, "body") == "Hello"
    await world.bob.submit(form)
    assert label(world.bob.modal) == "Publish to Acme Status"


async def test_pages_that_were_not_shown_are_shown_before_anything_is_published(
    world: World,
) -> None:
    made = await a_public_incident(world)
    await world.bob.submit(await the_form(world, body="Hello", visibility="public"))
    async with world.tocsin.core.transaction(world.system) as tx:
        (page,) = await status_pages.list_pages(tx)
        await status_pages.change_page(tx, page.id, StatusPageDraft("acme", "Acme Status"))
        await status_pages.create_page(tx, StatusPageDraft("rival", "Rival", tuple(made), True))
    await world.bob.submit(world.bob.modal)
    between = await the_updates(world)
    again = label(world.bob.modal)
    await world.bob.submit(world.bob.modal)

    assert between == []
    assert again == "Publish to Rival"
    assert await the_updates(world) == [("Hello", Visibility.PUBLIC, None)]


async def test_a_form_that_has_posted_posts_nothing_else(world: World) -> None:
    await a_public_incident(world)
    form = await the_form(world, body="The second")
    incident = await world.incident()
    async with world.tocsin.core.transaction(world.system) as tx:  # and its answer was lost
        await updates.post_update(tx, incident.id, body="The first", dedup_key=f"slack:{form.id}")
    submission = await world.bob.submit(form)

    assert "has posted something else already" in next(iter(submission.errors.values()))
    assert await the_updates(world) == [("The first", Visibility.INTERNAL, None)]


async def test_a_title_that_may_not_be_for_everybody_is_warned_of_too(world: World) -> None:
    made = await a_page(world)
    view = (await world.alice.command("/incident new db01.internal is down")).view
    await world.alice.fill(view, {"components": [str(made[0])], "schedule": "Payments"})
    declares = world.alice.modal.plain
    await world.alice.submit(world.alice.modal)
    await world.settle()
    affects = (await world.bob.command("/incident components 1")).view.plain
    await world.bob.submit(await the_form(world, body="Hello", visibility="public"))

    for told in (declares, affects):
        assert "In the title: “db01.internal” looks like an internal host name." in told
    assert "“db01.internal” looks like" in world.bob.modal.plain


async def test_a_step_that_somebody_else_took_is_offered_no_more_and_the_text_stays(
    world: World,
) -> None:
    await a_public_incident(world)
    form = await the_form(world, body="Hello", status="identified")
    await world.carol.command("/incident status 1 identified")
    await world.bob.submit(form)
    again = world.bob.modal

    assert "This incident is identified" in again.plain
    assert "Move on to Monitoring" in str(again.source)
    assert typed(again, "body") == "Hello"
    await world.bob.submit(again)
    assert ("Hello", Visibility.INTERNAL, None) in await the_updates(world)
