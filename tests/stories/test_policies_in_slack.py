"""Escalation policies managed in Slack by people who never read a manual."""

from collections.abc import AsyncIterator

import pytest

from core import people
from tests.stories.managing import member_ids, open_policy, policy_of, trail
from tests.world import World, running_world, typed


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[World]:
    """An organization that nobody has set up."""
    async with running_world(database_url, blueprint="") as running:
        yield running
        assert running.slack.faulty_payloads == []


async def test_a_policy_is_made_from_nothing(empty: World) -> None:
    dave = empty.dave
    listed = (await dave.command("/incident policies")).view
    assert "There are no escalation policies yet" in listed.plain

    form = (await dave.click("New policy")).view
    await dave.fill(form, {"Name": "Search", "Description": "Who looks"})
    assert (await dave.submit(form)).ok
    assert "This policy pages nobody yet" in dave.modal.plain
    form = (await dave.click("Add layer")).view
    assert form.fields == ["People", "Wait for an acknowledgement"]  # there is no schedule
    await dave.choose("People", [empty.bob.id, empty.carol.id], on=form)
    assert "Pages Bob Okafor and Carol Jansen now; after 5 min the policy" in form.plain
    await dave.enter("Wait for an acknowledgement", "1 h 30 min", on=form)
    assert "after 1 h 30 min the policy is exhausted" in form.plain
    assert (await dave.submit(form)).ok

    (layer,) = (await policy_of(empty, "Search")).layers
    assert layer.ack_timeout_minutes == 90
    assert layer.member_ids == await member_ids(empty, empty.bob, empty.carol)
    assert "1 layer  ·  now pages Bob Okafor and Carol Jansen first" in dave.modals[0].plain
    assert [one.type for one in await trail(empty, "policy")] == [
        "policy_created", "policy_changed",
    ]  # fmt: skip


async def test_a_layer_says_whom_it_would_page_before_it_is_sent(world: World) -> None:
    policy = await open_policy(world.dave)
    assert "1. Pages whoever is on call for Payments (now Bob Okafor)" in policy.plain
    form = (await world.dave.click("Edit", on=policy, near="2. Pages")).view
    assert typed(form, "timeout") == "5 min"

    await world.dave.choose("Pages", "Whoever is on call for a schedule", on=form)
    assert "Choose whom to page" in form.plain
    await world.dave.choose("Schedule", "Payments", on=form)
    assert "Pages Bob Okafor now; after 5 min Bob Okafor" in form.plain
    await world.dave.choose("Pages", "People by name", on=form)
    assert "after 5 min Carol Jansen" in form.plain
    await world.dave.choose("Pages", "Whoever is on call for a schedule", on=form)
    assert (await world.dave.submit(form)).ok

    first, second = (await policy_of(world)).layers
    assert first.schedule_id == second.schedule_id is not None


@pytest.mark.parametrize(
    ("typed_in", "minutes"),
    [("5", 5), ("5 min", 5), ("2 h", 120), ("1 day", 1440), ("7 days", 10_080)],
)
async def test_a_timeout_is_written_as_people_write_it(
    world: World, typed_in: str, minutes: int
) -> None:
    form = (await world.dave.click("Edit", on=await open_policy(world.dave), near="2. Pages")).view
    await world.dave.fill(form, {"Wait for an acknowledgement": typed_in})
    assert (await world.dave.submit(form)).ok
    assert (await policy_of(world)).layers[1].ack_timeout_minutes == minutes


@pytest.mark.parametrize("wrong", ["0", "10081", "8 days", "soon", "5 parsecs"])
async def test_what_is_no_timeout_is_refused_at_the_field(world: World, wrong: str) -> None:
    form = (await world.dave.click("Edit", on=await open_policy(world.dave), near="2. Pages")).view
    await world.dave.enter("Wait for an acknowledgement", wrong, on=form)
    assert f"⚠️ “{wrong}”" in form.plain

    submission = await world.dave.submit(form)

    assert list(submission.errors) == ["Wait for an acknowledgement"]
    assert typed(form, "timeout") == wrong


async def test_a_guest_is_refused_at_the_field(world: World) -> None:
    form = (await world.dave.click("Edit", on=await open_policy(world.dave), near="2. Pages")).view
    await world.dave.choose("People", [world.carol.id, world.gail.id], on=form)

    submission = await world.dave.submit(form)

    assert submission.errors == {
        "People": "Gail Guest is not a member here, so nobody can page them. Choose somebody else."
    }


async def test_layers_are_reordered_and_removed_with_what_follows(world: World) -> None:
    policy = await open_policy(world.dave)
    ids = [layer.id for layer in (await policy_of(world)).layers]
    await world.dave.click("Move up", on=policy, near="2. Pages")
    await world.settle()
    assert "Pages Carol Jansen now; after 5 min Bob Okafor" in policy.plain
    assert [layer.id for layer in (await policy_of(world)).layers] == ids[::-1]

    question = (await world.dave.click("Remove…", on=policy, near="1. Pages")).view
    assert "Pages Bob Okafor now; after 5 min the policy is exhausted." in question.plain
    assert (await world.dave.submit(question)).ok
    assert [layer.id for layer in (await policy_of(world)).layers] == ids[:1]


async def test_an_escalation_that_runs_keeps_its_layers_and_the_forms_say_so(world: World) -> None:
    await world.declare(world.alice)
    policy = await open_policy(world.dave)
    question = (await world.dave.click("Remove…", on=policy, near="2. Pages")).view
    assert "keep the layers they began with" in question.plain
    assert (await world.dave.submit(question)).ok

    await world.pass_time(minutes=6)

    assert len(world.carol.dm()) == 1


async def test_a_policy_that_an_incident_runs_is_not_removed_and_says_where(world: World) -> None:
    await world.declare(world.alice)
    policy = await open_policy(world.dave)
    await world.dave.click("Remove policy", on=policy)
    await world.settle()

    assert "in use by the open incident #1" in policy.plain
    assert (await policy_of(world)).name == "Payments"


async def test_somebody_who_left_forbids_no_change(world: World) -> None:
    (carol,) = await member_ids(world, world.carol)
    async with world.tocsin.core.transaction(world.system) as tx:
        (await people.get_member(tx, carol)).removed_at = tx.now
    policy = await open_policy(world.dave)
    assert "(Carol Jansen left)" in policy.plain

    form = (await world.dave.click("Edit details", on=policy)).view
    await world.dave.fill(form, {"Name": "Money"})
    assert (await world.dave.submit(form)).ok
    form = (await world.dave.click("Edit", near="2. Pages")).view
    await world.dave.choose("People", [world.alice.id], on=form)
    assert (await world.dave.submit(form)).ok

    assert (await policy_of(world, "Money")).layers[1].member_ids == await member_ids(
        world, world.alice
    )


async def test_lists_of_schedules_and_policies_lead_to_one_another(world: World) -> None:
    view = (await world.dave.command("/incident schedules")).view
    await world.dave.click("Escalation policies", on=view)
    await world.settle()
    assert view.title == "Escalation policies"
    assert len(world.dave.modals) == 1
    await world.dave.click("On-call schedules", on=view)
    await world.settle()
    assert view.title == "On-call schedules"
