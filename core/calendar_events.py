"""PURE. A schedule's shifts as a calendar lists them: whose, when and why, and where nobody is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from core.oncall import Schedule, Shift, shifts
from core.staffing import unowned

REACH = timedelta(days=368)
"""Longer than any shift of a rotation."""


@dataclass(frozen=True)
class ShiftEvent:
    """A shift, or a span in which the schedule has no owner (then there is no `person`).

    `key` stays the same while a shift is moved by its handoff time or handed to somebody else, so
    that a calendar changes it instead of showing it twice.
    """

    key: str
    schedule: str
    timezone: ZoneInfo
    person: str | None
    layer: str | None
    """The rotation layer's name; None for an override, and where nobody is on call."""
    position: int
    stands_in_for: tuple[str, ...]
    """Whom an override keeps off duty, in the order of their shifts."""
    is_override: bool
    start_at: datetime
    end_at: datetime
    pages_others: bool = False
    """Without a person: whether other layers page somebody all the same."""


def events_of(
    schedule: Schedule,
    names: Mapping[UUID, str],
    start: datetime,
    end: datetime,
    *,
    member_id: UUID | None = None,
) -> tuple[ShiftEvent, ...]:
    """Every shift that overlaps a window, whole, by start and then position; or one member's.

    `names` has everybody whom the schedule names, and the schedule its overrides from REACH
    before the window on. They are the shifts of `oncall.shifts` (spec section 5). Raises
    ValueError for a naive instant.
    """
    numbered: Counter[str] = Counter()
    layers = {layer.id: layer.name for layer in schedule.layers}
    found = []
    reach = _reach(schedule)
    for shift in shifts(schedule, start - reach, end + reach):
        key = _key(schedule, shift)
        numbered[key] += 1
        whose = member_id in (None, shift.member_id)
        if whose and shift.start_at < end and shift.end_at > start:
            overridden = _overridden(schedule, shift) if shift.override_id else ()
            is_override = shift.override_id is not None
            found.append(
                ShiftEvent(
                    key=f"{key}/{numbered[key]}",
                    schedule=schedule.name,
                    timezone=schedule.timezone,
                    person=names[shift.member_id],
                    layer=None if is_override or not shift.layer_id else layers[shift.layer_id],
                    position=shift.position,
                    stands_in_for=tuple(names[one] for one in overridden),
                    is_override=is_override,
                    start_at=shift.start_at,
                    end_at=shift.end_at,
                )
            )
    return tuple(found)


def gaps_of(schedule: Schedule, start: datetime, end: datetime) -> tuple[ShiftEvent, ...]:
    """Every span of a window in which the schedule has no owner, clipped to it.

    One ends, and another begins, where others begin or cease to be paged.
    """
    return tuple(
        ShiftEvent(
            key=f"{schedule.id}/gap/{gap.start_at.isoformat()}",
            schedule=schedule.name,
            timezone=schedule.timezone,
            person=None,
            layer=None,
            position=0,
            stands_in_for=(),
            is_override=False,
            start_at=gap.start_at,
            end_at=gap.end_at,
            pages_others=gap.pages_others,
        )
        for gap in unowned(schedule, start, end)
    )


def _reach(schedule: Schedule) -> timedelta:
    """So far around a window one looks, to list whole what crosses its edge."""
    longest = [timedelta(days=layer.length_days) for layer in schedule.layers]
    longest += [one.end_at - one.start_at for one in schedule.overrides]
    return max(longest, default=timedelta(0)) + timedelta(days=2)


def _key(schedule: Schedule, shift: Shift) -> str:
    """An override, or a layer and the local day: an override may leave two parts of one shift."""
    if shift.override_id:
        return str(shift.override_id)
    return f"{shift.layer_id}/{shift.start_at.astimezone(schedule.timezone).date()}"


def _overridden(schedule: Schedule, shift: Shift) -> tuple[UUID, ...]:
    regular = shifts(replace(schedule, overrides=()), shift.start_at, shift.end_at)
    people = dict.fromkeys(one.member_id for one in regular if one.position == 0)
    return tuple(one for one in people if one != shift.member_id)
