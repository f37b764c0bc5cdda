"""Whoever declares is told at once that it is done, where they asked, and nobody else is."""

import pytest

import sandbox
from tests.cast import BLUEPRINT
from tests.world import World, running_world

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


async def test_where_no_layer_has_anybody_it_is_not_said_that_nobody_acknowledged(
    database_url: str,
) -> None:
    nobody_yet = BLUEPRINT.replace("2026-11-16T09:00", "2030-11-16T09:00").replace(
        "      - page: {people: [carol@example.com]}\n        timeout: 5 min\n", ""
    )
    async with running_world(database_url, blueprint=nobody_yet) as world:
        await world.declare(world.alice, Owner=world.dave.id)

        (told,) = world.alice.ephemerals("general")
        assert "Paging Dave Lindqvist." in told.plain
        assert "No layer of the escalation policy has anybody" in told.plain
        assert "Nobody acknowledged" not in told.plain


async def test_an_alerts_channel_that_was_named_with_its_sign_is_the_same(
    database_url: str,
) -> None:
    async with running_world(database_url, tocsin_alerts_channel="#incidents") as world:
        form = (await world.dave.command("/incident Checkout is down", channel="incidents")).view
        await world.dave.submit(form)
        await world.settle()

        assert world.dave.ephemerals() == []


async def test_a_form_that_lay_open_too_long_is_declared_and_the_log_says_who_was_not_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    form = (await world.dave.command("/incident Checkout is down")).view
    await world.pass_time(minutes=31)
    await world.dave.submit(form)
    await world.settle()

    assert len(world.bob.dm()) == 1
    assert "a private answer could not be told: Slack said 404" in caplog.text
