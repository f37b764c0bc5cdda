"""Guests, strangers and bots: refused privately, and nothing happens."""

import pytest

from core import incidents, people, team, updates
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


async def test_nobody_becomes_a_member_by_being_meant_for_what_is_resolved(world: World) -> None:
    await world.declare(world.alice)
    opened = await world.bob.click("Hand off", on=world.bob.dm()[0])
    await world.bob.fill(opened.view, {"Hand off to": world.dave.id})
    async with world.tocsin.core.transaction(world.system) as tx:
        await updates.resolve(tx, (await incidents.find(tx, 1)).id)

    refused = await world.bob.submit(opened.view)

    assert "resolved" in str(refused.errors or refused.view.plain)
    async with world.tocsin.core.reading(world.system) as tx:
        assert await people.find_by_slack_user_id(tx, world.dave.id) is None


async def test_who_was_removed_is_turned_away_at_once_and_let_in_when_added_again(
    world: World,
) -> None:
    assert (await world.carol.command("/incident")).view is not None
    async with world.tocsin.core.transaction(world.system) as tx:
        carol = await people.find_by_slack_user_id(tx, world.carol.id)
        await team.remove_member(tx, carol.id)

    refused = await world.carol.command("/incident")
    assert refused.view is None
    assert "You were removed from Tocsin" in refused.messages[0].plain

    async with world.tocsin.core.transaction(world.system) as tx:
        await team.add_member(tx, email="carol@example.com")
    assert (await world.carol.command("/incident")).view is not None


async def test_the_home_of_who_was_removed_shows_nothing_of_what_it_showed(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")
    await world.bob.open_home()
    assert "Checkout is down" in world.bob.home.plain
    async with world.tocsin.core.transaction(world.system) as tx:
        bob = await people.find_by_slack_user_id(tx, world.bob.id)
        await team.remove_member(tx, bob.id)

    await world.bob.open_home()
    await world.slack.until(lambda: "Checkout is down" not in world.bob.home.plain)
    assert world.bob.home.plain == "You were removed from Tocsin. An admin can add you again."
    assert world.bob.home.buttons == []


async def test_the_home_of_a_guest_says_why_it_is_empty(world: World) -> None:
    await world.gail.open_home()
    await world.slack.until(lambda: bool(world.gail.home))
    assert "members of this workspace" in world.gail.home.plain
