"""Two people change the same at once, one presses twice, the database is slow: nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import time

import pytest

from core import people
from core.transaction import Actor
from tests.stories.managing import (
    edit_layer,
    open_policy,
    open_schedule,
    policy_of,
    schedule_of,
    trail,
)
from tests.world import World, running_world, typed


async def test_a_form_does_not_undo_what_somebody_else_changed_meanwhile(world: World) -> None:
    daves, alices = await edit_layer(world.dave), await edit_layer(world.alice)
    await world.alice.fill(alices, {"Handoff at (Berlin time)": "10:00"})
    assert (await world.alice.submit(alices)).ok

    await world.dave.fill(daves, {"Name": "Renamed"})
    submission = await world.dave.submit(daves)

    (said,) = submission.errors.values()
    assert "Somebody else changed this while you had it open" in said
    assert typed(daves, "name") == "Renamed"
    (layer,) = (await schedule_of(world)).layers
    assert (layer.name, layer.handoff_time) == ("Primary", time(10))


async def test_changes_to_different_parts_meet_without_noticing(world: World) -> None:
    layer = await edit_layer(world.dave)
    view = await open_schedule(world.alice)
    details = (await world.alice.click("Edit details", on=view)).view
    await world.alice.fill(details, {"Name": "Money", "Description": "All of it"})
    assert (await world.alice.submit(details)).ok

    await world.dave.fill(layer, {"Handoff at (Berlin time)": "10:00"})
    assert (await world.dave.submit(layer)).ok

    stored = await schedule_of(world, "Money")
    assert (stored.description, stored.layers[0].handoff_time) == ("All of it", time(10))


async def test_a_layer_that_is_gone_or_moved_to_another_zone_is_not_brought_back(
    world: World,
) -> None:
    daves, alices = await edit_layer(world.dave), await open_schedule(world.alice)
    details = (await world.alice.click("Edit details", on=alices)).view
    await world.alice.choose("Time zone", "Asia/Tokyo", on=details)
    assert (await world.alice.submit(details)).ok
    await world.dave.fill(daves, {"Name": "Renamed"})
    assert not (await world.dave.submit(daves)).ok

    daves = await edit_layer(world.dave)
    question = (await world.alice.click("Remove…", on=alices, near="1. Primary")).view
    assert (await world.alice.submit(question)).ok
    await world.dave.fill(daves, {"Name": "Renamed"})
    assert not (await world.dave.submit(daves)).ok
    assert (await schedule_of(world)).layers == ()


async def test_a_form_submitted_twice_adds_once(world: World) -> None:
    view = (await world.dave.command("/incident schedules")).view
    form = (await world.dave.click("New schedule", on=view)).view
    await world.dave.fill(form, {"Name": "Search"})
    await asyncio.gather(world.dave.submit(form), world.dave.submit(form))
    form = (await world.dave.click("Add rotation layer")).view
    await world.dave.choose("Who takes turns", [world.bob.id], on=form)
    await asyncio.gather(world.dave.submit(form), world.dave.submit(form))

    assert len((await schedule_of(world, "Search")).layers) == 1
    assert [one.type for one in await trail(world, "schedule")] == [
        "schedule_created", "schedule_changed",
    ]  # fmt: skip

    policy = await open_policy(world.dave)
    form = (await world.dave.click("Add layer", on=policy)).view
    await world.dave.choose("Schedule", "Payments", on=form)
    submissions = await asyncio.gather(world.dave.submit(form), world.dave.submit(form))
    assert [one.errors for one in submissions] == [{}, {}]
    assert len((await policy_of(world)).layers) == 3


async def test_a_press_on_an_old_view_moves_a_layer_once(world: World) -> None:
    policy = await open_policy(world.dave)
    await asyncio.gather(
        *(world.dave.click("Move down", on=policy, near="1. Pages") for _ in range(2))
    )
    await world.settle()

    first, second = (await policy_of(world)).layers
    assert (first.schedule_id, bool(second.schedule_id)) == (None, True)


async def test_a_layer_of_a_policy_that_changed_meanwhile_is_refused(world: World) -> None:
    policy = await open_policy(world.dave)
    daves = (await world.dave.click("Edit", on=policy, near="2. Pages")).view
    alices = (
        await world.alice.click("Edit", on=await open_policy(world.alice), near="2. Pages")
    ).view
    await world.alice.fill(alices, {"Wait for an acknowledgement": "1 h"})
    assert (await world.alice.submit(alices)).ok

    await world.dave.fill(daves, {"Wait for an acknowledgement": "2 h"})

    assert not (await world.dave.submit(daves)).ok
    assert (await policy_of(world)).layers[1].ack_timeout_minutes == 60


@pytest.fixture
async def slow(database_url: str) -> AsyncIterator[World]:
    """A world that answers after a second, done or not."""
    async with running_world(database_url, deadline=1.0) as running:
        yield running


async def _hold_the_writers(world: World, until: asyncio.Event) -> None:
    async with world.tocsin.core.transaction(Actor.system(world.organization_id)) as tx:
        await people.lock_organization(tx)
        await until.wait()


async def test_a_late_refusal_shows_the_form_again_with_what_was_chosen(slow: World) -> None:
    form = await edit_layer(slow.dave)
    await slow.dave.fill(
        form,
        {
            "Name": "x" * 255,
            "Who takes turns": [slow.carol.id, slow.bob.id],
            "Handoff at (Berlin time)": "18:30",
            "First shift begins on": "2026-12-01",
            "Ends on": "2026-11-01",
        },
    )
    free = asyncio.Event()
    holding = asyncio.create_task(_hold_the_writers(slow, free))
    await asyncio.sleep(0.05)

    await asyncio.wait_for(slow.dave.submit(form), timeout=2.5)
    assert "Still working on it" in slow.dave.modal.plain
    free.set()
    await holding
    await slow.settle()

    again = slow.dave.modal
    assert "ends before it begins" in again.plain
    assert typed(again, "name") == "x" * 255
    assert again.values["people"]["rotation.form:people"]["selected_users"] == [
        slow.carol.id, slow.bob.id,
    ]  # fmt: skip
    assert again.values["handoff"]["rotation.form:handoff"]["selected_time"] == "18:30"
    assert again.values["first_day"]["rotation.form:first_day"]["selected_date"] == "2026-12-01"

    await slow.dave.fill(again, {"Ends on": None})
    assert (await slow.dave.submit(again)).ok
    assert (await schedule_of(slow)).layers[0].handoff_time == time(18, 30)


async def test_a_late_success_says_so_and_the_view_below_shows_it(slow: World) -> None:
    form = await edit_layer(slow.dave)
    await slow.dave.fill(form, {"Name": "Weekdays"})
    free = asyncio.Event()
    holding = asyncio.create_task(_hold_the_writers(slow, free))
    await asyncio.sleep(0.05)

    await asyncio.wait_for(slow.dave.submit(form), timeout=2.5)
    free.set()
    await holding
    await slow.settle()

    assert "It is done" in slow.dave.modal.plain
    assert "1. Weekdays" in slow.dave.modals[0].plain
