"""“Who would be paged?”, what nobody covers, and calendars: asked and answered in Slack."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from bot.moments import read_moment
from bot.oncall import take_apart
from core import schedules, scheduling
from core.errors import ValidationFailed
from tests.cast import NOON
from tests.world import World, running_world, web_client

UNCOVERED = """
alerts_channel: incidents
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        from: 2026-11-16T09:00:00+01:00
        until: 2026-11-30T09:00:00+01:00
        people: [bob@example.com]
policies:
  Payments:
    layers:
      - {page: {schedule: Payments}, timeout: 5 min}
"""


def stamp(**later: float) -> int:
    return int((NOON + timedelta(**later)).timestamp())


async def test_a_policy_is_walked_layer_by_layer_with_why_and_where_it_ends(world: World) -> None:
    view = (await world.dave.command("/incident simulate payments")).view

    plain = world.dave.reads(view)
    assert "at once · layer 1 of 2" in plain
    assert "Bob Okafor, Slack DM · on call for Payments, rotation Primary, week 1, until" in plain
    assert "no answer in 5 min: layer 2" in plain
    assert "after 5 min · layer 2 of 2" in plain
    assert "Carol Jansen, Slack DM" in plain
    assert "after 10 min: the policy is exhausted. No last resort is named." in plain
    assert world.bob.dm() == []
    assert world.alerts.messages == []


async def test_it_says_what_then_really_happens(world: World) -> None:
    await world.dave.command("/incident simulate payments")
    await world.declare(world.alice)
    await world.pass_time(minutes=5)

    assert [len(world.bob.dm()), len(world.carol.dm())] == [1, 1]


async def test_with_somebody_unreachable_the_next_layer_is_paged_at_once(world: World) -> None:
    view = (await world.dave.command("/incident simulate")).view

    await world.dave.choose("If these can't be reached", [world.bob.id], on=view)

    plain = world.dave.modal.plain
    assert "Bob Okafor, Slack DM (can't be delivered)" in plain
    assert "none of it can be delivered: layer 2 at once" in plain
    assert "at once · layer 2 of 2" in plain


async def test_at_another_time_it_asks_who_is_on_call_then(world: World) -> None:
    view = (await world.dave.command("/incident override")).view
    await world.dave.fill(view, {"From": stamp(days=2), "Until": stamp(days=3)})
    await world.dave.submit(world.dave.modal)

    asked = await world.dave.command("/incident simulate payments at 2026-11-21 10:00")

    why = "on call for Payments, rotation Primary, week 1, covering for Bob Okafor"
    assert f"Dave Lindqvist, Slack DM · {why}" in asked.view.plain


async def test_an_unknown_policy_or_time_is_refused_with_what_there_is(world: World) -> None:
    no_policy = await world.dave.command("/incident simulate nights")
    no_time = await world.dave.command("/incident simulate at banana")

    assert "Payments" in no_policy.messages[0].plain
    assert "Try “18:00”, “tomorrow 9am”" in no_time.messages[0].plain


async def test_what_nobody_covers_is_found_and_leads_to_where_it_is_mended(
    database_url: str,
) -> None:
    async with running_world(database_url, blueprint=UNCOVERED) as world:
        await world.dave.open_home()
        home = world.dave.home.plain
        view = (await world.dave.command("/incident coverage")).view

        assert "Nobody is on call for Payments from Mon 30 Nov" in home
        assert "Coverage, the next 30 days" in home
        plain = view.plain
        assert "Nobody is on call for Payments from Mon 30 Nov" in plain
        opened = await world.dave.click("Open schedule", on=view, near="Layer 1 of Payments")
        assert "Payments" in opened.view.plain


async def test_once_it_is_mended_the_home_is_silent_about_it(database_url: str) -> None:
    async with running_world(database_url, blueprint=UNCOVERED) as world:
        await world.dave.open_home()
        assert "Nobody is on call for Payments" in world.dave.home.plain
        view = (await world.dave.command("/incident override")).view
        await world.dave.fill(view, {"From": stamp(days=11), "Until": stamp(days=40)})
        await world.dave.submit(world.dave.modal)

        await world.dave.open_home()

        assert "Nobody is on call for Payments" not in world.dave.home.plain


async def test_my_calendar_has_an_address_that_i_can_make_dead(database_url: str) -> None:
    async with running_world(database_url, public_url="https://tocsin.example.com") as world:
        await world.bob.open_home()
        opened = await world.bob.click("My calendar", on=world.bob.home)
        address = next(word for word in opened.view.plain.split() if word.startswith("https://"))
        path = urlsplit(address.strip("`")).path
        async with web_client(world.tocsin) as web:
            assert "On call: Payments" in (await web.get(path)).text

            await world.bob.click("Revoke it", on=world.bob.modal)

            assert (await web.get(path)).status_code == 404
        assert "is dead" in world.bob.modal.plain


async def test_without_a_public_url_it_says_whom_to_ask(world: World) -> None:
    await world.bob.open_home()

    opened = await world.bob.click("My calendar", on=world.bob.home)

    assert "Calendars need PUBLIC_URL" in opened.view.plain


@pytest.mark.parametrize(
    "typed", ["oncall at 0001-01-01 00:00", "oncall at 9999-12-31 23:59", "simulate at 9999-12-30"]
)
async def test_an_instant_out_of_reach_is_refused_in_words(world: World, typed: str) -> None:
    answer = await world.carol.command(f"/incident {typed}")

    assert "is no time that Tocsin understands" in answer.messages[0].plain


async def test_a_name_may_have_at_in_it(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        (payments,) = await schedules.list_schedules(tx)
        draft = scheduling.draft_of(payments)
        layers = tuple(replace(layer, id=None) for layer in draft.layers)
        await scheduling.create_schedule(tx, replace(draft, name="Night at Berlin", layers=layers))

    answer = await world.bob.command("/incident oncall night at berlin")

    assert "Night at Berlin" in answer.messages[0].plain


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-10-25 02:30", "2026-10-25T00:30"),  # there are two: the first
        ("2027-03-28 02:30", "2027-03-28T01:00"),  # there is none: the first after it
        ("friday 22:00", "2026-11-20T21:00"),
        ("2026-12-24T18:00:00+09:00", "2026-12-24T09:00"),
    ],
)
def test_a_typed_time_is_meant_as_a_schedule_means_it(typed: str, instant: str) -> None:
    found = read_moment(typed, timezone="Europe/Berlin", now=NOON)

    assert found == datetime.fromisoformat(f"{instant}+00:00")


@pytest.mark.parametrize("typed", ["10/11/2026 18:00", "3.4. 9am", "at 2-12"])
def test_a_day_that_could_be_one_of_two_is_not_guessed(typed: str) -> None:
    with pytest.raises(ValidationFailed, match=r"could be one of two days.*“10 Nov 18:00”"):
        read_moment(typed, timezone="Europe/Berlin", now=NOON)


def test_a_day_that_can_only_be_one_is_taken() -> None:
    found = read_moment("24/12/2026 18:00", timezone="Europe/Berlin", now=NOON)

    assert found == datetime.fromisoformat("2026-12-24T17:00+00:00")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ("", None)),
        ("payments", ("payments", None)),
        ("at friday 22:00", ("", "friday 22:00")),
        ("payments at friday 22:00", ("payments", "friday 22:00")),
        ("night at berlin", ("night at berlin", None)),
        ("Night at Berlin at friday 22:00", ("Night at Berlin", "friday 22:00")),
        ("paymants at 9", ("paymants", "9")),
    ],
)
def test_of_several_readings_the_one_with_a_known_name_counts(
    typed: str, read: tuple[str, str | None]
) -> None:
    assert take_apart(typed, ["Payments", "Night at Berlin"]) == read
