"""PURE. A rotation layer in the words of a form: days and a time of day, where the schedule is.

An instant that a form can't say, such as a start at noon of a layer that hands off at nine, stays
as it is for as long as its day does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from core.errors import ValidationFailed
from core.instants import first_instant
from core.schedule_drafts import RotationDraft
from storage.vocabulary import RotationType

MONDAY = 0


@dataclass(frozen=True)
class LayerTerms:
    """What people agree on: who takes turns, for how long, from which day, at what time."""

    name: str
    rotation_type: RotationType
    length_days: int
    handoff: time
    first_day: date
    last_day: date | None
    """The day on which the layer ends, at its handoff time."""
    participant_ids: tuple[UUID, ...]


def say_shift(length_days: int, number: int) -> str:
    """A shift in the words of its rotation: `week 14` of a weekly one, `day 14` of a daily one."""
    unit = {1: "day", 7: "week"}.get(length_days, "shift")
    return f"{unit} {number:,}"


def as_draft(
    terms: LayerTerms, zone: ZoneInfo, *, id: UUID, was: RotationDraft | None = None
) -> RotationDraft:
    """The layer that these terms ask for; `was` is what it is now. Raises ValidationFailed."""
    last = terms.last_day
    began, ended = (was.effective_from, was.effective_until) if was else (None, None)
    return RotationDraft(
        name=terms.name.strip(),
        rotation_type=terms.rotation_type,
        length_days=terms.length_days,
        handoff_time=terms.handoff,
        effective_from=_instant(terms.first_day, terms.handoff, zone, was, began, "first_day"),
        effective_until=(
            _instant(last, terms.handoff, zone, was, ended, "last_day") if last else None
        ),
        participant_ids=terms.participant_ids,
        id=id,
    )


def terms_of(draft: RotationDraft, zone: ZoneInfo) -> LayerTerms:
    """A layer as a form shows it."""
    until = draft.effective_until
    return LayerTerms(
        name=draft.name,
        rotation_type=draft.rotation_type,
        length_days=draft.length_days,
        handoff=draft.handoff_time,
        first_day=_local(draft.effective_from, zone).date(),
        last_day=_local(until, zone).date() if until else None,
        participant_ids=draft.participant_ids,
    )


def proposed_name(taken: Sequence[str]) -> str:
    """What a new layer would be called beside these."""
    called = ("Primary", "Secondary", *(f"Layer {number}" for number in range(3, len(taken) + 4)))
    return next(name for name in called if name not in taken)


def proposed_first_day(now: datetime, zone: ZoneInfo) -> date:
    """When a new layer would begin: today where that is a Monday, else next Monday."""
    today = _local(now, zone).date()
    return today + timedelta(days=(MONDAY - today.weekday()) % 7)


def moved_to(draft: RotationDraft, old: ZoneInfo, new: ZoneInfo) -> RotationDraft:
    """The layer of a schedule that moves to another zone: its wall clocks show what they did."""
    until = draft.effective_until
    return replace(
        draft,
        effective_from=_same_wall_clock(draft.effective_from, old, new),
        effective_until=until and _same_wall_clock(until, old, new),
    )


def _instant(
    day: date,
    handoff: time,
    zone: ZoneInfo,
    was: RotationDraft | None,
    present: datetime | None,
    field: str,
) -> datetime:
    """The handoff of that day, or the instant of that day which is no handoff but was so before."""
    try:
        if was and present and _local(present, zone).date() == day:
            own = present != first_instant(day, was.handoff_time, zone)
            return present if own else first_instant(day, handoff, zone)
        return first_instant(day, handoff, zone)
    except OverflowError:
        raise ValidationFailed("That day is outside the calendar.", field=field) from None


def _same_wall_clock(at: datetime, old: ZoneInfo, new: ZoneInfo) -> datetime:
    try:
        wall = at.astimezone(old)
        return first_instant(wall.date(), wall.time(), new)
    except OverflowError:  # at the calendar's first or last day
        return at


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:  # at the calendar's first or last day
        return at
