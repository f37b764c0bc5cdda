"""On call over every clock change of every zone, against a resolver that only watches a wall clock.

The brute-force resolver below shares no idea with `core.oncall`: it walks through time in small
steps, looks at the clock on the wall, and hands off when the clock shows the time or a later one.
"""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest

from core.oncall import Override, Participant, RotationLayer, Schedule, resolve, shifts

ALICE, BOB, CAROL, DAVE = (UUID(int=n) for n in range(1, 5))
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
AROUND = timedelta(hours=27)
ZONES = sorted(available_timezones())


def wall_clock(zone, start, end, step):
    """What the clock on the wall shows, instant by instant."""
    shown = []
    while start < end:
        shown.append((start, start.astimezone(zone).replace(tzinfo=None)))
        start += step
    return shown


def watch(layer, clock):
    """The layer's person at each instant of a clock that was running when the layer began."""
    first_day = next(shown.date() for instant, shown in clock if instant == layer.effective_from)
    number, people = 0, []
    due = datetime.combine(first_day + layer.length_days * DAY, layer.handoff)
    for instant, shown in clock:
        if instant < layer.effective_from or (
            layer.effective_until is not None and instant >= layer.effective_until
        ):
            people.append(None)
            continue
        while shown >= due:
            number += 1
            due += layer.length_days * DAY
        people.append(stand_in(layer.participants, number, instant))
    return people


def stand_in(participants, number, instant):
    for n in range(number, number + len(participants)):
        person = participants[n % len(participants)]
        if not (person.removed_at is not None and person.removed_at <= instant):
            return person.member_id
    return None


def watch_owner(schedule, clock):
    people = [None] * len(clock)
    for layer in schedule.layers:
        if layer.position == 0:
            people = watch(layer, clock)
    for one in schedule.overrides:
        for n, (instant, _) in enumerate(clock):
            removed = one.member.removed_at is not None and one.member.removed_at <= instant
            if one.start_at <= instant < one.end_at and not removed:
                people[n] = one.member.member_id
    return people


def runs(people, clock):
    """(person, start, end) for each stretch of one person."""
    step = clock[1][0] - clock[0][0]
    found = []
    for person, (instant, _) in zip(people, clock, strict=True):
        if found and found[-1][0] == person:
            found[-1] = (person, found[-1][1], instant + step)
        else:
            found.append((person, instant, instant + step))
    return [run for run in found if run[0] is not None]


def joined(found):
    """Shifts as (person, start, end), each stretch of one person as one; they may not overlap."""
    stretches = []
    for shift in found:
        if stretches:
            assert stretches[-1][2] <= shift.start_at
        assert shift.start_at < shift.end_at
        if stretches and stretches[-1][0] == shift.member_id and stretches[-1][2] == shift.start_at:
            stretches[-1] = (shift.member_id, stretches[-1][1], shift.end_at)
        else:
            stretches.append((shift.member_id, shift.start_at, shift.end_at))
    return stretches


def clock_changes(zone, start, end):
    """Every instant in the span at which the zone's offset from UTC changes, to the minute."""
    found, before = [], start
    while before < end:
        after = before + 5 * DAY
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = before, after
            while high - low > MINUTE:
                middle = low + (high - low) // MINUTE // 2 * MINUTE
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        before = after
    return tuple(found)


@cache
def changes_to_2035(zone):
    return clock_changes(zone, datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))


def rotation(*people, position=0, length=1, handoff=time(9), since, until=None):
    participants = tuple(p if isinstance(p, Participant) else Participant(p) for p in people)
    return RotationLayer(
        UUID(int=10 + position), "Layer", position, length, handoff, since, until, participants
    )


def handoffs_around(zone, change):
    """Local times that the change skips, repeats or only just misses, and midnight."""
    before = (change - MINUTE).astimezone(zone).replace(tzinfo=None) + MINUTE
    after = change.astimezone(zone).replace(tzinfo=None)
    middle = before + (after - before) / 2
    near = {before, after, middle, before - QUARTER}
    quarters = {t.replace(minute=t.minute // 15 * 15, second=0) for t in near}
    return {t.time() for t in quarters} | {time(0)}


@cache
def as_the_wall_clock_says(change, offsets, handoff):
    """Who is on call for a day before a change and a day after, when the clock is put so."""
    since = change - AROUND
    layer = rotation(ALICE, BOB, CAROL, handoff=handoff, since=since)
    clock = clock_that_changes(change, offsets)
    return runs(watch(layer, clock), clock)


@cache
def clock_that_changes(change, offsets):
    """The wall clock around a change; all zones that put their clocks alike share one."""
    since, end = change - AROUND, change + AROUND
    step = QUARTER if change.minute % 15 == 0 else MINUTE
    shown = []
    for n in range((end - since) // step):
        instant = since + n * step
        offset = offsets[0] if instant < change else offsets[1]
        shown.append((instant, (instant + offset).replace(tzinfo=None)))
    return shown


# A zone's name: over every clock change in it between 2020 and 2035.
@pytest.mark.parametrize("name", ZONES)
def test_shifts_tile_time_over_every_clock_change_just_as_the_wall_clock_says(name):
    zone = ZoneInfo(name)
    for change in changes_to_2035(zone):
        since, end = change - AROUND, change + AROUND
        offsets = tuple(t.astimezone(zone).utcoffset() for t in (change - MINUTE, change))
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


@pytest.mark.parametrize(("name", "day"), NASTY, ids=lambda value: str(value))
def test_minute_by_minute_around_the_nastiest_changes_both_resolvers_agree(name, day):
    zone = ZoneInfo(name)
    noon = datetime(*day, 12, tzinfo=UTC)
    changes = clock_changes(zone, noon - 4 * DAY, noon + 4 * DAY)
    assert len(changes) == 1
    since, end = changes[0] - 2 * DAY, changes[0] + 3 * DAY
    schedule = nasty_schedule(zone, since, sorted(handoffs_around(zone, changes[0])))
    clock = wall_clock(zone, since, end, MINUTE)
    owners = watch_owner(schedule, clock)
    assert joined([s for s in shifts(schedule, since, end) if s.position == 0]) == runs(
        owners, clock
    )
    others = [watch(layer, clock) for layer in schedule.layers[1:]]
    for layer, people in zip(schedule.layers[1:], others, strict=True):
        found = [s for s in shifts(schedule, since, end) if s.layer_id == layer.id]
        assert joined(found) == runs(people, clock)

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
