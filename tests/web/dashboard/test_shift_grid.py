"""How shifts are laid into weeks: where a piece begins, how wide it is, what is left out."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core import oncall
from web.dashboard import shift_grid

BERLIN = ZoneInfo("Europe/Berlin")
BOB, CAROL = UUID(int=1), UUID(int=2)
NAMES = {BOB: "Bob", CAROL: "Carol"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def schedule(
    *overrides: oncall.Override, begins: datetime, days: int = 7, until: datetime | None = None
) -> oncall.Schedule:
    both = (oncall.Participant(BOB), oncall.Participant(CAROL))
    layer = oncall.RotationLayer(UUID(int=9), "Primary", 0, days, time(9), begins, until, both)
    return oncall.Schedule(UUID(int=8), "Payments", BERLIN, (layer,), overrides)


def override(start: datetime, **lasts: float) -> oncall.Override:
    end = start + timedelta(**lasts)
    return oncall.Override(UUID(int=start.day), oncall.Participant(CAROL), start, end)


def drawn(
    value: oncall.Schedule, by: str, day: date, *, made_at: datetime = LONG_AGO
) -> list[list[tuple[str | None, int]]]:
    shown = shift_grid.around(by, day)
    found = shift_grid.stretches(value, NAMES, shown, made_at=made_at)
    return [
        [
            (piece.stretch and (piece.stretch.who or piece.stretch.kind), piece.columns)
            for _, pieces in week.lanes
            for piece in pieces
        ]
        for week in shift_grid.weeks(value, found, shown)
    ]


def test_a_handoff_at_nine_stands_where_nine_is() -> None:
    value = schedule(begins=datetime(2026, 11, 9, 8, tzinfo=UTC))
    assert drawn(value, "week", date(2026, 11, 18)) == [[("Bob", 9), ("Carol", 159)]]


@pytest.mark.parametrize("day", [date(2026, 3, 25), date(2026, 10, 21)])
def test_a_week_in_which_clocks_change_is_as_wide_as_any(day: date) -> None:
    value = schedule(begins=datetime(2026, 1, 5, 8, tzinfo=UTC), days=1)
    (week,) = drawn(value, "week", day)
    assert [columns for _, columns in week] == [9, *[24] * 6, 15]


def test_every_week_of_a_month_is_filled_by_shifts_and_gaps() -> None:
    begins = datetime(2026, 11, 16, 8, tzinfo=UTC)
    value = schedule(begins=begins, until=begins + timedelta(days=10))
    weeks = drawn(value, "month", date(2026, 11, 1))

    assert len(weeks) == 6
    assert weeks[0] == [("gap", 168)]
    assert weeks[3] == [("gap", 11), ("Bob", 157)]
    assert weeks[4] == [("Bob", 9), ("Carol", 72), ("gap", 87)]
    assert {sum(columns for _, columns in week) for week in weeks} == {168}


def test_before_a_schedule_was_made_nobody_was_missed() -> None:
    made_at = datetime(2026, 11, 18, 11, tzinfo=UTC)
    value = schedule(begins=made_at + timedelta(days=2))
    weeks = drawn(value, "month", date(2026, 11, 1), made_at=made_at)

    assert weeks[:2] == [[], []]
    assert weeks[3] == [(None, 60), ("gap", 48), ("Bob", 60)]


def test_a_short_override_is_wide_enough_to_be_read() -> None:
    short = override(datetime(2026, 11, 22, 22, 30, tzinfo=UTC), minutes=20)
    value = schedule(short, begins=datetime(2026, 11, 2, 8, tzinfo=UTC))
    (week,) = drawn(value, "week", date(2026, 11, 18))

    assert week == [("Carol", 9), ("Bob", 140), ("Carol", 13), ("Bob", 6)]


def test_what_does_not_fit_is_counted() -> None:
    begins = datetime(2026, 11, 16, tzinfo=UTC)
    many = [
        oncall.Override(
            UUID(int=100 + hour),
            oncall.Participant(CAROL),
            begins + timedelta(hours=hour),
            begins + timedelta(hours=hour, minutes=30),
        )
        for hour in range(100)
    ]
    value = schedule(*many, begins=begins)
    shown = shift_grid.around("week", date(2026, 11, 18))
    found = shift_grid.stretches(value, NAMES, shown, made_at=LONG_AGO)
    ((_, pieces),) = shift_grid.weeks(value, found, shown)[0].lanes

    assert sum(piece.columns for piece in pieces) == 168
    assert pieces[-1].left_out == len(found) - shift_grid.PIECES_MAX


def test_months_and_weeks_follow_one_another() -> None:
    month = shift_grid.around("month", date(2026, 12, 31))
    week = shift_grid.around("week", date(2026, 12, 31))

    assert (month.title, month.earlier, month.later) == (
        "December 2026",
        date(2026, 11, 1),
        date(2027, 1, 1),
    )
    assert (week.title, week.earlier, week.later) == (
        "28 Dec – 3 Jan 2027",
        date(2026, 12, 21),
        date(2027, 1, 4),
    )
    assert shift_grid.around("month", date.max).later.year == shift_grid.LAST_YEAR + 1
