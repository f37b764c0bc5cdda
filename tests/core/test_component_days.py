"""A component's days: an hour-by-hour reckoning agrees."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.component_days import DOWN, days_of, uptime_of
from storage.vocabulary import ComponentStatus as Is

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_day_tells_its_worst_and_how_long_it_was_down() -> None:
    states = [
        (NOW - 60 * HOUR, Is.OPERATIONAL),
        (NOW - 20 * HOUR, Is.MAJOR_OUTAGE),
        (NOW - 10 * HOUR, Is.DEGRADED),
        (NOW - 9 * HOUR, Is.OPERATIONAL),
    ]
    first, second, third, yesterday, today = days_of(states, NOW, 5)

    assert (first.worst, second.worst, third.worst) == (None, None, Is.OPERATIONAL)
    assert (yesterday.worst, yesterday.down) == (Is.MAJOR_OUTAGE, 8 * HOUR)
    assert (today.worst, today.down, today.degraded) == (Is.MAJOR_OUTAGE, 2 * HOUR, HOUR)
    assert uptime_of(days_of(states, NOW, 5), NOW - 60 * HOUR, NOW) == 1 - 10 / 60


def test_one_that_was_made_this_instant_has_no_uptime_yet() -> None:
    days = days_of([(NOW, Is.OPERATIONAL)], NOW, 3)
    assert [one.worst for one in days] == [None, None, Is.OPERATIONAL]
    assert uptime_of(days, NOW, NOW) is None
    assert uptime_of((), NOW, NOW) is None


def test_a_clock_that_was_set_back_knows_of_nothing_later() -> None:
    states = [(NOW - 2 * HOUR, Is.MAJOR_OUTAGE), (NOW + HOUR, Is.OPERATIONAL)]
    (today,) = days_of(states, NOW, 1)
    assert (today.worst, today.down) == (Is.MAJOR_OUTAGE, 2 * HOUR)


hours = st.integers(min_value=0, max_value=9 * 24)


@given(st.dictionaries(hours, st.sampled_from(list(Is)), min_size=1), st.integers(1, 8))
def test_hour_by_hour_it_is_the_same(changes: dict[int, Is], count: int) -> None:
    states = sorted((NOW - ago * HOUR, status) for ago, status in changes.items())
    days = days_of(states, NOW, count)

    at = datetime(2026, 11, 18, tzinfo=UTC) - timedelta(days=count - 1)
    slow = {day.day: [] for day in days}
    while at <= NOW:
        then = [status for began, status in states if began <= at]
        if then:
            slow[at.date()].append(then[-1])
        at += HOUR
    for day in days:
        seen = slow[day.day]
        passed = seen[:-1] if day.day == NOW.date() else seen  # the last instant has no hour yet
        assert day.worst == max(seen, key=lambda one: one.badness, default=None)
        assert day.down == HOUR * sum(one in DOWN for one in passed)
        assert day.degraded == HOUR * sum(one is Is.DEGRADED for one in passed)
