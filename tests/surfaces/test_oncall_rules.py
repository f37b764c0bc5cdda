"""On call: the same rule by each door gives the same refusal, and changes nothing."""

from itertools import pairwise
from uuid import UUID

import pytest

from core import overrides, schedule_parts, schedules, scheduling
from core.errors import (
    ChangedMeanwhile,
    InUse,
    InvalidTarget,
    InvalidTargetUser,
    NameConflict,
    NotFound,
    OverrideConflict,
    OverrideEnded,
    ValidationFailed,
)
from core.transaction import Transaction
from storage.vocabulary import Surface
from tests.surfaces.covered import rule
from tests.surfaces.doors import OUTSIDER, Refusal
from tests.surfaces.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


@rule(InvalidTargetUser)
async def test_who_is_no_member_stands_in_for_nobody(house: House) -> None:
    schedule = await house.schedule()

    async with house.unchanged():
        refusal = await house.door.create_override(
            "bob", schedule, person=OUTSIDER, start=house.after(hours=1), end=house.after(hours=2)
        )

    assert refusal == house.told(InvalidTargetUser)


@rule(ValidationFailed)
async def test_an_override_ends_after_it_begins_and_is_not_over(house: House) -> None:
    schedule = await house.schedule()

    async with house.unchanged():
        backwards = await house.door.create_override(
            "bob", schedule, person="dave", start=house.after(hours=2), end=house.after(hours=1)
        )
        over = await house.door.create_override(
            "bob", schedule, person="dave", start=house.after(hours=-2), end=house.after(hours=-1)
        )

    said = "It ends before it begins. Choose a later end."
    assert backwards == house.told(ValidationFailed, said)
    assert over == house.told(ValidationFailed, "That time is over. Choose an end that is ahead.")


@rule(OverrideConflict)
async def test_two_overrides_do_not_overlap_by_a_change(house: House) -> None:
    schedule, (first, second) = await _two_overrides(house)

    async with house.unchanged():
        refusal = await house.door.change_override("bob", schedule, first, end=house.after(hours=4))

    assert second
    since, until = (f"{house.after(hours=one + 1):%Y-%m-%d %H:%M}" for one in (3, 5))
    assert refusal == house.told(
        OverrideConflict,
        f"Carol Jansen covers part of that time already, from {since} to {until} "
        "(Europe/Berlin). Change or remove that override first.",
    )


async def test_two_overrides_do_not_overlap_by_a_new_one(house: House) -> None:
    """A program is refused; people, who take shifts over, cut what is in the way."""
    schedule, _ = await _two_overrides(house)

    refusal = await house.door.create_override(
        "bob", schedule, person="alice", start=house.after(hours=1), end=house.after(hours=4)
    )

    async with house.world.tocsin.core.reading(house.world.system) as tx:
        found = await overrides.list_overrides(tx, schedule)
    spans = [(one.start_at, one.end_at) for one in found]
    assert all(ends <= begins for (_, ends), (begins, _) in pairwise(spans))
    if house.door.tells_codes:
        assert refusal
        assert refusal.code == OverrideConflict.code
        assert refusal.message.startswith("Dave Lindqvist covers part of that time already, from ")
    else:
        assert refusal is None


async def _two_overrides(house: House) -> tuple[UUID, list[UUID]]:
    """Dave for the first two hours, Carol from the third to the fifth."""
    schedule = await house.schedule()
    first = await house.override(schedule, "dave", house.after(hours=0), house.after(hours=2))
    second = await house.override(schedule, "carol", house.after(hours=3), house.after(hours=5))
    return schedule, [first, second]


@rule(OverrideEnded)
async def test_an_override_that_is_over_stays_as_it_was(house: House) -> None:
    schedule = await house.schedule()
    to_take_back, to_change = [
        await house.override(schedule, "dave", house.after(hours=one), house.after(hours=one + 1))
        for one in (0, 1)
    ]

    async def time_passes() -> None:
        house.world.clock.at = house.after(hours=3)
        await house.world.settle()

    async with house.unchanged() as still:

        async def over_meanwhile() -> None:
            await time_passes()
            await still.look()

        changed = await house.door.change_override(
            "bob",
            schedule,
            to_change,
            start=house.after(hours=1),
            end=house.after(hours=5),
            meanwhile=over_meanwhile,
        )
        removed = await house.door.remove_override("bob", schedule, to_take_back)

    assert changed == removed == house.told(OverrideEnded)


@rule(NotFound)
async def test_an_override_that_is_gone_is_not_taken_back_again(house: House) -> None:
    schedule = await house.schedule()
    gone = await house.override(schedule, "dave", house.after(hours=1), house.after(hours=2))
    await house.do(overrides.remove, gone)

    async with house.unchanged():
        refusal = await house.door.remove_override("bob", schedule, gone)

    said = "There is no such override. It may have been removed."
    assert refusal == house.told(NotFound, said)


@rule(NameConflict)
async def test_no_two_schedules_or_policies_share_a_name(house: House) -> None:
    schedule, policy, taken = await house.schedule(), await house.policy(), house.name("Taken")
    await house.schedule(taken)
    await house.policy(taken)

    async with house.unchanged():
        refusals = [
            await house.door.rename_schedule("bob", schedule, taken),
            await house.door.rename_policy("bob", policy, taken),
        ]

    assert refusals == [
        house.told(NameConflict, f"There is a {noun} called “{taken}” already.")
        for noun in ("schedule", "policy")
    ]


@rule(NotFound)
async def test_what_is_gone_is_not_given_another_name(house: House) -> None:
    schedule = await house.schedule()

    async with house.unchanged() as still:
        refusal = await house.door.rename_schedule(
            "bob", schedule, house.name("New"), meanwhile=still.but(_remove, schedule)
        )

    assert refusal == house.told(NotFound, "There is no such schedule. It may have been removed.")


@rule(ChangedMeanwhile)
async def test_a_form_changes_what_it_showed_or_nothing(house: House) -> None:
    """A program that names a schedule's field has seen nothing, and has the last word."""
    schedule, mine, theirs = await house.schedule(), house.name("Mine"), house.name("Theirs")

    async def they_rename_it() -> None:
        await house.do(schedule_parts.change_details, schedule, name=theirs)

    refusal = await house.door.rename_schedule("bob", schedule, mine, meanwhile=they_rename_it)

    async with house.world.tocsin.core.reading(house.world.system) as tx:
        name = (await schedules.get_schedule(tx, schedule)).name
    is_program = house.door.tells_codes
    assert refusal == (None if is_program else house.told(ChangedMeanwhile))
    assert name == (mine if is_program else theirs)


async def _remove(tx: Transaction, schedule: UUID) -> None:
    await scheduling.remove_schedule(tx, await scheduling.lock_schedule(tx, schedule))


@rule(InUse)
async def test_what_is_in_use_is_not_removed_and_says_where(house: House) -> None:
    names = house.name("Used"), house.name("Policy")
    schedule = await house.schedule(names[0])
    policy = await house.policy(names[1], schedule=schedule)

    async with house.unchanged():
        by_policy = await house.door.remove_schedule("bob", schedule)
    incident = await house.incident(policy=policy)
    async with house.unchanged():
        by_incident = await house.door.remove_policy("bob", policy)

    said = f"“{names[0]}” is in use by the policy “{names[1]}”. Change that first."
    assert by_policy == house.told(InUse, said)
    number = await house.number(incident)
    said = f"“{names[1]}” is in use by the open incident #{number}. Resolve it first."
    assert by_incident == house.told(InUse, said)


@rule(InvalidTarget)
async def test_a_layer_pages_somebody(house: House) -> None:
    policy = await house.policy()

    async with house.unchanged():
        refusal = await house.door.add_layer("bob", policy, people=[])

    assert refusal == house.told(InvalidTarget)


@rule(InvalidTargetUser)
async def test_a_layer_pages_members(house: House) -> None:
    """Slack, which knows what everybody is called, says who is none."""
    policy = await house.policy()

    async with house.unchanged():
        refusal = await house.door.add_layer("bob", policy, people=["carol", OUTSIDER])

    named = "Gail Guest is not a member here, so nobody can page them. Choose somebody else."
    says_who = house.door.surface is Surface.SLACK
    assert refusal == (Refusal(named) if says_who else house.told(InvalidTargetUser))
