"""PURE. A schedule's shifts as a calendar draws them: weeks of days, a lane for each layer.

A week is as many columns wide as it has hours on the wall clock, so that a handoff at nine stands
where nine is; on days when clocks change as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from core import oncall, staffing
from web.dashboard import clocks

DAY_COLUMNS = 24
WEEK_COLUMNS = 7 * DAY_COLUMNS
PIECES_MAX = 28
"""So many pieces of a lane are drawn in a week."""
NARROWEST = {"shift": 6, "override": 13, "gap": 11, "unowned": 13}
"""Columns that a piece has where there is room, so that its word can be read, and it be pressed."""
LOOKED_AROUND = timedelta(days=35)
"""So far before and after what is shown the true bounds of what reaches into it are looked for."""
TONES = 6
FIRST_YEAR, LAST_YEAR = 1990, 2200

Kind = Literal["shift", "override", "gap", "unowned"]


@dataclass(frozen=True)
class Stretch:
    """A span of a lane: somebody's shift or override, or one in which the owner is missing."""

    kind: Kind
    who: str | None
    tone: int
    lane: str
    start_at: datetime
    end_at: datetime
    begins: bool
    """Whether its start is known: else it began before what is shown."""
    ends: bool
    can_be_covered: bool = True
    """Whether an override would stand in for it: for the first layer alone."""
    override_id: UUID | None = None


@dataclass(frozen=True)
class Piece:
    """What of a stretch is drawn in one week, so many columns wide."""

    stretch: Stretch | None
    columns: int
    begins: bool = True
    ends: bool = True
    left_out: int = 0
    """So many further stretches are not drawn."""


@dataclass(frozen=True)
class Week:
    """Seven days, and what is drawn of each lane that has anything in them."""

    days: tuple[date, ...]
    lanes: tuple[tuple[str, tuple[Piece, ...]], ...]


@dataclass(frozen=True)
class Shown:
    """What a calendar shows: a month or a week, around a day."""

    by: Literal["month", "week"]
    first: date
    last: date
    weeks: int
    earlier: date
    later: date
    title: str


def around(by: str, one: date) -> Shown:
    """The week of a day, or the weeks of its month; days beyond the years that count are moved."""
    one = min(max(one, date(FIRST_YEAR, 1, 1)), date(LAST_YEAR, 12, 31))
    monday = clocks.monday_of(one)
    if by == "week":
        sunday, step = monday + timedelta(days=6), timedelta(days=7)
        title = f"{_short(monday)} – {_short(sunday)} {sunday.year}"
        return Shown("week", monday, sunday, 1, monday - step, monday + step, title)
    begins = one.replace(day=1)
    following = (begins + timedelta(days=31)).replace(day=1)
    monday = clocks.monday_of(begins)
    weeks = -(-(following - monday).days // 7)
    earlier = (begins - timedelta(days=1)).replace(day=1)
    last = following - timedelta(days=1)
    return Shown("month", begins, last, weeks, earlier, following, f"{begins:%B %Y}")


def bounds(shown: Shown, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when until when the weeks last that are shown."""
    monday = clocks.monday_of(shown.first)
    after = monday + timedelta(weeks=shown.weeks)
    return clocks.midnight(monday, zone), clocks.midnight(after, zone)


def stretches(
    value: oncall.Schedule, names: Mapping[UUID, str], shown: Shown, *, made_at: datetime
) -> tuple[Stretch, ...]:
    """Every shift, override and gap in the weeks that are shown, by start, with its true bounds.

    `value` knows the overrides since LOOKED_AROUND before. Before the schedule was made nobody was
    missed: no gap begins earlier.
    """
    first_seen, last_seen = bounds(shown, value.timezone)
    start, end = first_seen - LOOKED_AROUND, last_seen + LOOKED_AROUND
    layers = {layer.id: layer.name for layer in value.layers}
    first = value.first_layer.name if value.first_layer else "On call"
    tones = _tones(value)
    found = [
        Stretch(
            "override" if one.override_id else "shift",
            names.get(one.member_id, "somebody"),
            tones[one.member_id],
            first if one.position == 0 else layers[one.layer_id] if one.layer_id else "",
            one.start_at,
            one.end_at,
            one.start_at > start,
            one.end_at < end,
            one.position == 0,
            one.override_id,
        )
        for one in oncall.shifts(value, start, end)
    ]
    found += [
        Stretch(
            "unowned" if gap.pages_others else "gap",
            None,
            0,
            first,
            max(gap.start_at, made_at),
            gap.end_at,
            max(gap.start_at, made_at) > start,
            gap.end_at < end,
        )
        for gap in staffing.unowned(value, start, end)
        if gap.end_at > made_at
    ]
    lanes = _lanes(value, first)
    seen = [one for one in found if one.start_at < last_seen and first_seen < one.end_at]
    return tuple(sorted(seen, key=lambda one: (one.start_at, lanes.index(one.lane))))


def weeks(value: oncall.Schedule, found: Sequence[Stretch], shown: Shown) -> tuple[Week, ...]:
    """What is drawn of these stretches, week by week, on the schedule's clock."""
    first = value.first_layer.name if value.first_layer else "On call"
    drawn = []
    for number in range(shown.weeks):
        monday = clocks.monday_of(shown.first) + timedelta(weeks=number)
        lanes = []
        for name in _lanes(value, first):
            mine = [one for one in found if one.lane == name]
            if pieces := _pieces(mine, value, monday):
                lanes.append((name, pieces))
        days = tuple(monday + timedelta(days=day) for day in range(7))
        drawn.append(Week(days, tuple(lanes)))
    return tuple(drawn)


def _lanes(value: oncall.Schedule, first: str) -> list[str]:
    others = sorted(value.layers, key=lambda layer: layer.position)
    return list(dict.fromkeys([first, *(layer.name for layer in others)]))


def _tones(value: oncall.Schedule) -> dict[UUID, int]:
    """A tone for each person: they keep it however the calendar is turned."""
    rostered = [one.member_id for layer in value.layers for one in layer.participants]
    standing_in = [one.member.member_id for one in value.overrides]
    order = dict.fromkeys([*rostered, *standing_in])
    return {member_id: number % TONES for number, member_id in enumerate(order)}


def _pieces(mine: Sequence[Stretch], value: oncall.Schedule, monday: date) -> tuple[Piece, ...]:
    """The pieces of a lane in a week, which fill it; nothing if it has none."""
    start = clocks.midnight(monday, value.timezone)
    end = clocks.midnight(monday + timedelta(days=7), value.timezone)
    placed = [one for one in mine if one.start_at < end and start < one.end_at]
    if not placed:
        return ()
    left_out = max(len(placed) - PIECES_MAX, 0)
    placed = placed[:PIECES_MAX]
    room = WEEK_COLUMNS // len(placed)
    places = _spread(
        [
            (max(_column(one.start_at, value, monday), 0), _column(one.end_at, value, monday))
            for one in placed
        ],
        [min(NARROWEST[one.kind], room) for one in placed],
    )
    pieces: list[Piece] = []
    at = 0
    for one, (since, until) in zip(placed, places, strict=True):
        if since > at:
            pieces.append(Piece(None, since - at))
        begins, ends = one.begins and one.start_at >= start, one.ends and one.end_at <= end
        pieces.append(Piece(one, until - since, begins, ends))
        at = until
    if at < WEEK_COLUMNS:
        pieces.append(Piece(None, WEEK_COLUMNS - at))
    if left_out:
        pieces[-1] = replace(pieces[-1], left_out=left_out)
    return tuple(pieces)


def _column(at: datetime, value: oncall.Schedule, monday: date) -> int:
    there = at.astimezone(value.timezone)
    hours = there.hour + (1 if there.minute >= 30 else 0)
    return (there.date() - monday).days * DAY_COLUMNS + hours


def _spread(bounds: Sequence[tuple[int, int]], widths: Sequence[int]) -> list[tuple[int, int]]:
    """Give each the width it needs to be seen: it moves the next, or in the end those before."""
    found: list[tuple[int, int]] = []
    at = 0
    for (begin, end), width in zip(bounds, widths, strict=True):
        since = max(begin, at)
        at = max(end, since + width)
        found.append((since, at))
    limit = WEEK_COLUMNS
    for place in reversed(range(len(found))):
        begin, end = found[place]
        until = min(end, limit)
        limit = min(begin, until - widths[place])
        found[place] = (limit, until)
    return found


def _short(one: date) -> str:
    return f"{one.day} {one:%b}"
