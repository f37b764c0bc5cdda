"""A resolver written for tests alone: it only watches a wall clock.

It shares no idea with `core.oncall`: it walks through time in small steps, looks at the clock on
the wall, and hands off when the clock shows the time or a later one.
"""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

from core.oncall import Participant, RotationLayer

ALICE, BOB, CAROL, DAVE = (UUID(int=n) for n in range(1, 5))
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
AROUND = timedelta(hours=27)
"""So far before and after a change one looks."""
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
