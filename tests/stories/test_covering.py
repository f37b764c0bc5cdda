"""Covering: a shift, or a part of it, is taken or given away in two clicks, and both are told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import overrides, schedules
from storage.vocabulary import AuditType
from tests.cast import NOON
from tests.world import World


async def the_overrides(world: World) -> list[tuple[float, float]]:
    async with world.tocsin.core.reading(world.system) as tx:
        (payments,) = await schedules.list_schedules(tx)
        found = await overrides.list_overrides(tx, payments.id)
    hour = timedelta(hours=1)
    return [((one.start_at - NOON) / hour, (one.end_at - NOON) / hour) for one in found]


def stamp(hours: float) -> int:
    return int((NOON + timedelta(hours=hours)).timestamp())


async def cover(world: World, person: Any, **fields: Any) -> Any:
    view = (await person.command("/incident override")).view
    await person.fill(view, fields)
    return await person.submit(person.modal)


async def test_a_shift_is_taken_in_two_clicks_from_who_is_on_call(world: World) -> None:
    answer = await world.dave.command("/incident oncall")
    opened = await world.dave.click("Cover…", on=answer.messages[0])
    submission = await world.dave.submit(opened.view)
    await world.settle()

    assert submission.ok
    again = await world.dave.command("/incident oncall")
    assert "Dave Lindqvist until" in again.messages[0].plain
    assert "covering for Bob Okafor" in again.messages[0].plain


async def test_the_form_proposes_me_from_now_to_the_end_of_the_shift(world: World) -> None:
    view = (await world.dave.command("/incident override payments")).view

    plain = world.dave.reads(view)
    assert "How it will be" in plain
    assert "➡️ Dave Lindqvist: " in plain
    assert "21:00 (Wed 18 Nov, 13:00 in Berlin) – " in plain
    assert "Bob Okafor: from" in plain
    assert "17:00 (Mon 23 Nov, 09:00 in Berlin)" in plain


async def test_both_people_are_told_each_on_their_own_clock(world: World) -> None:
    await cover(world, world.dave, From=stamp(1), Until=stamp(3))
    await world.settle()

    (to_dave,) = world.dave.dm()
    (to_bob,) = world.bob.dm()
    assert "You cover Payments, in place of Bob Okafor" in to_dave.plain
    assert "Dave Lindqvist covers your time on Payments" in to_bob.plain
    assert "Wed 18 Nov, 14:00 in Berlin" in world.dave.reads(to_dave)
    assert "in Berlin)" not in world.bob.reads(to_bob).split("off call:")[1]
    assert "Dave Lindqvist arranged this." in to_bob.plain


async def test_a_part_of_a_shift_is_taken_and_the_rest_stays(world: World) -> None:
    await cover(world, world.dave, From=stamp(1), Until=stamp(3))

    assert await the_overrides(world) == [(1, 3)]
    await world.pass_time(hours=2)
    await world.declare(world.alice)
    assert len(world.dave.dm()) == 2  # what he covers, and the page
    assert "covering" not in world.bob.dm()[-1].plain
    assert "overriding Bob Okafor" in world.dave.dm()[-1].plain


async def test_changing_the_time_says_anew_how_it_will_be_and_keeps_the_rest(world: World) -> None:
    view = (await world.dave.command("/incident override")).view
    await world.dave.fill(view, {"Who covers": world.carol.id})

    await world.dave.choose("Until", stamp(2), on=view)

    plain = world.dave.modal.plain
    assert "➡️ Carol Jansen" in plain
    assert "Bob Okafor" in plain.split("➡️ Carol Jansen")[1]


@pytest.mark.parametrize(
    ("fields", "where", "why"),
    [
        ({"From": stamp(3), "Until": stamp(1)}, "Until", "ends before it begins"),
        ({"From": stamp(-3), "Until": stamp(-1)}, "Until", "That time is over"),
        ({"Who covers": "gail"}, "Who covers", "That person is not a member here"),
    ],
)
async def test_what_can_not_be_is_refused_at_its_field_and_foretold(
    world: World, fields: dict[str, Any], where: str, why: str
) -> None:
    if fields.get("Who covers"):
        fields = {"Who covers": world.gail.id}
    view = (await world.dave.command("/incident override")).view
    await world.dave.fill(view, fields)
    foretold = world.dave.modal.plain

    submission = await world.dave.submit(world.dave.modal)

    assert "⚠️" in foretold
    assert why in submission.errors[where]
    assert await the_overrides(world) == []


async def test_one_who_covers_already_makes_room(world: World) -> None:
    await cover(world, world.dave, From=stamp(1), Until=stamp(5))
    await world.settle()
    submission = await cover(
        world, world.carol, **{"Who covers": world.carol.id, "From": stamp(2), "Until": stamp(3)}
    )
    await world.settle()

    assert submission.ok
    assert await the_overrides(world) == [(1, 2), (2, 3), (3, 5)]
    assert "Carol Jansen covers your time" in world.dave.dm()[-1].plain


async def test_an_override_is_taken_back_in_the_form_and_both_are_told(world: World) -> None:
    await cover(world, world.dave, From=stamp(1), Until=stamp(3))
    await world.settle()
    view = (await world.bob.command("/incident override")).view
    assert "Overrides ahead" in view.plain

    await world.bob.click("Take back", on=view)
    await world.settle()

    assert await the_overrides(world) == []
    assert "Overrides ahead" not in world.bob.modal.plain
    assert "You are no longer on call for Payments; Bob Okafor is again" in (
        world.dave.dm()[-1].plain
    )
    assert "you are on call for Payments again" in world.bob.dm()[-1].plain


async def test_what_is_taken_back_is_gone_from_the_home_behind_the_form(world: World) -> None:
    await cover(world, world.dave, From=stamp(0), Until=stamp(3))
    await world.bob.open_home()
    before = world.bob.home.plain
    view = (await world.bob.command("/incident override")).view
    await world.bob.click("Take back", on=view)
    await world.settle()

    assert "covering for Bob Okafor" in before
    assert "covering for Bob Okafor" not in world.bob.home.plain


async def test_one_who_gives_a_shift_away_chooses_only_to_whom(world: World) -> None:
    await world.bob.open_home()
    opened = await world.bob.click("Give away…", on=world.bob.home, near="Now:")

    await world.bob.fill(opened.view, {"Who covers": world.carol.id})
    submission = await world.bob.submit(world.bob.modal)
    await world.settle()

    assert submission.ok
    assert "You cover Payments" in world.carol.dm()[0].plain


async def test_every_override_is_on_the_organization_s_trail(world: World) -> None:
    await cover(world, world.dave, From=stamp(1), Until=stamp(3))

    async with world.tocsin.core.reading(world.system) as tx:
        from sqlalchemy import select

        from storage.models import AuditEvent

        events = list(
            await tx.db.scalars(select(AuditEvent).filter_by(type=AuditType.OVERRIDE_CREATED))
        )
    assert [one.actor_name for one in events] == ["Dave Lindqvist"]


async def test_whoever_is_asked_for_another_time_covers_that_time(world: World) -> None:
    answer = await world.dave.command("/incident oncall Payments at friday 22:00")

    opened = await world.dave.click("Cover…", on=answer.messages[0])
    submission = await world.dave.submit(opened.view)

    assert submission.ok
    ((since, until),) = await the_overrides(world)
    assert NOON + timedelta(hours=since) == datetime.fromisoformat("2026-11-20T22:00+09:00")
    assert NOON + timedelta(hours=until) == datetime.fromisoformat("2026-11-23T09:00+01:00")


async def test_an_open_home_shows_what_a_form_has_changed(world: World) -> None:
    await world.dave.open_home()
    assert "Bob Okafor" in world.dave.home.plain

    await world.dave.submit((await world.dave.command("/incident override")).view)
    await world.tocsin.answering.finish()

    assert "Dave Lindqvist until" in world.dave.home.plain


async def test_what_has_passed_is_shown_as_it_stays(world: World) -> None:
    view = (await world.dave.command("/incident override")).view

    await world.dave.fill(view, {"From": stamp(-24), "Until": stamp(2)})

    assert "➡️ Dave Lindqvist: Nov 18, 2026 12:00" in world.dave.modal.plain


async def test_an_override_is_changed_in_the_form_and_the_past_of_it_stays(world: World) -> None:
    await cover(world, world.dave, From=stamp(1), Until=stamp(5))
    world.clock.at += timedelta(hours=2)
    below = (await world.dave.command("/incident override")).view
    opened = await world.dave.click("Change…", on=below)
    assert opened.view.title == "Change an override"

    await world.dave.fill(opened.view, {"Until": stamp(3)})
    assert "➡️ Dave Lindqvist" in world.dave.modal.plain
    submission = await world.dave.submit(world.dave.modal)
    await world.settle()

    assert submission.ok
    assert await the_overrides(world) == [(1, 3)]
    assert "now covers your time on Payments" in world.bob.dm()[-1].plain

    opened = await world.dave.click("Change…", on=world.dave.modal)
    await world.dave.fill(opened.view, {"Who covers": world.carol.id})
    assert (await world.dave.submit(world.dave.modal)).ok
    world.clock.at -= timedelta(hours=2)
    assert await the_overrides(world) == [(1, 2), (2, 3)]


async def test_a_change_that_another_override_forbids_is_refused_at_its_field(
    world: World,
) -> None:
    await cover(world, world.dave, From=stamp(1), Until=stamp(2))
    await cover(world, world.carol, From=stamp(3), Until=stamp(4))
    below = (await world.dave.command("/incident override")).view
    opened = await world.dave.click("Change…", on=below, near="Dave Lindqvist")

    await world.dave.fill(opened.view, {"Until": stamp(4)})
    assert "⚠️ Carol Jansen covers part of that time already" in world.dave.modal.plain
    submission = await world.dave.submit(world.dave.modal)

    assert "Carol Jansen covers part of that time already" in submission.errors["From"]
    assert await the_overrides(world) == [(1, 2), (3, 4)]
