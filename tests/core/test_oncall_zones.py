"""On call over every clock change of every zone, against a resolver that only watches the clock."""

from datetime import UTC, datetime, time
from functools import cache
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.oncall import Override, Participant, Schedule, resolve, shifts
from tests.core.wall_clock import (
    ALICE,
    AROUND,
    BOB,
    CAROL,
    DAVE,
    DAY,
    MINUTE,
    QUARTER,
    ZONES,
    changes_to_2035,
    clock_changes,
    handoffs_around,
    joined,
    rotation,
    runs,
    wall_clock,
    watch,
    watch_owner,
)


@cache
def as_the_wall_clock_says(change, offsets, handoff):
    """Who is on call for a day before a change and a day after, when the clock is put so.

    Minute by minute, and in minutes: the first person has the clock until it shows the time of
    the handoff or a later one, the next until it does so on the day after, and so on.
    """
    since, shown = change - AROUND, clock_that_changes(change, offsets)
    due = shown[0] - shown[0] % 1440 + 1440 + handoff.hour * 60 + handoff.minute
    people, found, number, began = (ALICE, BOB, CAROL), [], 0, 0
    for n, minute in enumerate(shown):
        while minute >= due:
            if n > began:
                found.append((people[number % 3], since + began * MINUTE, since + n * MINUTE))
            number, began, due = number + 1, n, due + 1440
    return [*found, (people[number % 3], since + began * MINUTE, since + len(shown) * MINUTE)]


@cache
def clock_that_changes(change, offsets):
    """What the wall clock shows in each minute around a change, counted from the year 1.

    All zones that put their clocks alike share one.
    """
    since = change - AROUND
    first = (since - datetime(1, 1, 1, tzinfo=UTC)) // MINUTE
    before, after = (offset // MINUTE for offset in offsets)
    turns = AROUND // MINUTE
    return [first + n + (before if n < turns else after) for n in range(2 * turns)]


# A zone's name: over every clock change in it between 2020 and 2035.
@pytest.mark.parametrize("name", ZONES)
def test_shifts_tile_time_over_every_clock_change_just_as_the_wall_clock_says(name):
    zone = ZoneInfo(name)
    for change in changes_to_2035(zone):
        since, end = change - AROUND, change + AROUND
        offsets = tuple(t.astimezone(zone).utcoffset() for t in (change - MINUTE, change))
        ends = tuple(t.astimezone(zone).utcoffset() for t in (since, end))
        assert ends == offsets, "no other change is so near"
        for handoff in handoffs_around(zone, change):
            layer = rotation(ALICE, BOB, CAROL, handoff=handoff, since=since)
            schedule = Schedule(UUID(int=9), name, zone, (layer,), ())
            expected = as_the_wall_clock_says(change, offsets, handoff)
            assert joined(shifts(schedule, since, end)) == expected, (change, handoff)


@pytest.mark.parametrize("name", ZONES[::7])
def test_resolve_gives_the_same_person_on_both_sides_of_every_clock_change(name):
    zone = ZoneInfo(name)
    for change in changes_to_2035(zone):
        since = change - AROUND
        layer = rotation(ALICE, BOB, CAROL, handoff=change.astimezone(zone).time(), since=since)
        schedule = Schedule(UUID(int=9), name, zone, (layer,), ())
        clock = wall_clock(zone, since, change + DAY, QUARTER)
        people = watch(layer, clock)
        near = len(clock) - 96
        for n in (near - 5, near - 1, near, near + 1, near + 5):
            answer = resolve(schedule, clock[n][0])
            assert answer.owner.member_id == people[n]
            later = [
                t for (t, _), who in zip(clock[n:], people[n:], strict=True) if who != people[n]
            ]
            assert not later or answer.until == later[0]


# Where clocks misbehave most: a zone, and a day of the change.
NASTY = [
    ("Australia/Lord_Howe", (2026, 4, 4)),  # half an hour
    ("Australia/Lord_Howe", (2026, 10, 3)),
    ("Pacific/Apia", (2011, 12, 30)),  # a day that never was
    ("Pacific/Kwajalein", (1993, 8, 21)),  # another
    ("America/St_Johns", (2010, 11, 7)),  # one minute past midnight, back into yesterday
    ("America/St_Johns", (2011, 3, 13)),
    ("America/Sao_Paulo", (2018, 11, 4)),  # midnight does not exist
    ("America/Sao_Paulo", (2018, 2, 18)),  # back into yesterday at midnight
    ("America/Havana", (2026, 3, 8)),
    ("America/Nuuk", (2024, 3, 31)),  # on Saturday evening
    ("America/Scoresbysund", (2024, 10, 27)),  # the first after its standard time moved
    ("Africa/Cairo", (2026, 4, 24)),
    ("Africa/Juba", (2021, 1, 31)),
    ("Antarctica/Troll", (2026, 3, 29)),  # two hours
    ("Antarctica/Casey", (2020, 10, 3)),
    ("Asia/Beirut", (2026, 3, 29)),
    ("Asia/Gaza", (2026, 3, 28)),
    ("Asia/Pyongyang", (2018, 5, 4)),  # at 23:30
    ("Asia/Tehran", (2022, 9, 21)),
    ("Atlantic/Azores", (2026, 3, 29)),
    ("Europe/Dublin", (2026, 10, 25)),  # winter time is the exception
    ("Europe/Volgograd", (2020, 12, 27)),
    ("Pacific/Chatham", (2026, 4, 4)),  # 2:45
    ("Pacific/Norfolk", (2026, 10, 3)),
]


def nasty_schedule(zone, since, handoffs):
    """Layers whose handoffs fall on the change, overrides, and members who leave in the middle."""
    leaves = since + 40 * 60 * MINUTE
    layers = [
        rotation(Participant(ALICE, leaves), BOB, CAROL, handoff=handoffs[0], since=since)
    ] + [
        rotation(
            DAVE,
            ALICE,
            Participant(BOB, leaves + 7 * MINUTE),
            position=n + 1,
            length=1 + n % 2,
            handoff=handoff,
            since=since + n * MINUTE,
            until=since + 4 * DAY,
        )
        for n, handoff in enumerate(handoffs[1:])
    ]
    overrides = (
        Override(UUID(int=20), Participant(DAVE), since + 47 * MINUTE, since + 99 * MINUTE),
        Override(UUID(int=21), Participant(ALICE, leaves), leaves - 60 * MINUTE, leaves + DAY),
    )
    return Schedule(UUID(int=9), zone.key, zone, tuple(layers), overrides)


def both_agree(zone, change, since, end):
    """Many layers, overrides and people who leave, minute by minute, by both resolvers."""
    schedule = nasty_schedule(zone, since, sorted(handoffs_around(zone, change)))
    clock = wall_clock(zone, since, end, MINUTE)
    owners = watch_owner(schedule, clock)
    found = shifts(schedule, since, end)
    assert joined([s for s in found if s.position == 0]) == runs(owners, clock)
    others = [watch(layer, clock) for layer in schedule.layers[1:]]
    for layer, people in zip(schedule.layers[1:], others, strict=True):
        assert joined([s for s in found if s.layer_id == layer.id]) == runs(people, clock)

    on_call = [
        (now[0], [*dict.fromkeys(who for who in now if who)])
        for now in zip(owners, *others, strict=True)
    ]
    changed = [n for n in range(1, len(on_call)) if on_call[n] != on_call[n - 1]]
    asked = {m for n in changed for m in (n - 1, n)} | set(range(0, len(on_call), 97))
    for n in asked:
        answer = resolve(schedule, clock[n][0])
        assert answer.owner.member_id == on_call[n][0]
        assert [duty.member_id for duty in answer.targets] == on_call[n][1]
        following = [clock[m][0] for m in changed if m > n]
        assert not following or answer.until == following[0]


@pytest.mark.parametrize(("name", "day"), NASTY, ids=lambda value: str(value))
def test_minute_by_minute_around_the_nastiest_changes_both_resolvers_agree(name, day):
    zone = ZoneInfo(name)
    noon = datetime(*day, 12, tzinfo=UTC)
    (change,) = clock_changes(zone, noon - 4 * DAY, noon + 4 * DAY)
    both_agree(zone, change, change - 2 * DAY, change + 3 * DAY)


@cache
def every_way_to_put_a_clock():
    """A zone for each change of each zone, those that put their clocks alike at once left out."""
    found = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        for change in changes_to_2035(zone):
            offsets = tuple(t.astimezone(zone).utcoffset() for t in (change - MINUTE, change))
            found.setdefault((change, offsets), zone)
    return [(change, zone) for (change, _), zone in found.items()]


@pytest.mark.long
@pytest.mark.parametrize("year", range(2020, 2036))
def test_minute_by_minute_around_every_change_of_a_year_both_resolvers_agree(year):
    ours = [(at, zone) for at, zone in every_way_to_put_a_clock() if at.year == year]
    assert len(ours) > 30
    for change, zone in ours:
        both_agree(zone, change, change - AROUND, change + AROUND)


def test_minute_by_minute_around_a_sample_of_all_changes_both_resolvers_agree():
    for change, zone in Random(2035).sample(every_way_to_put_a_clock(), 10):
        both_agree(zone, change, change - AROUND, change + AROUND)


def test_minute_by_minute_around_casablancas_ramadans_both_resolvers_agree():
    zone = ZoneInfo("Africa/Casablanca")
    changes = changes_to_2035(zone)
    assert len(changes) >= 30
    for change in changes:
        since, end = change - DAY, change + DAY
        clock = wall_clock(zone, since, end, MINUTE)
        for handoff in (time(2, 0), time(2, 30), time(3, 0)):
            layer = rotation(ALICE, BOB, CAROL, handoff=handoff, since=since)
            schedule = Schedule(UUID(int=9), zone.key, zone, (layer,), ())
            expected = runs(watch(layer, clock), clock)
            assert joined(shifts(schedule, since, end)) == expected


def test_a_rotation_that_began_years_before_a_change_agrees_too():
    zone = ZoneInfo("Australia/Lord_Howe")
    since = datetime(2019, 12, 31, 15, tzinfo=UTC)
    clock = wall_clock(zone, since, datetime(2036, 1, 1, tzinfo=UTC), 2 * QUARTER)
    for length in (1, 7, 10):
        layer = rotation(ALICE, BOB, CAROL, length=length, handoff=time(2), since=since)
        schedule = Schedule(UUID(int=9), zone.key, zone, (layer,), ())
        expected = runs(watch(layer, clock), clock)
        assert joined(shifts(schedule, since, clock[-1][0] + 2 * QUARTER)) == expected
