"""Whoever declares is told at once that it is done, where they asked, and nobody else is."""

import sandbox
from tests.world import World

DECLARED = "You declared 🔴 #1 Checkout is down"


async def test_who_declares_in_any_channel_is_told_there_who_is_being_paged(world: World) -> None:
    await world.declare(world.dave)

    (told,) = world.dave.ephemerals("general")
    assert told.plain.startswith(DECLARED)
    assert "Paging Bob Okafor." in told.plain
    assert "then Carol Jansen (layer 2)" in told.plain
    assert world.alice.ephemerals() == []
    assert world.dave.notifications == []
    assert world.slack.channel("general").messages == []


async def test_its_view_is_one_press_away(world: World) -> None:
    await world.declare(world.dave)

    await world.dave.click("View", on=world.dave.ephemerals("general")[0])

    assert "#1 Checkout is down" in world.dave.modal.plain


async def test_in_the_alerts_channel_the_card_says_it(world: World) -> None:
    form = (await world.dave.command("/incident Checkout is down", channel="incidents")).view
    await world.dave.submit(form)
    await world.settle()

    assert len(world.alerts.messages) == 2, "the card, and whom it pages"
    assert world.dave.ephemerals() == []


async def test_an_owner_without_a_policy_is_not_called_nobody(world: World) -> None:
    await world.declare(world.alice, Schedule=None, Owner=world.dave.id)

    (told,) = world.alice.ephemerals("general")
    assert "Paging Dave" in told.plain
    assert "Nobody was paged" not in told.plain
    assert "There is no escalation policy, so nobody else is paged." in told.plain


async def test_it_is_told_though_the_form_was_drawn_anew(world: World) -> None:
    form = (await world.dave.command("/incident Checkout is down")).view
    await world.dave.choose("Owner", world.alice.id, on=form)
    await world.dave.submit(world.dave.modal)
    await world.settle()

    assert "Paging" in world.dave.ephemerals("general")[0].plain


async def test_from_a_message_it_is_told_beside_the_message(world: World) -> None:
    await world.dave.say("Checkout is down", channel="general")
    message = world.slack.channel("general").messages[0]
    form = (await world.alice.shortcut("declare_from_message", message)).view
    await world.alice.submit(form)
    await world.settle()

    assert world.alice.ephemerals("general")[0].plain.startswith(DECLARED.replace("🔴", "🟠"))


async def test_where_it_cannot_be_told_it_is_declared_all_the_same(world: World) -> None:
    world.slack.faults.add(sandbox.Fault("response_url", "error", error="used_url"))

    await world.declare(world.dave)

    assert world.dave.ephemerals() == []
    assert len(world.bob.dm()) == 1
