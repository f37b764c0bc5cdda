"""PURE. A component's last 90 days: as a drawing of a few bytes, and as the numbers behind it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from markupsafe import Markup

from core.public_page import ComponentDay, PublicComponent
from storage.vocabulary import ComponentStatus
from web import status_words as words

STEP = 5
"""The width of a day: 4 of ink, 1 of paper."""

LISTED_MAX = 30
"""So many bad days are listed one by one, the latest; the others only in sum."""

CLASS = {
    None: "n",
    ComponentStatus.OPERATIONAL: "o",
    ComponentStatus.MAINTENANCE: "m",
    ComponentStatus.DEGRADED: "d",
    ComponentStatus.PARTIAL_OUTAGE: "p",
    ComponentStatus.MAJOR_OUTAGE: "x",
}
"""A letter for each state, by which the style sheet colours it."""

_OUTAGES = (ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE)

_DRAWING = Markup(
    '<svg class="bar" viewBox="0 0 {} 1" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
)
_PATH = Markup('<path class="{}" d="{}"/>')


@dataclass(frozen=True)
class BadDay:
    """A line behind the bar."""

    day: str
    said: str


@dataclass(frozen=True)
class Numbers:
    """What the bar shows, in words: the bad days, the latest first, and what was left out."""

    days: tuple[BadDay, ...]
    others: str | None


def drawing(component: PublicComponent) -> Markup:
    """The bar: one stroke for each run of equal days, which a dash pattern cuts into days."""
    strokes: dict[str, list[str]] = {}
    begin = 0
    for worst, run in groupby(component.days, key=lambda one: one.worst):
        count = sum(1 for _ in run)
        strokes.setdefault(CLASS[worst], []).append(f"M{begin * STEP} .5h{count * STEP - 1}")
        begin += count
    paths = Markup().join(_PATH.format(name, "".join(runs)) for name, runs in strokes.items())
    return _DRAWING.format(max(begin * STEP - 1, 1), paths)


def numbers(component: PublicComponent) -> Numbers:
    """Every day on which it was not well, bounded by LISTED_MAX."""
    bad = [one for one in reversed(component.days) if _was_bad(one)]
    today = component.days[-1].day if component.days else None
    listed = tuple(
        BadDay(words.day(one.day), _said(one, component.status, is_today=one.day == today))
        for one in bad[:LISTED_MAX]
    )
    rest = bad[LISTED_MAX:]
    if not rest:
        return Numbers(listed, None)
    down = sum((one.down for one in rest), timedelta())
    return Numbers(
        listed,
        f"and {len(rest)} earlier {'day' if len(rest) == 1 else 'days'}, "
        + (f"down for {words.duration(down)} in all" if down else "never down"),
    )


def _was_bad(one: ComponentDay) -> bool:
    if one.worst not in (None, ComponentStatus.OPERATIONAL):
        return True
    return bool(one.down or one.degraded)


def _said(one: ComponentDay, now: ComponentStatus, *, is_today: bool) -> str:
    """The state at its worst, and for how long; of what goes on no length is told yet."""
    worst = one.worst or ComponentStatus.OPERATIONAL
    goes_on = now if is_today else ComponentStatus.OPERATIONAL
    parts = [words.COMPONENT[worst]]
    if one.down and goes_on not in _OUTAGES:
        parts.append(f"down for {words.duration(one.down)}")
    if one.degraded and goes_on is not ComponentStatus.DEGRADED:
        parts.append(f"degraded for {words.duration(one.degraded)}")
    if goes_on is not ComponentStatus.OPERATIONAL:
        is_worst = goes_on is worst
        parts.append("not over yet" if is_worst else f"now {words.COMPONENT[goes_on].lower()}")
    return ", ".join(parts)
