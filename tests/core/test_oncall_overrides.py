"""Who is on call instead of whom, by example: overrides, and those who were removed."""

from core.oncall import Duty, Gap, Participant, Shift, gaps, resolve, shifts
from tests.core.rota import (
    ALICE,
    BOB,
    CAROL,
    DAY,
    MONDAY,
    layer,
    override,
    owner,
    schedule,
    spans,
    targets,
)

# Overrides


def test_an_override_stands_in_for_the_position_0_layer_and_says_for_whom():
    rotation = layer(ALICE, BOB)
    one = override(CAROL, MONDAY + DAY, MONDAY + 2 * DAY)
    payments = schedule(rotation, overrides=[one])
    assert resolve(payments, MONDAY + DAY).owner == Duty(
        member_id=CAROL,
        layer=rotation,
        override=one,
        since=MONDAY + DAY,
        until=MONDAY + 2 * DAY,
        instead_of=ALICE,
    )
    assert [owner(payments, MONDAY + n * DAY) for n in range(3)] == [ALICE, CAROL, ALICE]
    assert targets(payments, MONDAY + DAY) == [CAROL]


def test_an_override_counts_without_a_position_0_layer():
    one = override(CAROL, MONDAY, MONDAY + DAY)
    payments = schedule(layer(BOB, position=1), overrides=[one])
    assert targets(payments, MONDAY) == [CAROL, BOB]
    assert resolve(payments, MONDAY).owner == Duty(CAROL, None, one, MONDAY, MONDAY + DAY, None)
    assert resolve(payments, MONDAY + DAY).owner is None
    first = shifts(payments, MONDAY, MONDAY + DAY)[0]
    assert first == Shift(CAROL, None, 0, one.id, MONDAY, MONDAY + DAY)


def test_an_override_counts_while_the_position_0_layer_is_not_in_force():
    payments = schedule(layer(ALICE), overrides=[override(CAROL, MONDAY - DAY, MONDAY + DAY)])
    assert resolve(payments, MONDAY - DAY).owner.instead_of is None
    assert spans(payments, MONDAY - 2 * DAY, MONDAY + 2 * DAY) == [
        (CAROL, MONDAY - DAY, MONDAY + DAY),
        (ALICE, MONDAY + DAY, MONDAY + 2 * DAY),
    ]


def test_an_override_by_whoever_is_on_call_anyway_is_instead_of_nobody_and_no_change():
    payments = schedule(layer(ALICE), overrides=[override(ALICE, MONDAY + DAY, MONDAY + 2 * DAY)])
    assert resolve(payments, MONDAY + DAY).owner.instead_of is None
    assert resolve(payments, MONDAY).until is None


def test_one_override_may_follow_another_at_once():
    payments = schedule(
        layer(ALICE),
        overrides=[
            override(CAROL, MONDAY + 2 * DAY, MONDAY + 3 * DAY, 1),
            override(BOB, MONDAY + DAY, MONDAY + 2 * DAY, 2),
        ],
    )
    assert spans(payments, MONDAY, MONDAY + 4 * DAY) == [
        (ALICE, MONDAY, MONDAY + DAY),
        (BOB, MONDAY + DAY, MONDAY + 2 * DAY),
        (CAROL, MONDAY + 2 * DAY, MONDAY + 3 * DAY),
        (ALICE, MONDAY + 3 * DAY, MONDAY + 4 * DAY),
    ]


def test_overrides_that_overlap_against_the_rules_still_leave_exactly_one_owner():
    payments = schedule(
        layer(ALICE),
        overrides=[
            override(BOB, MONDAY, MONDAY + 9 * DAY, 1),
            override(CAROL, MONDAY + DAY, MONDAY + 2 * DAY, 2),
        ],
    )
    assert spans(payments, MONDAY, MONDAY + 3 * DAY) == [
        (BOB, MONDAY, MONDAY + DAY),
        (CAROL, MONDAY + DAY, MONDAY + 2 * DAY),
        (ALICE, MONDAY + 2 * DAY, MONDAY + 3 * DAY),
    ]


# Removed members


def test_a_shift_is_cut_when_its_person_is_removed_and_the_next_member_takes_the_rest():
    gone = MONDAY + 2 * DAY
    payments = schedule(layer(Participant(ALICE, gone), BOB, CAROL))
    assert spans(payments, MONDAY, MONDAY + 28 * DAY) == [
        (ALICE, MONDAY, gone),
        (BOB, gone, MONDAY + 7 * DAY),
        (BOB, MONDAY + 7 * DAY, MONDAY + 14 * DAY),
        (CAROL, MONDAY + 14 * DAY, MONDAY + 21 * DAY),
        (BOB, MONDAY + 21 * DAY, MONDAY + 28 * DAY),
    ]
    assert resolve(payments, MONDAY).until == gone
    assert resolve(payments, gone).until == MONDAY + 14 * DAY
    assert resolve(payments, gone).owner.since == gone


def test_removing_somebody_who_is_not_on_call_cuts_nothing():
    payments = schedule(layer(ALICE, Participant(BOB, MONDAY + DAY), length=7))
    assert spans(payments, MONDAY, MONDAY + 7 * DAY) == [(ALICE, MONDAY, MONDAY + 7 * DAY)]
    assert resolve(payments, MONDAY).until is None


def test_a_stand_in_who_is_removed_too_is_followed_by_the_next():
    payments = schedule(
        layer(Participant(ALICE, MONDAY + DAY), Participant(BOB, MONDAY + 2 * DAY), CAROL)
    )
    assert spans(payments, MONDAY, MONDAY + 7 * DAY) == [
        (ALICE, MONDAY, MONDAY + DAY),
        (BOB, MONDAY + DAY, MONDAY + 2 * DAY),
        (CAROL, MONDAY + 2 * DAY, MONDAY + 7 * DAY),
    ]


def test_with_every_participant_removed_nobody_is_on_call_and_the_gap_is_one():
    gone = MONDAY + 2 * DAY
    payments = schedule(layer(Participant(ALICE, gone), Participant(BOB, gone)))
    assert owner(payments, gone) is None
    assert resolve(payments, gone).until is None
    assert gaps(payments, MONDAY, MONDAY + 30 * DAY) == (Gap(gone, MONDAY + 30 * DAY),)


def test_a_removed_members_override_counts_until_they_were_removed():
    gone = MONDAY + DAY
    payments = schedule(
        layer(ALICE), overrides=[override(Participant(BOB, gone), MONDAY, MONDAY + 3 * DAY)]
    )
    assert spans(payments, MONDAY, MONDAY + 2 * DAY) == [
        (BOB, MONDAY, gone),
        (ALICE, gone, MONDAY + 2 * DAY),
    ]
    assert resolve(payments, MONDAY).owner.until == resolve(payments, MONDAY).until == gone


def test_an_override_whose_member_was_removed_before_it_never_counts():
    gone = MONDAY - DAY
    payments = schedule(
        layer(ALICE), overrides=[override(Participant(BOB, gone), MONDAY, MONDAY + 3 * DAY)]
    )
    assert owner(payments, MONDAY) == ALICE
    assert resolve(payments, MONDAY).until is None
