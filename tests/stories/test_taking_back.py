"""Taking a text back in Slack: by its author for five minutes, by an admin always."""

import asyncio
from collections.abc import Callable
from typing import Any

import sandbox
from storage.vocabulary import AuditType
from tests.stories.public import a_page
from tests.world import World

BODY = "Our key is zebrafinch"
LOOK_SECONDS = 0.05


async def the_timeline(world: World, person: Any) -> Any:
    world.tocsin.workspace.countdowns.look_seconds = LOOK_SECONDS
    await person.command("/incident timeline 1")
    return person.modal


async def posted(world: World) -> None:
    await a_page(world)
    await world.declare(world.alice, "Checkout is down")
    view = (await world.bob.command("/incident update 1")).view
    await world.bob.fill(view, {"body": BODY})
    await world.bob.submit(world.bob.modal)
    await world.settle()


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.05)


async def test_its_author_removes_it_and_every_copy_forgets_it(world: World) -> None:
    await posted(world)
    view = await the_timeline(world, world.bob)
    assert BODY in view.plain
    assert view.menu == ["Remove the text (5 min left)"]
    assert any(BODY in one.plain for one in world.alerts.messages)

    await world.bob.click("Remove the text (5 min left)", on=view)
    await world.settle()

    after = world.bob.modal
    assert BODY not in after.plain
    assert "This update has been removed. By Bob Okafor" in after.plain
    assert after.menu == []
    copies = [one.plain for one in world.alerts.messages]
    assert not any(BODY in one for one in copies)
    assert any("This update has been removed." in one for one in copies)


async def test_the_minutes_that_are_left_count_down_and_the_button_goes(world: World) -> None:
    await posted(world)
    await the_timeline(world, world.bob)
    for left in (4, 3):
        await world.pass_time(minutes=1)
        await eventually(
            lambda left=left: world.bob.modal.menu == [f"Remove the text ({left} min left)"]
        )
    await world.pass_time(minutes=3, seconds=1)
    await eventually(lambda: world.bob.modal.menu == [])
    assert BODY in world.bob.modal.plain


async def test_one_who_is_neither_author_nor_admin_has_no_way_to(world: World) -> None:
    await posted(world)
    view = await the_timeline(world, world.carol)
    assert BODY in view.plain
    assert view.menu == []


async def test_an_admin_removes_it_long_after_it_was_resolved(world: World) -> None:
    await posted(world)
    await world.bob.command("/incident resolve 1")
    await world.pass_time(hours=30)
    view = await the_timeline(world, world.alice)
    assert "Remove the text" in view.menu
    await world.alice.click("Remove the text", on=view)
    await world.settle()

    assert BODY not in world.alice.modal.plain
    assert not any(BODY in one.plain for one in world.alerts.messages)


async def test_a_press_that_comes_too_late_is_refused_in_the_timeline(world: World) -> None:
    await posted(world)
    view = await the_timeline(world, world.bob)
    world.clock.at = world.clock.at.replace(hour=world.clock.at.hour + 1)
    await world.bob.click("Remove the text (5 min left)", on=view)
    await world.settle()

    assert "an admin can" in world.bob.modal.plain
    assert BODY in world.bob.modal.plain


async def test_a_copy_that_can_not_be_emptied_is_deleted(world: World) -> None:
    await posted(world)
    fault = sandbox.Fault(method="chat.update", kind="error", error="edit_window_closed")
    world.slack.faults.add(fault, fault)
    view = await the_timeline(world, world.bob)
    await world.bob.click("Remove the text (5 min left)", on=view)
    await world.settle()

    assert not any(BODY in one.plain for one in world.alerts.messages)


async def test_a_copy_that_stays_whatever_is_done_is_said_out_loud(world: World) -> None:
    await posted(world)
    for method in ("chat.update", "chat.delete"):
        faults = [
            sandbox.Fault(method=method, kind="error", error="cant_update_message")
            for _ in range(9)
        ]
        world.slack.faults.add(*faults)
    view = await the_timeline(world, world.bob)
    await world.bob.click("Remove the text (5 min left)", on=view)
    await world.settle()

    said = [one for one in world.alerts.messages if "Delete that message by hand" in one.plain]
    assert len(said) == 1
    assert AuditType.DELIVERY_FAILED in await world.types()


async def test_a_page_that_was_turned_elsewhere_is_not_turned_back(world: World) -> None:
    await posted(world)
    view = await the_timeline(world, world.bob)
    turned = {**view.source, "blocks": [{"type": "divider"}]}
    await world.tocsin.slack.views_update(view_id=view.id, view=turned)
    await world.pass_time(minutes=1)
    await asyncio.sleep(10 * LOOK_SECONDS)
    assert world.bob.modal.plain.strip() == "Timeline of #1"


async def test_a_hiccup_of_slack_does_not_leave_the_button_for_ever(world: World) -> None:
    await posted(world)
    await the_timeline(world, world.bob)
    world.slack.faults.add(
        sandbox.Fault(method="views.update", kind="error", error="internal_error")
    )
    await world.pass_time(minutes=5, seconds=1)
    await eventually(lambda: world.bob.modal.menu == [])
