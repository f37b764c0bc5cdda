"""One incident from the first word to the last, as the people in it see it."""

import pytest

from storage.vocabulary import AuditType, EscalationState, Status
from tests.world import World, typed

pytestmark = pytest.mark.both_at_once


async def test_nobody_presses_so_the_next_layer_is_paged_and_the_first_reads_why(
    world: World,
) -> None:
    await world.declare(world.alice, "Checkout is down")

    (page,) = world.bob.dm()
    assert "Checkout is down" in page.plain
    assert "You are on call for Payments" in page.plain
    assert page.buttons == ["Acknowledge", "Resolve", "Hand off", "View"]
    assert world.carol.dm() == []

    await world.pass_time(minutes=4, seconds=59)
    assert world.carol.dm() == []

    await world.pass_time(seconds=1)
    (second,) = world.carol.dm()
    assert "layer 2" in second.plain.lower()
    (page,) = world.bob.dm()
    assert "Nobody acknowledged at layer 1" in page.plain


async def test_the_lock_screen_says_severity_number_title_and_who_is_next(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")

    (page,) = world.bob.dm()
    assert page.text == "🔴 Critical #1: Checkout is down. Carol Jansen is next in 5 min."


async def test_acknowledging_changes_every_copy_and_stops_the_clock(world: World) -> None:
    await world.declare(world.alice)
    await world.pass_time(minutes=5)

    await world.carol.click("Acknowledge", on=world.carol.dm()[0])
    await world.settle()

    (mine,) = world.carol.dm()
    (other,) = world.bob.dm()
    card = world.alerts.messages[0]
    assert "You acknowledged this" in mine.plain
    assert "Carol Jansen acknowledged this" in other.plain
    assert "You can stand down." in other.plain
    assert "Carol Jansen" in card.plain
    for copy in (mine, other, card):
        assert "Acknowledge" not in copy.buttons

    await world.pass_time(hours=2)
    assert (await world.incident()).escalation_state is EscalationState.ACKNOWLEDGED
    assert len(world.bob.dm()) == len(world.carol.dm()) == 1


async def test_an_exhausted_policy_is_said_loudly_once_and_the_incident_stays_open(
    world: World,
) -> None:
    await world.declare(world.alice)
    await world.pass_time(minutes=10)
    await world.pass_time(hours=3)

    loud = [one for one in world.alerts.messages if one.broadcast]
    assert ["exhausted" in one.plain for one in loud] == [True]
    assert (await world.incident()).escalation_state is EscalationState.EXHAUSTED
    assert (await world.incident()).status is Status.INVESTIGATING
    assert (await world.types()).count(AuditType.ESCALATION_EXHAUSTED) == 1


async def test_handing_off_pages_the_new_owner_alone_and_starts_the_clock_anew(
    world: World,
) -> None:
    await world.declare(world.alice)
    await world.bob.click("Acknowledge", on=world.bob.dm()[0])
    await world.settle()

    answer = await world.bob.command(f"/incident handoff 1 <@{world.dave.id}>")
    await world.settle()

    assert "Dave Lindqvist" in answer.messages[0].text
    (page,) = world.dave.dm()
    assert "Bob Okafor handed this to you" in page.plain
    assert "You can stand down" in world.bob.dm()[0].plain
    assert world.carol.dm() == []
    await world.pass_time(minutes=5)
    assert len(world.carol.dm()) == 1


async def test_a_second_page_to_one_person_answers_in_the_thread_of_the_first(
    world: World,
) -> None:
    await world.declare(world.alice)
    await world.pass_time(minutes=5)
    await world.alice.command(f"/incident handoff 1 <@{world.carol.id}>")
    await world.settle()

    first, second = world.carol.dm()
    assert second.thread_ts == first.ts
    assert second.broadcast


async def test_an_update_goes_into_the_cards_thread_and_onto_the_timeline(world: World) -> None:
    await world.declare(world.alice)

    opened = await world.bob.click("Update…", on=world.alerts.messages[0])
    await world.bob.fill(
        opened.view, {"What happened?": "The database is full", "Status": "Move on to Identified"}
    )
    submission = await world.bob.submit(opened.view)
    await world.settle()

    assert submission.ok, submission.errors
    thread = [one for one in world.alerts.messages if one.thread_ts]
    assert any("The database is full" in one.plain for one in thread)
    assert (await world.incident()).status is Status.IDENTIFIED
    timeline = await world.alice.command("/incident timeline 1")
    assert "The database is full" in timeline.view.plain


async def test_a_public_update_is_refused_at_its_field_and_nothing_typed_is_lost(
    world: World,
) -> None:
    await world.declare(world.alice)
    opened = await world.bob.click("Update…", on=world.alerts.messages[0])
    await world.bob.fill(
        opened.view, {"What happened?": "We are on it", "Who may read it": "Public"}
    )

    submission = await world.bob.submit(opened.view)

    assert not submission.ok
    assert list(submission.errors) == ["Who may read it"]
    assert typed(world.bob.modal, "body") == "We are on it"
    assert AuditType.UPDATE_POSTED not in await world.types()


async def test_resolving_walks_every_step_and_stops_everything(world: World) -> None:
    await world.declare(world.alice)

    await world.bob.click("Resolve", on=world.bob.dm()[0])
    await world.settle()

    incident = await world.incident()
    assert (incident.status, incident.escalation_state) == (
        Status.RESOLVED,
        EscalationState.STOPPED,
    )
    steps = [e.data["after"] for e in await world.trail() if e.type is AuditType.STATUS_CHANGED]
    assert steps == ["identified", "monitoring", "resolved"]
    assert world.bob.dm()[0].buttons == ["View"]
    assert world.alerts.messages[0].buttons == ["View"]
    await world.pass_time(hours=1)
    assert world.carol.dm() == []


async def test_every_step_of_the_story_is_on_the_timeline(world: World) -> None:
    await world.declare(world.alice)
    await world.pass_time(minutes=5)
    await world.carol.click("Acknowledge", on=world.carol.dm()[0])
    await world.carol.command(f"/incident handoff 1 <@{world.dave.id}>")
    await world.dave.command("/incident severity 1 high")
    await world.dave.command("/incident status 1 identified")
    await world.dave.command("/incident resolve 1 It was the disk")
    await world.settle()

    view = (await world.alice.command("/incident timeline 1")).view

    for said in ("Declared", "Bob Okafor", "Carol Jansen", "acknowledged", "handed",
                 "High", "Identified", "It was the disk"):  # fmt: skip
        assert said.lower() in view.plain.lower()
