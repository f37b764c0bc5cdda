"""Schedules managed in Slack by people who never read a manual."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

import pytest

from storage.vocabulary import RotationType
from tests.stories.managing import edit_layer, member_ids, open_schedule, schedule_of, trail
from tests.world import World, running_world, typed


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[World]:
    """An organization that nobody has set up."""
    async with running_world(database_url, blueprint="") as running:
        yield running
        assert running.slack.faulty_payloads == []


async def test_a_schedule_is_made_from_nothing(empty: World) -> None:
    dave = empty.dave
    listed = (await dave.command("/incident schedules")).view
    assert "There are no schedules yet" in listed.plain

    form = (await dave.click("New schedule")).view
    assert "Asia/Tokyo (UTC+9)" in form.plain
    await dave.fill(form, {"Name": "Search", "Time zone": "Europe/Berlin"})
    assert (await dave.submit(form)).ok
    assert "Nobody is on call here yet" in dave.modal.plain
    assert "Search" in dave.modals[0].plain

    form = (await dave.click("Add rotation layer")).view
    assert typed(form, "name") == "Primary"
    assert "Choose people, and read here" in form.plain
    await dave.choose("Who takes turns", [empty.bob.id, empty.carol.id], on=form)
    assert "Nobody is on call now, until" in form.plain
    assert (await dave.submit(form)).ok

    (layer,) = (await schedule_of(empty, "Search")).layers
    assert layer.rotation_type is RotationType.WEEKLY
    assert layer.effective_from == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert layer.participant_ids == await member_ids(empty, empty.bob, empty.carol)
    assert "Bob Okafor → Carol Jansen" in dave.modal.plain
    assert [len(dave.modals), dave.modals[0].title] == [2, "On-call schedules"]
    created, changed = await trail(empty, "schedule")
    assert (created.actor_name, created.data["after"]["name"]) == ("Dave Lindqvist", "Search")
    assert changed.data["before"]["layers"] == []
    assert changed.data["after"]["layers"][0]["name"] == "Primary"


async def test_every_reader_sees_their_own_time_with_the_schedules_beside_it(world: World) -> None:
    shown = {}
    for person in (world.alice, world.carol, world.dave):
        view = await open_schedule(person)
        shown[person.name] = person.reads(view)

    assert "from Mon Nov 23, 2026 09:00" in shown["alice"]
    assert "from Nov 23, 2026 03:00  ·  Mon 23 Nov 09:00 Berlin" in shown["carol"]
    assert "from Nov 23, 2026 17:00  ·  Mon 23 Nov 09:00 Berlin" in shown["dave"]


async def test_a_change_says_what_it_leads_to_before_it_is_sent(world: World) -> None:
    form = await edit_layer(world.dave)
    assert "Bob Okafor stays on call now." in form.plain

    await world.dave.fill(form, {"Name": "Half typed"})
    await world.dave.choose("Who takes turns", [world.bob.id, world.carol.id], on=form)
    assert "Carol Jansen  from Nov 23, 2026 08:00" in form.plain
    await world.dave.click("Move to the top", on=form, near="2.  Carol")
    assert "At once Carol Jansen is on call instead of Bob Okafor." in form.plain
    await world.dave.choose("A shift lasts", "Another number of days", on=form)
    await world.dave.choose("Days in a shift", "3", on=form)
    assert "Bob Okafor  from Nov 19, 2026 08:00" in form.plain
    await world.dave.choose("Handoff at (Berlin time)", "18:30", on=form)
    assert "Bob Okafor  from Nov 19, 2026 17:30" in form.plain
    await world.dave.choose("Ends on", "2026-11-22", on=form)
    assert "Nobody is on call from Nov 22, 2026 17:30" in form.plain
    assert typed(form, "name") == "Half typed"
    assert (await world.dave.submit(form)).ok

    (layer,) = (await schedule_of(world)).layers
    assert layer.name == "Half typed"
    assert (layer.rotation_type, layer.length_days) == (RotationType.CUSTOM, 3)
    assert layer.handoff_time == time(18, 30)
    assert layer.participant_ids == await member_ids(world, world.carol, world.bob)
    assert "On call now: Carol Jansen" in world.dave.modal.plain


async def test_the_order_of_turns_is_moved_name_by_name(world: World) -> None:
    form = await edit_layer(world.dave)
    people = [world.bob, world.carol, world.alice, world.dave]
    await world.dave.choose("Who takes turns", [one.id for one in people], on=form)

    await world.dave.click("Move up", on=form, near="4.  Dave")
    await world.dave.click("Move down", on=form, near="1.  Bob")
    await world.dave.click("Move to the end", on=form, near="1.  Carol")
    await world.dave.click("Remove", on=form, near="1.  Bob")
    assert (await world.dave.submit(form)).ok

    wanted = await member_ids(world, world.dave, world.alice, world.carol)
    assert (await schedule_of(world)).layers[0].participant_ids == wanted


async def test_who_is_chosen_later_comes_last_and_who_is_taken_away_leaves_no_gap(
    world: World,
) -> None:
    form = await edit_layer(world.dave)
    await world.dave.choose("Who takes turns", [world.bob.id, world.carol.id], on=form)
    await world.dave.click("Move up", on=form, near="2.  Carol")
    chosen = [world.alice.id, world.bob.id, world.carol.id]
    await world.dave.choose("Who takes turns", chosen, on=form)
    await world.dave.choose("Who takes turns", [world.alice.id, world.carol.id], on=form)
    assert (await world.dave.submit(form)).ok

    wanted = await member_ids(world, world.carol, world.alice)
    assert (await schedule_of(world)).layers[0].participant_ids == wanted


@pytest.mark.parametrize("outsider", ["gail", "mallory"])
async def test_a_guest_is_refused_at_the_field_and_nothing_typed_is_lost(
    world: World, outsider: str
) -> None:
    form = await edit_layer(world.dave)
    await world.dave.fill(form, {"Name": "Half typed"})
    guest = getattr(world, outsider)
    await world.dave.choose("Who takes turns", [world.bob.id, guest.id], on=form)
    assert "can't be paged" in form.plain

    submission = await world.dave.submit(form)

    assert list(submission.errors) == ["Who takes turns"]
    assert "is not a member here" in submission.errors["Who takes turns"]
    assert typed(form, "name") == "Half typed"
    assert (await schedule_of(world)).layers[0].name == "Primary"


async def test_what_is_wrong_is_said_at_its_field(world: World) -> None:
    form = await edit_layer(world.dave)
    await world.dave.choose("A shift lasts", "Another number of days", on=form)
    await world.dave.fill(form, {"Days in a shift": "400"})
    assert list((await world.dave.submit(form)).errors) == ["Days in a shift"]

    await world.dave.fill(form, {"Days in a shift": "3", "Ends on": "2020-01-01"})
    assert "ends before it begins" in (await world.dave.submit(form)).errors["Ends on"]

    view = await open_schedule(world.dave)
    form = (await world.dave.click("Add rotation layer", on=view)).view
    await world.dave.fill(form, {"Name": "Primary", "Who takes turns": [world.bob.id]})
    assert list((await world.dave.submit(form)).errors) == ["Name"]


async def test_layers_are_moved_and_removed_with_what_follows(world: World) -> None:
    view = await open_schedule(world.dave)
    form = (await world.dave.click("Add rotation layer", on=view)).view
    assert typed(form, "name") == "Secondary"
    await world.dave.fill(
        form, {"Who takes turns": [world.carol.id], "First shift begins on": "2026-11-16"}
    )
    assert (await world.dave.submit(form)).ok
    ids = {layer.name: layer.id for layer in (await schedule_of(world)).layers}

    await world.dave.click("Move up", near="2. Secondary")
    await world.settle()
    assert "Next shifts of Secondary" in world.dave.modal.plain
    question = (await world.dave.click("Remove…", near="1. Secondary")).view
    assert "Carol Jansen is no longer on call" in question.plain
    assert (await world.dave.submit(question)).ok

    (layer,) = (await schedule_of(world)).layers
    assert (layer.name, layer.id) == ("Primary", ids["Primary"])
    assert "Secondary" not in world.dave.modal.plain


async def test_a_layer_that_is_renamed_is_the_same_layer(world: World) -> None:
    (before,) = (await schedule_of(world)).layers
    form = await edit_layer(world.dave)
    await world.dave.fill(form, {"Name": "Weekdays"})
    assert (await world.dave.submit(form)).ok

    (after,) = (await schedule_of(world)).layers
    assert (after.id, after.name, after.effective_from) == (
        before.id, "Weekdays", before.effective_from,
    )  # fmt: skip


async def test_a_time_zone_is_found_by_what_people_type(world: World) -> None:
    view = (await world.dave.command("/incident schedules")).view
    form = (await world.dave.click("New schedule", on=view)).view

    async def found(query: str) -> list[str]:
        return await world.dave.suggest("Time zone", query, on=form)

    assert await found("") == [
        "Asia/Tokyo (UTC+9)", "Europe/Berlin (UTC+1)", "America/New York (UTC-5)", "UTC (UTC)",
    ]  # fmt: skip
    assert (await found("india"))[0] == "Asia/Kolkata (UTC+5:30)"
    assert (await found("berlin"))[0] == "Europe/Berlin (UTC+1)"
    assert (await found("CET"))[0] == "Europe/Berlin (UTC+1)"
    assert await found("nowhere") == []
    assert len(await found("a")) <= 100


async def test_another_zone_keeps_what_the_clocks_show(world: World) -> None:
    view = await open_schedule(world.dave)
    form = (await world.dave.click("Edit details", on=view)).view
    await world.dave.choose("Time zone", "America/New_York", on=form)
    assert "09:00 New York" in world.dave.reads(form)
    assert (await world.dave.submit(form)).ok

    stored = await schedule_of(world)
    assert stored.timezone == "America/New_York"
    assert stored.layers[0].effective_from == datetime(2026, 11, 16, 14, tzinfo=UTC)
