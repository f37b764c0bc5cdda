"""The App Home: what waits for me, what is mine, my shifts, who is on call, what is open."""

from datetime import timedelta

import pytest

from core import declaring, policies, schedules, scheduling
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft
from core.targets import schedule_owner
from storage.vocabulary import RotationType, Severity
from tests.cast import NOON
from tests.world import World, running_world


async def home_of(world: World, person: str) -> str:
    who = getattr(world, person)
    await who.open_home()
    return str(who.reads(who.home))


def section(home: str, title: str, until: str) -> str:
    return home.split(f"\n{title}\n")[1].split(f"\n{until}")[0]


async def test_when_all_is_calm_it_says_so(world: World) -> None:
    home = await home_of(world, "dave")

    assert "Nothing is waiting for you." in home
    assert "You are not on call in the next four weeks." in home
    assert "🎉 No incident is open." in home
    assert "Pages reach you through Slack DM." in home
    assert "Waiting for you" not in home


async def test_what_waits_for_me_comes_first_until_i_press_it_there(world: World) -> None:
    await world.declare(world.alice)
    home = await home_of(world, "bob")
    assert "Checkout is down" in section(home, "Waiting for you", "Yours")

    await world.bob.click("Acknowledge", on=world.bob.home)
    await world.settle()

    home = world.bob.reads(world.bob.home)
    assert home.startswith("You acknowledged #1.")
    assert "Waiting for you" not in home
    assert "Checkout is down" in section(home, "Yours", "Your shifts")
    assert world.bob.modal is None


async def test_a_page_of_an_earlier_layer_still_waits_for_whoever_got_it(world: World) -> None:
    await world.declare(world.alice)
    await world.pass_time(minutes=6)

    assert "Checkout is down" in section(await home_of(world, "carol"), "Waiting for you", "Yours")
    assert "Waiting for you" not in await home_of(world, "dave")


async def test_my_shift_now_and_my_next_ones_stand_on_both_clocks(world: World) -> None:
    home = await home_of(world, "bob")

    mine = section(home, "Your shifts", "On call now")
    assert "📟 Now: Payments · Primary\nuntil Nov 23, 2026 09:00" in mine
    assert (
        "Dec 14, 2026 09:00 – Dec 21, 2026 09:00" in mine
    )  # whole, though four weeks are looked at
    assert "in Berlin" not in mine  # it is his own clock


async def test_who_is_on_call_stands_with_until_when_for_each_reader(world: World) -> None:
    tokyo = section(await home_of(world, "dave"), "On call now", "Open incidents")
    new_york = section(await home_of(world, "carol"), "On call now", "Open incidents")

    assert "17:00 (Mon 23 Nov, 09:00 in Berlin) · Primary" in tokyo
    assert "03:00 (Mon 23 Nov, 09:00 in Berlin) · Primary" in new_york


async def test_a_test_page_goes_the_way_that_pages_go(world: World) -> None:
    await world.dave.open_home()

    await world.dave.click("Send me a test page", on=world.dave.home)
    await world.settle()

    assert "A test page is on its way through Slack DM." in world.dave.home.plain
    (page,) = world.dave.dm()
    assert "This is a test page" in page.plain


async def test_without_schedules_it_offers_to_make_the_first(database_url: str) -> None:
    async with running_world(database_url, blueprint="") as world:
        home = await home_of(world, "dave")

        assert "There are no schedules yet." in home


@pytest.mark.timeout(240)
async def test_500_incidents_and_80_schedules_are_turned_page_by_page(world: World) -> None:
    await fill(world, incidents=500, rotas=80)
    home = await home_of(world, "dave")

    assert "Open incidents (500)" in home
    assert "1–15 of 500 incidents" in home
    assert "1–10 of 81 schedules" in home
    assert "#1 " in home, "the worst that nobody has acknowledged"
    assert "#2 " not in home

    await world.dave.click("More ▶", on=world.dave.home, near="1–15 of 500 incidents")
    home = world.dave.reads(world.dave.home)
    assert "16–30 of 500 incidents" in home
    assert "1–10 of 81 schedules" in home

    await world.dave.click("More ▶", on=world.dave.home, near="1–10 of 81 schedules")
    home = world.dave.reads(world.dave.home)
    assert "11–20 of 81 schedules" in home
    assert "16–30 of 500 incidents" in home

    await world.dave.click("Send me a test page", on=world.dave.home)
    home = world.dave.reads(world.dave.home)
    assert "A test page is on its way" in home
    assert "16–30 of 500 incidents" in home, "what is pressed there turns no page"


async def fill(world: World, *, incidents: int, rotas: int) -> None:
    """A busy organization."""
    core = world.tocsin.core
    async with core.transaction(world.system) as tx:
        (payments,) = await schedules.list_schedules(tx)
        bob = await schedule_owner(tx, payments.id)
        assert bob is not None
        for number in range(rotas):
            layer = RotationDraft(
                "Primary", RotationType.DAILY, 1, NOON.time(), NOON - timedelta(days=9), None,
                (bob.person.id,),
            )  # fmt: skip
            draft = ScheduleDraft(f"Team {number:02}", "Asia/Tokyo", None, (layer,))
            await scheduling.create_schedule(tx, draft)
        quiet = await policies.create_policy(
            tx, PolicyDraft("Quiet", None, (EscalationLayerDraft(9, None, (bob.person.id,)),))
        )
    async with core.transaction(world.system) as tx:
        for number in range(incidents):
            await declaring.open_incident(
                tx,
                title=f"Something is slow ({number})",
                severity=list(Severity)[number % 4],
                owner_id=bob.person.id,
                escalation_policy_id=quiet.id,
            )


async def test_a_refusal_of_what_was_pressed_there_is_told(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        empty = await policies.create_policy(tx, PolicyDraft("Empty", None, ()))
    await world.bob.open_home()
    async with world.tocsin.core.transaction(world.system) as tx:
        await policies.remove_policy(tx, await policies.lock_policy(tx, empty.id))

    await world.bob.click("Open policy", on=world.bob.home, near="Empty")
    await world.settle()

    assert "There is no such escalation policy" in world.bob.modal.plain
