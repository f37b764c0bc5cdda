"""Who is on call, by example: one rule of section 5 a test."""

from datetime import UTC, datetime, time, timedelta, timezone
from time import perf_counter
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from core.oncall import Duty, Gap, Participant, gaps, resolve, shifts
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
    targets,
)

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
