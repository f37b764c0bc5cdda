"""Text is escaped once, cut visibly, and says lengths and names as people do."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.text import (
    beginning,
    cut,
    cut_escaped,
    duration,
    minutes,
    name,
    names,
    until,
    when,
)
from tests.bot.test_blocks import (
    NOW,
)


@pytest.mark.parametrize("limit", range(2, 40))
def test_escaped_text_is_cut_within_the_limit_and_never_in_an_entity(limit: int) -> None:
    escaped = cut_escaped("a<b>&c" * 10, limit)
    assert len(escaped) <= limit
    whole = escaped.removesuffix("…")
    for entity in ("&lt;", "&gt;", "&amp;"):
        whole = whole.replace(entity, "")
    assert "&" not in whole
    assert escaped.endswith("…")


def test_words_for_lengths_of_time_names_and_cuts() -> None:
    assert [minutes(n) for n in (0, 5, 60, 90, 1440, 1500)] == [
        "0 min", "5 min", "1 h", "1 h 30 min", "1 d", "1 d 1 h",
    ]  # fmt: skip
    assert duration(timedelta(seconds=61)) == "2 min"
    assert names(()) == "nobody"
    assert names(("A", "B", "C")) == "A, B and C"
    assert names(("A", "B", "C", "D")) == "A, B, C and 1 more"
    assert name("  ") == "somebody"
    assert cut("abc", 2) == "a…"
    assert beginning("abc", 3) == "abc"
    assert when(NOW) == "<!date^1795262400^{date_short_pretty} {time}|2026-11-21 12:00 UTC>"
    assert until(datetime.max.replace(tzinfo=UTC)) == ""
