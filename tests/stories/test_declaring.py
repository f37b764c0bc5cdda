"""Declaring: what the form says, what it refuses, and what it never loses."""

import asyncio

from tests.world import World, typed

HOSTILE = ("<!channel> & <script>alert(1)</script> *x* _y_ ~z~ `code` <@U123|bob> 😀 " * 2)[:100]


async def test_the_form_says_who_will_be_paged_now_and_after_how_long(world: World) -> None:
    answer = await world.dave.command("/incident")

    assert "Pages Bob Okafor now; after 5 min Carol Jansen" in answer.view.plain
    assert "after 5 more min the policy is exhausted" in answer.view.plain


async def test_choosing_an_owner_says_it_anew_and_keeps_what_was_typed(world: World) -> None:
    view = (await world.dave.command("/incident")).view
    await world.dave.fill(view, {"Title": "Half a sentence"})

    await world.dave.choose("Owner", world.alice.id, on=view)

    assert "Alice Martin" in world.dave.modal.plain
    assert typed(world.dave.modal, "title") == "Half a sentence"


async def test_without_a_schedule_or_an_owner_it_is_refused_at_the_field(world: World) -> None:
    view = (await world.dave.command("/incident")).view
    await world.dave.fill(view, {"Title": "Checkout is down", "Schedule": None})

    submission = await world.dave.submit(view)

    assert not submission.ok
    assert list(submission.errors) == ["Schedule"]
    assert typed(world.dave.modal, "title") == "Checkout is down"


async def test_three_words_that_are_no_command_are_a_title(world: World) -> None:
    view = (await world.dave.command("/incident Checkout is down & out")).view

    assert typed(view, "title") == "Checkout is down & out"


async def test_what_is_more_than_a_title_is_the_description_and_nothing_is_lost(
    world: World,
) -> None:
    text = "Checkout is down for everybody. " + "It began at nine. " * 10 + "Ask Erin."
    lines = "Checkout is down\nand nobody knows why"

    view = (await world.dave.command(f"/incident new {text}")).view
    assert typed(view, "title") == text[:100]
    assert typed(view, "description") == text

    view = (await world.dave.command(f"/incident {lines}")).view
    assert typed(view, "title") == "Checkout is down"
    assert typed(view, "description") == lines


async def test_a_typo_gets_the_nearest_sub_command(world: World) -> None:
    answer = await world.dave.command("/incident reslove 1")

    assert "Did you mean “/incident resolve”?" in answer.messages[0].plain


async def test_a_form_submitted_twice_declares_once(world: World) -> None:
    view = (await world.dave.command("/incident")).view
    await world.dave.fill(view, {"Title": "Checkout is down"})

    await asyncio.gather(world.dave.submit(view), world.dave.submit(view))
    await world.settle()

    assert len(world.bob.dm()) == 1


async def test_a_hostile_title_shows_as_itself_everywhere_and_pings_nobody(world: World) -> None:
    await world.declare(world.alice, HOSTILE)
    await world.pass_time(minutes=10)
    listed = (await world.dave.command("/incident list")).messages[0]
    shown = (await world.dave.command("/incident show 1")).messages[0]
    timeline = (await world.dave.command("/incident timeline 1")).view

    copies = [world.bob.dm()[0], world.carol.dm()[0], world.alerts.messages[0], listed, shown]
    for copy in copies:
        assert HOSTILE in copy.plain
        assert copy.mentions == set()
    assert HOSTILE in timeline.plain
    assert all(message.mentions == set() for message in world.alerts.messages)


async def test_a_long_description_is_cut_visibly(world: World) -> None:
    await world.declare(world.alice, Description="x" * 3000)

    assert "more characters)" in world.bob.dm()[0].plain


async def test_an_incident_that_pages_nobody_says_so_loudly(world: World) -> None:
    await world.declare(world.alice, Schedule=None, Owner=world.dave.id)
    assert len(world.dave.dm()) == 1
