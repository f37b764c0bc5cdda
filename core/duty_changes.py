"""Whoever an override concerns is told: who stands in, and whose time it would be."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from core import notifications, oncall, people
from core.covering import OverrideDraft
from core.instants import END
from core.remarks import Change, DutyChanged
from core.transaction import Transaction
from storage.models import Schedule

TOLD_AHEAD = timedelta(days=400)
"""Whose time it would be is looked for no further than so, however long somebody stands in."""


async def tell(
    tx: Transaction,
    schedule: Schedule,
    change: Change,
    override_id: UUID,
    draft: OverrideDraft,
    otherwise: oncall.Schedule,
) -> None:
    """Tell who stands in, and whose time it would be: by `otherwise`, which is without it."""
    without = replace(
        otherwise, overrides=tuple(one for one in otherwise.overrides if one.id != override_id)
    )
    told_until = min(draft.end_at, draft.start_at + min(TOLD_AHEAD, END - draft.start_at))
    displaced = dict.fromkeys(
        shift.member_id
        for shift in oncall.shifts(without, draft.start_at, told_until)
        if shift.position == 0 and shift.member_id != draft.member_id
    )
    known = await people.by_id(tx, [draft.member_id, *displaced])
    names = {id: one.name for id, one in known.items()}
    for member_id in (draft.member_id, *displaced):
        if known[member_id].removed_at:
            continue
        remark = DutyChanged(
            change,
            covers=member_id == draft.member_id,
            schedule=schedule.name,
            timezone=schedule.timezone,
            by=tx.actor.name,
            covering=names[draft.member_id],
            instead_of=tuple(names[one] for one in displaced),
            start_at=draft.start_at,
            end_at=draft.end_at,
        )
        occasion = f"{override_id}:{change}:{draft.start_at.timestamp()}:{tx.now.timestamp()}"
        await notifications.tell(tx, member_id, remark, key=occasion)
