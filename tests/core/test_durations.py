"""How long a layer waits is read as people write it, and said as they read it."""

import pytest

from core.durations import minutes, say_minutes


@pytest.mark.parametrize(
    ("written", "wanted"),
    [("5", 5), ("5 min", 5), ("90m", 90), ("1 h 30 min", 90), ("2 H", 120), ("7 days", 10_080)],
)
def test_a_timeout_is_read_as_people_write_it(written: str, wanted: int) -> None:
    assert minutes(written) == wanted


@pytest.mark.parametrize("written", ["", "soon", "5 parsecs", "0", "-5", "10081", "8 days"])
def test_what_is_no_timeout_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match=r"^“.*”(:| is no timeout)"):
        minutes(written)


@pytest.mark.parametrize(
    ("total", "said"),
    [(5, "5 min"), (90, "90 min"), (120, "2 h"), (1440, "1 day"), (2880, "2 days")],
)
def test_a_timeout_is_said_so_that_it_can_be_read_again(total: int, said: str) -> None:
    assert say_minutes(total) == said
    assert minutes(said) == total
