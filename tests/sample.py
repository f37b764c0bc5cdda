"""Of many alike, a few with every run; the rest where there is time (`-m long`)."""

from typing import Any

import pytest


def some_at_once(count: int, *, at_once: int = 3) -> list[Any]:
    """The numbers from 0 as parameters, all but the first few of them long tests."""
    return [
        number if number < at_once else pytest.param(number, marks=pytest.mark.long)
        for number in range(count)
    ]
