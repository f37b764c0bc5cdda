"""The days behind a component: drawn once a run, listed, summed, and never rounded up."""

from datetime import timedelta

import pytest

from storage.vocabulary import ComponentStatus
from tests.status_pages import DAY, MINUTE, bad_day, component, days
from web import status_bar
from web import status_words as words


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "100 % over 90 days"),
        (0.999999, "99.99 % over 90 days"),
        (0.9998, "99.98 % over 90 days"),
        (0.5, "50 % over 90 days"),
        (0.0, "0 % over 90 days"),
        (None, "No data yet"),
    ],
)
def test_uptime_is_never_rounded_up(share: float | None, said: str) -> None:
    assert _uptime(component(1, "API", uptime=share)) == said


def test_a_component_that_began_today_promises_nothing_of_ninety_days() -> None:
    assert _uptime(component(1, "API", days=days(known=1))) == "100 % today"
    assert _uptime(component(1, "API", days=days(known=0))) == "No data yet"


def test_every_length_is_said_in_two_units_at_most() -> None:
    said = [_duration(timedelta(minutes=one)) for one in (0, 0.9, 1, 59, 60, 61, 1439)]
    assert said == [
        *["less than a minute"] * 2,
        *("1 min", "59 min", "1 h", "1 h 1 min", "23 h 59 min"),
    ]
    assert [_duration(one * DAY + 61 * MINUTE) for one in (1, 2)] == ["1 day 1 h", "2 days 1 h"]
    assert [_duration(one * DAY) for one in (1, 2)] == ["1 day", "2 days"]


def test_a_bar_draws_each_run_of_equal_days_once() -> None:
    down, slow = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED
    bad = {0: bad_day(down, down=1), 1: bad_day(down, down=1), 5: bad_day(slow, degraded=1)}
    assert status_bar.drawing(component(1, "API", days=days(bad, known=80))) == (
        '<svg class="bar" viewBox="0 0 449 1" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="n" d="M0 .5h49"/><path class="o" d="M50 .5h369M425 .5h14"/>'
        '<path class="d" d="M420 .5h4"/><path class="x" d="M440 .5h9"/></svg>'
    )


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("major_outage", "Major outage, degraded for 7 min, not over yet"),
        ("partial_outage", "Major outage, degraded for 7 min, now partial outage"),
        ("degraded", "Major outage, down for 20 min, now degraded performance"),
        ("operational", "Major outage, down for 20 min, degraded for 7 min"),
    ],
)
def test_of_what_goes_on_today_no_length_is_told(now: str, said: str) -> None:
    today = {0: bad_day(ComponentStatus.MAJOR_OUTAGE, down=20, degraded=7)}
    api = component(1, "API", days=days(today), status=ComponentStatus(now))
    assert [_unbroken(one.said) for one in status_bar.numbers(api).days] == [said]


def test_of_many_bad_days_the_latest_are_listed_and_the_others_summed() -> None:
    every = dict.fromkeys(range(90), bad_day(ComponentStatus.MAJOR_OUTAGE, down=60))
    numbers = status_bar.numbers(component(1, "API", days=days(every)))
    assert len(numbers.days) == status_bar.LISTED_MAX
    assert _unbroken(numbers.days[0].said) == "Major outage, down for 1 h"
    assert _unbroken(numbers.others) == "and 60 earlier days, down for 2 days 12 h in all"


def _unbroken(said: str) -> str:
    """The text with plain spaces."""
    return said.replace("\N{NO-BREAK SPACE}", " ")


def _duration(length: timedelta) -> str:
    return _unbroken(words.duration(length))


def _uptime(of) -> str:
    return _unbroken(words.uptime(of))
