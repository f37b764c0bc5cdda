"""Guests, strangers and bots: refused privately, and nothing happens."""

import pytest

from tests.world import World


@pytest.mark.parametrize("outsider", ["gail", "mallory"])
async def test_outsiders_are_refused_privately_and_nothing_happens(
    world: World, outsider: str
) -> None:
    person = getattr(world, outsider)

    answer = await person.command("/incident")

    assert answer.view is None
    assert "members of this workspace" in answer.messages[0].plain
    assert world.alerts.messages == []


@pytest.mark.parametrize("outsider", ["gail", "mallory"])
async def test_an_outsider_who_presses_a_button_changes_nothing(
    world: World, outsider: str
) -> None:
    await world.declare(world.alice)
    person = getattr(world, outsider)

    await person.click("Acknowledge", on=world.alerts.messages[0])
    await world.settle()

    assert (await world.incident()).acknowledged_at is None
    assert "members of this workspace" in person.ephemerals("incidents")[0].plain


async def test_handing_off_to_a_guest_is_refused_at_the_field(world: World) -> None:
    await world.declare(world.alice)
    opened = await world.bob.click("Hand off", on=world.bob.dm()[0])
    await world.bob.fill(opened.view, {"Hand off to": world.gail.id})

    submission = await world.bob.submit(opened.view)

    assert list(submission.errors) == ["Hand off to"]
