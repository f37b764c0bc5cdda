"""What covering will come to, before it is done: who is on call when, around what is covered.

For every form that covers or changes an override; asked of the functions that really page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core import covering, oncall, overrides, people, schedules
from core.covering import OverrideDraft
from core.errors import NotFound, OverrideConflict, ValidationFailed
from core.instants import END
from core.transaction import Transaction

AROUND = timedelta(days=1)
"""How much before and after what is covered is told."""

FIRST_LENGTH = timedelta(hours=12)
"""How long is proposed where no shift is running."""

_TOO_FAR = timedelta(days=400)


@dataclass(frozen=True)
class Turn:
    """Somebody's time on a schedule, as it will be; `is_new`: by what the form asks for."""

    person: str | None
    start_at: datetime | None
    """None: it began before what is shown."""
    end_at: datetime | None
    """None: it goes on beyond what is shown."""
    is_new: bool = False


async def proposed_span(tx: Transaction, schedule_id: UUID) -> tuple[datetime, datetime]:
    """From now to the end of the shift that runs, to the minute, in UTC. Raises NotFound."""
    value = await schedules.value_of(tx, schedule_id)
    now = tx.now.replace(second=0, microsecond=0)
    found = oncall.resolve(value, tx.now).owner
    far = found is None or found.until - now > _TOO_FAR
    return now, now + FIRST_LENGTH if far or found is None else found.until


async def turns_with(
    tx: Transaction, schedule_id: UUID, draft: OverrideDraft, *, changing: UUID | None = None
) -> tuple[Turn, ...]:
    """Who will be on call around what is covered; `changing` is the override that it changes.

    Raises what `overrides.cover` raises, or `overrides.change_ahead` for one that is changed.
    """
    value = await schedules.value_of(tx, schedule_id)
    names = {one.id: one.name for one in await people.members(tx)}
    present = override_of(value, changing) if changing else None
    await overrides.check(tx, draft)
    draft = _as_it_will_be(draft, present, tx.now)
    if draft.end_at - draft.start_at > _TOO_FAR:
        raise ValidationFailed(
            "That is too long to be shown beforehand: choose an end within 400 days.",
            field="end_at",
        )
    if present:
        value = replace(value, overrides=tuple(o for o in value.overrides if o is not present))
        _refuse_what_is_in_the_way(value, draft, names)
    return _turns(value, draft, names, tx.now.replace(second=0, microsecond=0))


def override_of(value: oncall.Schedule, override_id: UUID) -> oncall.Override:
    """PURE. An override that has not ended. Raises NotFound."""
    for one in value.overrides:
        if one.id == override_id:
            return one
    raise NotFound("That override is gone, or over. Close this and look again.")


def _refuse_what_is_in_the_way(
    value: oncall.Schedule, draft: OverrideDraft, names: Mapping[UUID, str]
) -> None:
    for one in value.overrides:
        if one.start_at < draft.end_at and draft.start_at < one.end_at:
            who = names.get(one.member.member_id, "Somebody")
            said = f"{who} covers part of that time already. Change that one first."
            raise OverrideConflict(said, field="start_at")


def _as_it_will_be(
    draft: OverrideDraft, present: oncall.Override | None, now: datetime
) -> OverrideDraft:
    """What has passed stays as it is, whether one is made or changed."""
    if present is None:
        return replace(draft, start_at=max(draft.start_at, now))
    was = OverrideDraft(present.member.member_id, present.start_at, present.end_at)
    return covering.from_now_on(draft, was, now)


def _turns(
    value: oncall.Schedule, draft: OverrideDraft, names: Mapping[UUID, str], now: datetime
) -> tuple[Turn, ...]:
    """From a day before, or now, to a day after, with the override."""
    foreseen = covering.with_cover(value, draft)
    start = max(draft.start_at - AROUND, min(now, draft.start_at))
    end = draft.end_at + min(AROUND, END - draft.end_at)
    shifts = [
        Turn(
            names.get(one.member_id, "somebody"),
            one.start_at if one.start_at > start or one.start_at == draft.start_at else None,
            one.end_at if one.end_at < end else None,
            one.override_id == covering.FORESEEN,
        )
        for one in oncall.shifts(foreseen, start, end)
        if one.position == 0
    ]
    nobody = [
        Turn(
            None,
            gap.start_at if gap.start_at > start else None,
            gap.end_at if gap.end_at < end else None,
        )
        for gap in oncall.gaps(foreseen, start, end)
    ]
    return tuple(sorted([*shifts, *nobody], key=lambda one: one.start_at or start))
