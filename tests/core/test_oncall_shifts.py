"""Until when, which shifts and which gaps, by example: one rule of section 5 a test."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.oncall import Gap, Shift, gaps, resolve, shifts
from tests.core.rota import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    DAY,
    HOUR,
    MONDAY,
    layer,
    override,
    owner,
    schedule,
    spans,
)

# Until when


def test_one_participant_alone_never_changes_though_each_shift_ends():
    payments = schedule(layer(ALICE, length=1))
    assert resolve(payments, MONDAY).until is None
    assert resolve(payments, MONDAY).owner.until == MONDAY + DAY


def test_a_handoff_to_the_same_person_is_no_change():
    payments = schedule(layer(ALICE, ALICE, BOB, length=1))
    assert resolve(payments, MONDAY).until == MONDAY + 2 * DAY


def test_a_change_decades_ahead_is_found():
    payments = schedule(layer(*[ALICE] * 30, BOB, length=366))
    assert owner(payments, resolve(payments, MONDAY).until) == BOB
    assert resolve(payments, MONDAY).until.year == 2056


def test_a_change_in_any_layer_counts_and_one_that_pages_the_same_people_does_not():
    primary, secondary = layer(ALICE), layer(ALICE, BOB, position=1, length=1)
    assert resolve(schedule(primary, secondary), MONDAY).until == MONDAY + DAY
    masked = schedule(primary, secondary, layer(BOB, position=2))
    assert resolve(masked, MONDAY + DAY).until is None


def test_layers_that_mask_one_another_for_ever_end_the_search():
    masked = [layer(ALICE), layer(BOB, position=1)]
    cycle_of_164_years = (1, 2, 3, 5, 7, 11, 13)
    for position, days in enumerate(cycle_of_164_years, start=2):
        masked.append(layer(ALICE, BOB, position=position, length=days))
    assert resolve(schedule(*masked), MONDAY).until is None
    later = override(CAROL, MONDAY + 9000 * DAY, MONDAY + 9001 * DAY)
    assert resolve(schedule(*masked, overrides=[later]), MONDAY).until == later.start_at


def test_what_an_override_hides_is_no_change():
    payments = schedule(
        layer(ALICE, BOB, length=1), overrides=[override(CAROL, MONDAY, MONDAY + 5 * DAY)]
    )
    assert resolve(payments, MONDAY).until == MONDAY + 5 * DAY


# Shifts and gaps


def test_shifts_are_clipped_to_the_window_and_come_in_order_of_start_and_position():
    one = override(CAROL, MONDAY + DAY, MONDAY + 2 * DAY)
    payments = schedule(layer(DAVE, position=1), layer(ALICE, BOB), overrides=[one])
    start, end = MONDAY + HOUR, MONDAY + 3 * DAY
    assert shifts(payments, start, end) == (
        Shift(ALICE, UUID(int=100), 0, None, start, MONDAY + DAY),
        Shift(DAVE, UUID(int=101), 1, None, start, end),
        Shift(CAROL, UUID(int=100), 0, one.id, MONDAY + DAY, MONDAY + 2 * DAY),
        Shift(ALICE, UUID(int=100), 0, None, MONDAY + 2 * DAY, end),
    )


def test_an_override_is_one_shift_though_the_rotation_hands_off_beneath_it():
    payments = schedule(
        layer(ALICE, BOB, length=1), overrides=[override(CAROL, MONDAY, MONDAY + 3 * DAY)]
    )
    assert spans(payments, MONDAY, MONDAY + 3 * DAY) == [(CAROL, MONDAY, MONDAY + 3 * DAY)]
    hidden = [resolve(payments, MONDAY + n * DAY).owner.instead_of for n in range(3)]
    assert hidden == [ALICE, BOB, ALICE]


def test_gaps_are_where_nobody_owns_and_overrides_fill_them():
    payments = schedule(
        layer(ALICE, since=MONDAY + DAY, until=MONDAY + 2 * DAY),
        layer(BOB, position=1),
        overrides=[override(CAROL, MONDAY + 3 * DAY, MONDAY + 4 * DAY)],
    )
    assert gaps(payments, MONDAY, MONDAY + 5 * DAY) == (
        Gap(MONDAY, MONDAY + DAY),
        Gap(MONDAY + 2 * DAY, MONDAY + 3 * DAY),
        Gap(MONDAY + 4 * DAY, MONDAY + 5 * DAY),
    )


@pytest.mark.parametrize("length", [timedelta(0), -DAY])
def test_a_window_that_does_not_end_after_it_starts_holds_nothing(length):
    payments = schedule(layer(ALICE), layer(BOB, position=1))
    assert shifts(payments, MONDAY, MONDAY + length) == ()
    assert gaps(schedule(), MONDAY, MONDAY + length) == ()
