"""How fast a caller may ask: a burst, then so many a second, each caller on their own."""

import random

import pytest

from web import pace
from web.pace import Allowance, Pace


class Stopwatch:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def _grants(of: Pace, caller: str, asked: int) -> int:
    return sum(of.take(caller).retry_after is None for _ in range(asked))


def test_who_has_rested_may_ask_a_burst_at_once_and_no_more() -> None:
    assert _grants(Pace(per_second=100, burst=200, stopwatch=Stopwatch()), "a", 300) == 200


def test_afterwards_so_many_are_granted_in_each_second() -> None:
    stopwatch = Stopwatch()
    of = Pace(per_second=100, burst=200, stopwatch=stopwatch)
    _grants(of, "a", 300)
    found = []
    for seconds in (0.01, 0.5, 1, 10):
        stopwatch.at += seconds
        found.append(_grants(of, "a", 300))

    assert found == [1, 50, 100, 200]


def test_each_caller_has_a_burst_of_their_own() -> None:
    of = Pace(per_second=1, burst=3, stopwatch=Stopwatch())

    assert [_grants(of, who, 5) for who in ("a", "b", "a")] == [3, 3, 0]


def test_a_caller_is_told_what_is_left_and_when_to_come_back() -> None:
    stopwatch = Stopwatch()
    of = Pace(per_second=2, burst=3, stopwatch=stopwatch)

    assert [of.take("a") for _ in range(4)] == [
        Allowance(limit=3, remaining=2, reset=1, retry_after=None),
        Allowance(limit=3, remaining=1, reset=1, retry_after=None),
        Allowance(limit=3, remaining=0, reset=2, retry_after=None),
        Allowance(limit=3, remaining=0, reset=2, retry_after=1),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_who_waits_as_long_as_they_are_told_is_granted(seed: int) -> None:
    chance = random.Random(seed)
    stopwatch = Stopwatch()
    of = Pace(per_second=chance.uniform(0.05, 500), burst=chance.randint(1, 50),
              stopwatch=stopwatch)  # fmt: skip
    for _ in range(300):
        stopwatch.at += chance.uniform(0, 0.01)
        allowance = of.take("a")
        if allowance.retry_after is not None:
            stopwatch.at += allowance.retry_after
            assert of.take("a").retry_after is None


def test_what_is_refused_costs_nothing() -> None:
    stopwatch = Stopwatch()
    of = Pace(per_second=1, burst=1, stopwatch=stopwatch)
    _grants(of, "a", 1000)
    stopwatch.at += 1

    assert _grants(of, "a", 2) == 1


def test_callers_who_have_rested_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REMEMBERED", 10)
    stopwatch = Stopwatch()
    of = Pace(per_second=1, burst=2, stopwatch=stopwatch)
    for number in range(100):
        of.take(number)
        stopwatch.at += 1

    assert len(of._paid) <= 11
