"""Who is on call, by example: one rule of section 5 a test."""

from datetime import UTC, datetime, time, timedelta, timezone
from time import perf_counter
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from core.oncall import (
    Duty,
    Gap,
    Override,
    Participant,
    RotationLayer,
    Schedule,
    Shift,
    gaps,
    resolve,
    shifts,
)

ALICE, BOB, CAROL, DAVE = (UUID(int=n) for n in range(1, 5))
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)  # 09:00 in Berlin
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def layer(
    *people,
    position=0,
    length=7,
    handoff=time(9),
    since=MONDAY,
    until=None,
):
    participants = tuple(p if isinstance(p, Participant) else Participant(p) for p in people)
    return RotationLayer(
        id=UUID(int=100 + position),
        name=f"Layer {position}",
        position=position,
        length_days=length,
        handoff=handoff,
        effective_from=since,
        effective_until=until,
        participants=participants,
    )


def override(person, start, end, number=0):
    member = person if isinstance(person, Participant) else Participant(person)
    return Override(UUID(int=200 + number), member, start, end)


def schedule(*layers, overrides=(), zone=BERLIN):
    return Schedule(UUID(int=300), "Payments", zone, layers, tuple(overrides))


def owner(of, at):
    duty = resolve(of, at).owner
    return duty and duty.member_id


def targets(of, at):
    return [duty.member_id for duty in resolve(of, at).targets]


def spans(of, start, end, position=0):
    return [
        (shift.member_id, shift.start_at, shift.end_at)
        for shift in shifts(of, start, end)
        if shift.position == position
    ]


# Rotation


def test_nobody_is_on_call_before_a_layer_begins_and_participant_0_is_from_then_on():
    payments = schedule(layer(ALICE, BOB))
    assert owner(payments, MONDAY - timedelta(microseconds=1)) is None
    assert owner(payments, MONDAY) == ALICE
    assert resolve(payments, MONDAY - DAY).until == MONDAY


def test_a_shift_includes_its_start_and_not_its_end():
    payments = schedule(layer(ALICE, BOB))
    assert owner(payments, MONDAY + 7 * DAY - timedelta(microseconds=1)) == ALICE
    assert owner(payments, MONDAY + 7 * DAY) == BOB


def test_the_order_wraps():
    payments = schedule(layer(ALICE, BOB, CAROL, length=1))
    assert [owner(payments, MONDAY + n * DAY) for n in range(4)] == [ALICE, BOB, CAROL, ALICE]


def test_the_first_handoff_is_on_the_day_after_one_length_even_when_the_layer_began_after_it():
    evening = datetime(2026, 6, 1, 20, tzinfo=UTC)
    payments = schedule(layer(ALICE, BOB, length=1, since=evening))
    handoff = datetime(2026, 6, 2, 7, tzinfo=UTC)
    assert spans(payments, evening, handoff + HOUR) == [
        (ALICE, evening, handoff),
        (BOB, handoff, handoff + HOUR),
    ]


def test_the_first_handoff_counts_from_the_local_date_and_not_from_the_date_in_utc():
    after_midnight_in_berlin = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    payments = schedule(layer(ALICE, BOB, length=1, since=after_midnight_in_berlin))
    assert resolve(payments, after_midnight_in_berlin).until == datetime(2026, 6, 3, 7, tzinfo=UTC)


def test_a_layer_ends_at_effective_until():
    end = MONDAY + 10 * DAY
    payments = schedule(layer(ALICE, BOB, until=end))
    assert owner(payments, end - timedelta(microseconds=1)) == BOB
    assert owner(payments, end) is None
    assert resolve(payments, end - DAY).until == end
    assert resolve(payments, end).until is None


def test_a_layer_that_ends_before_it_begins_is_never_in_force():
    payments = schedule(layer(ALICE, until=MONDAY - DAY))
    assert shifts(payments, MONDAY - 9 * DAY, MONDAY + 9 * DAY) == ()
    assert resolve(payments, MONDAY - 9 * DAY).until is None


def test_a_layer_without_participants_pages_nobody():
    assert resolve(schedule(layer()), MONDAY).targets == ()


def test_a_duty_says_who_why_and_until_when():
    rotation = layer(ALICE, BOB)
    assert resolve(schedule(rotation), MONDAY + DAY).owner == Duty(
        member_id=ALICE,
        layer=rotation,
        override=None,
        since=MONDAY,
        until=MONDAY + 7 * DAY,
        instead_of=None,
    )


# Clock changes


def test_a_shift_over_the_spring_change_is_23_hours_long_and_over_the_autumn_change_25():
    payments = schedule(layer(ALICE, BOB, length=1, since=datetime(2026, 1, 1, tzinfo=UTC)))
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    lengths = [
        duty.until - duty.since for duty in (resolve(payments, t).owner for t in (spring, autumn))
    ]
    assert lengths == [23 * HOUR, 25 * HOUR]


def test_a_handoff_time_that_does_not_exist_is_the_first_instant_after_the_gap():
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)
    payments = schedule(layer(ALICE, BOB, length=1, handoff=time(2, 30), since=since))
    assert resolve(payments, since).until == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize("fold", [0, 1])
def test_a_handoff_time_that_exists_twice_is_the_first(fold):
    since = datetime(2026, 10, 24, 12, tzinfo=UTC)
    payments = schedule(layer(ALICE, BOB, length=1, handoff=time(2, 30, fold=fold), since=since))
    assert resolve(payments, since).until == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_where_a_whole_day_is_skipped_its_shift_lasts_until_the_next_days_handoff():
    apia = ZoneInfo("Pacific/Apia")
    since = datetime(2011, 12, 29, 19, tzinfo=UTC)  # 29 December, 09:00
    payments = schedule(layer(ALICE, BOB, CAROL, length=1, since=since), zone=apia)
    skipped = datetime(2011, 12, 30, 10, tzinfo=UTC)  # 30 December never was
    assert spans(payments, since, skipped + 20 * HOUR) == [
        (ALICE, since, skipped),
        (BOB, skipped, skipped + 9 * HOUR),
        (CAROL, skipped + 9 * HOUR, skipped + 20 * HOUR),
    ]


@pytest.mark.parametrize("position", [0, 1])
def test_where_a_skipped_day_leaves_a_shift_no_time_at_all_nobody_gets_an_empty_shift(position):
    apia = ZoneInfo("Pacific/Apia")
    since = datetime(2011, 12, 29, 10, tzinfo=UTC)  # 29 December, midnight
    daily = layer(ALICE, BOB, CAROL, position=position, length=1, handoff=time(0), since=since)
    payments = schedule(daily, zone=apia)
    found = shifts(payments, since, since + 2 * DAY)
    assert [(one.member_id, one.start_at, one.end_at) for one in found] == [
        (ALICE, since, since + DAY),
        (CAROL, since + DAY, since + 2 * DAY),
    ]


def test_a_layer_that_begins_in_the_repeated_hour_after_its_first_handoff_begins_with_the_next():
    st_johns = ZoneInfo("America/St_Johns")  # at 00:01 on 7 November 2010 it was 23:01 again
    since = datetime(2010, 11, 7, 3, tzinfo=UTC)
    assert since.astimezone(st_johns).isoformat() == "2010-11-06T23:30:00-03:30"
    payments = schedule(layer(ALICE, BOB, length=1, handoff=time(0), since=since), zone=st_johns)
    assert owner(payments, since) == BOB


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


# Owner and paging targets


def test_targets_are_the_owner_and_then_each_layers_person_by_position_without_doubles():
    payments = schedule(
        layer(ALICE, position=3), layer(BOB, position=2), layer(CAROL), layer(ALICE, position=1)
    )
    assert targets(payments, MONDAY) == [CAROL, ALICE, BOB]
    answer = resolve(payments, MONDAY)
    assert answer.targets[0] is answer.owner
    assert [duty.layer.position for duty in answer.targets] == [0, 1, 2]


def test_without_a_position_0_layer_there_are_targets_and_no_owner():
    payments = schedule(layer(ALICE, position=1))
    assert resolve(payments, MONDAY).owner is None
    assert targets(payments, MONDAY) == [ALICE]
    assert gaps(payments, MONDAY, MONDAY + DAY) == (Gap(MONDAY, MONDAY + DAY),)


def test_an_override_leaves_the_other_layers_alone():
    payments = schedule(
        layer(ALICE), layer(BOB, position=1), overrides=[override(CAROL, MONDAY, MONDAY + DAY)]
    )
    assert targets(payments, MONDAY) == [CAROL, BOB]


def test_a_schedule_without_layers_has_nobody_and_never_will():
    nobody = schedule()
    assert resolve(nobody, MONDAY).targets == ()
    assert resolve(nobody, MONDAY).until is None
    assert gaps(nobody, MONDAY, MONDAY + DAY) == (Gap(MONDAY, MONDAY + DAY),)


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


# What is refused, and how fast


def test_a_naive_instant_is_refused():
    naive = MONDAY.replace(tzinfo=None)
    payments = schedule(layer(ALICE))
    for ask in (
        lambda: resolve(payments, naive),
        lambda: shifts(payments, naive, MONDAY),
        lambda: gaps(payments, MONDAY, naive),
        lambda: layer(ALICE, since=naive),
        lambda: layer(ALICE, until=naive),
        lambda: override(ALICE, naive, MONDAY),
        lambda: Participant(ALICE, naive),
    ):
        with pytest.raises(ValueError, match="instant"):
            ask()


def test_an_instant_of_another_zone_may_be_asked_about_but_not_stored():
    payments = schedule(layer(ALICE))
    elsewhere = MONDAY.astimezone(timezone(2 * HOUR))
    assert resolve(payments, elsewhere) == resolve(payments, MONDAY)
    assert resolve(payments, elsewhere).at.tzinfo is UTC
    with pytest.raises(ValueError, match="UTC"):
        layer(ALICE, since=elsewhere)


@pytest.mark.parametrize("handoff", [time(9, tzinfo=UTC), time(9, 0, 1), time(9, 0, 0, 1)])
def test_a_handoff_time_is_a_plain_local_time_of_whole_minutes(handoff):
    with pytest.raises(ValueError, match="HH:MM"):
        layer(ALICE, handoff=handoff)


def test_a_shift_of_no_days_and_an_override_of_no_time_are_refused():
    with pytest.raises(ValueError, match="one day"):
        layer(ALICE, length=0)
    with pytest.raises(ValueError, match="ends after"):
        override(ALICE, MONDAY, MONDAY)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_are_no_error(zone):
    first = datetime.min.replace(tzinfo=UTC)
    last = datetime.max.replace(tzinfo=UTC)
    payments = schedule(
        layer(ALICE, BOB, since=first), layer(BOB, CAROL, position=1), zone=ZoneInfo(zone)
    )
    assert resolve(payments, first).owner.member_id == ALICE
    assert targets(payments, last) == []  # the calendar ends here, and with it every span
    for at in (last - timedelta(microseconds=1), last - DAY, last - 9 * DAY):
        assert len(targets(payments, at)) >= 1
        assert shifts(payments, at, last)[-1].end_at == last
    assert resolve(schedule(layer(ALICE, BOB, since=last - HOUR)), last - HOUR).until is None


def test_a_resolution_takes_less_than_a_millisecond_among_a_thousand_overrides_years_in():
    overrides = [
        override(uuid4(), MONDAY + n * DAY, MONDAY + n * DAY + HOUR, n) for n in range(1000)
    ]
    payments = schedule(
        layer(ALICE, BOB, CAROL, length=1, since=MONDAY - 9000 * DAY),
        layer(BOB, CAROL, DAVE, position=1, since=MONDAY - 9000 * DAY),
        overrides=overrides,
    )
    resolve(payments, MONDAY)
    times = []
    for n in range(200):
        began = perf_counter()
        resolve(payments, MONDAY + n * 4 * DAY + HOUR / 2)
        times.append(perf_counter() - began)
    assert sorted(times)[100] < 0.001
