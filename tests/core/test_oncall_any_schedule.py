"""Whatever the schedule, `resolve`, `shifts` and `gaps` tell one story."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.oncall import Override, Participant, RotationLayer, Schedule, gaps, resolve, shifts

START = datetime(2026, 3, 20, tzinfo=UTC)  # a few days before Europe's change, and in America's
END = START + timedelta(days=40)
TICK = timedelta(microseconds=1)
PEOPLE = [UUID(int=n) for n in range(1, 5)]

zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]
)
instants = st.integers(-20 * 1440, 60 * 1440).map(lambda n: START + timedelta(minutes=n))
handoffs = st.builds(time, st.sampled_from([0, 1, 2, 3, 9, 23]), st.sampled_from([0, 30]))


@st.composite
def schedules(draw):
    leavers = draw(st.dictionaries(st.sampled_from(PEOPLE), instants, max_size=3))
    people = st.sampled_from(PEOPLE).map(lambda one: Participant(one, leavers.get(one)))
    positions = draw(st.lists(st.integers(0, 4), unique=True, max_size=4))
    layers = tuple(
        RotationLayer(
            id=UUID(int=10 + position),
            name=f"Layer {position}",
            position=position,
            length_days=draw(st.integers(1, 9)),
            handoff=draw(handoffs),
            effective_from=draw(instants),
            effective_until=draw(st.none() | instants),
            participants=tuple(draw(st.lists(people, min_size=1, max_size=4))),
        )
        for position in positions
    )
    bounds = sorted(draw(st.sets(instants, max_size=8)))
    overrides = [
        Override(UUID(int=20 + n), draw(people), start, end)
        for n, (start, end) in enumerate(pairwise(bounds))
        if draw(st.booleans())
    ]
    return Schedule(UUID(int=9), "Any", ZoneInfo(draw(zones)), layers, tuple(overrides))


def moments(found):
    """Every bound, and the instants beside it, that lie in the window."""
    bounds = {START, END} | {t for shift in found for t in (shift.start_at, shift.end_at)}
    near = {t + step for t in bounds for step in (-TICK, timedelta(0), TICK)}
    return sorted(t for t in near if START <= t < END)


def on_call(found, at):
    """Owner and targets, as the calendar of shifts has them."""
    now = [shift for shift in found if shift.start_at <= at < shift.end_at]
    assert len({shift.position for shift in now}) == len(now)  # nobody is on call twice
    people = [shift.member_id for shift in sorted(now, key=lambda shift: shift.position)]
    owner = next((shift.member_id for shift in now if shift.position == 0), None)
    return owner, list(dict.fromkeys(people))


def who(answer):
    owner = answer.owner and answer.owner.member_id
    return owner, [duty.member_id for duty in answer.targets]


@given(schedules())
@settings(deadline=None)
def test_at_every_instant_the_calendar_and_the_resolver_name_the_same_people(schedule):
    found = shifts(schedule, START, END)
    for at in moments(found):
        assert who(resolve(schedule, at)) == on_call(found, at)


@given(schedules())
@settings(deadline=None)
def test_until_is_the_first_instant_at_which_the_calendar_names_other_people(schedule):
    found = shifts(schedule, START, END)
    at, asked = START, moments(found)
    while at is not None and at < END:
        until = resolve(schedule, at).until
        now = on_call(found, at)
        following = [t for t in asked if t > at and on_call(found, t) != now]
        assert (until if until is not None and until < END else None) == min(
            following, default=None
        )
        at = until


@given(schedules())
@settings(deadline=None)
def test_owners_and_gaps_tile_the_window_without_hole_or_overlap(schedule):
    owned = [shift for shift in shifts(schedule, START, END) if shift.position == 0]
    tiles = sorted(
        [(one.start_at, one.end_at) for one in owned]
        + [(one.start_at, one.end_at) for one in gaps(schedule, START, END)]
    )
    assert tiles[0][0] == START
    assert tiles[-1][1] == END
    assert all(one[1] == following[0] for one, following in pairwise(tiles))
    assert all(start < end for start, end in tiles)


@given(schedules())
@settings(deadline=None)
def test_a_duty_lasts_as_long_as_its_shift_in_the_calendar(schedule):
    found = {
        (shift.member_id, shift.position, shift.override_id, shift.start_at, shift.end_at)
        for shift in shifts(schedule, START - timedelta(days=90), END + timedelta(days=90))
    }
    for at in moments(shifts(schedule, START, END))[::3]:
        for duty in resolve(schedule, at).targets:
            position = duty.layer.position if duty.layer else 0
            override_id = duty.override.id if duty.override else None
            assert (duty.member_id, position, override_id, duty.since, duty.until) in found


@given(schedules(), instants)
@settings(deadline=None)
def test_a_window_in_two_halves_shows_what_the_whole_shows(schedule, middle):
    whole = shifts(schedule, START, END)
    middle = min(max(middle, START), END)
    halves = shifts(schedule, START, middle) + shifts(schedule, middle, END)
    for at in moments(whole):
        assert on_call(halves, at) == on_call(whole, at)
