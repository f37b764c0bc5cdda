"""Covering a shift in the dashboard: an override taken, changed, taken back, and first foreseen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from core import cover_ahead, override_changes, overrides, people, schedules
from core.cover_ahead import Turn
from core.covering import OverrideDraft
from core.errors import DomainError, InvalidTargetUser
from core.transaction import Transaction
from web.dashboard import clocks
from web.dashboard.pages import LOOK, Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()

COVER = "/on-call/schedules/{schedule_id:uuid}/cover"
CHANGE = "/on-call/schedules/{schedule_id:uuid}/overrides/{override_id:uuid}"


@PAGES.get(COVER)
async def show_cover(tx: Transaction, asked: Asked) -> Page:
    """The form: for me, from now to the shift's end, or for the span that the address names."""
    span = await cover_ahead.proposed_span(tx, asked.path["schedule_id"])
    start, end = (clocks.instant_in(asked.query.get(name, "")) for name in ("from", "to"))
    if start and end and start < end:
        span = max(start, span[0]), end
    return await _form(tx, asked, asked.session.person.id, span)


@PAGES.post(COVER, of=show_cover)
async def cover(tx: Transaction, asked: Asked) -> Back:
    """Have somebody stand in, whoever else was to."""
    schedule = await schedules.get_schedule(tx, asked.path["schedule_id"])
    with _said_at_the_person():
        made = await overrides.cover(tx, schedule.id, _draft(asked, ZoneInfo(schedule.timezone)))
    who = (await people.get_member(tx, made.member_id)).name
    until = clocks.local(made.end_at, ZoneInfo(schedule.timezone))
    return Back(_back(asked), f"{who} covers until {until} in {clocks.city(schedule.timezone)}.")


@PAGES.get(CHANGE)
async def show_change(tx: Transaction, asked: Asked) -> Page:
    """The form over an override that has not ended."""
    present = await _present(tx, asked)
    span = present.start_at, present.end_at
    return await _form(tx, asked, present.member_id, span, changing=asked.path["override_id"])


@PAGES.post(CHANGE, of=show_change)
async def change(tx: Transaction, asked: Asked) -> Back:
    """Change an override from now on."""
    schedule = await schedules.get_schedule(tx, asked.path["schedule_id"])
    present = await _present(tx, asked)
    draft = _draft(asked, ZoneInfo(schedule.timezone), (present.start_at, present.end_at))
    with _said_at_the_person():
        await overrides.change_ahead(tx, asked.path["override_id"], draft)
    return Back(_back(asked), "The override was changed.")


@PAGES.post(f"{CHANGE}/remove", of=show_change)
async def take_back(tx: Transaction, asked: Asked) -> Back:
    """Take an override back; one that runs ends now."""
    schedule_id, override_id = asked.path["schedule_id"], asked.path["override_id"]
    await override_changes.remove_override(tx, schedule_id, override_id)
    return Back(_back(asked), "The override was taken back; the rotation counts again.")


async def _present(tx: Transaction, asked: Asked) -> OverrideDraft:
    schedule_id, override_id = asked.path["schedule_id"], asked.path["override_id"]
    found = await override_changes.get_ahead(tx, schedule_id, override_id)
    return overrides.draft_of(found)


async def _form(
    tx: Transaction,
    asked: Asked,
    member_id: UUID,
    span: tuple[datetime, datetime],
    *,
    changing: UUID | None = None,
) -> Page:
    """The form as it was opened, or as it was sent; and what it would come to."""
    schedule = await schedules.get_schedule(tx, asked.path["schedule_id"])
    zone = ZoneInfo(schedule.timezone)
    values = {
        "member_id": str(member_id),
        "start_at": clocks.written(span[0], zone),
        "end_at": clocks.written(span[1], zone),
    }
    if asked.one(LOOK):
        values = {name: asked.one(name) for name in values}
    turns: Sequence[Turn] = ()
    trouble = None
    try:
        typed = values if not asked.form else {name: asked.one(name) for name in values}
        draft = _read(typed, zone, span if changing else None)
        turns = await cover_ahead.turns_with(tx, schedule.id, draft, changing=changing)
    except DomainError as refusal:
        trouble = refusal.message
    return Page(
        "cover.html",
        {
            "schedule": schedule,
            "zone": zone,
            "values": values,
            "members": [(str(one.id), one.name) for one in await people.members(tx)],
            "turns": turns,
            "trouble": None if asked.view.refused else trouble,
            "changing": changing,
            "action": asked.view.path.removesuffix("/remove"),
        },
    )


def _draft(
    asked: Asked, zone: ZoneInfo, was: tuple[datetime, datetime] | None = None
) -> OverrideDraft:
    names = ("member_id", "start_at", "end_at")
    return _read({name: asked.one(name) for name in names}, zone, was)


def _read(
    typed: dict[str, str], zone: ZoneInfo, was: tuple[datetime, datetime] | None
) -> OverrideDraft:
    try:
        member_id = UUID(typed["member_id"])
    except ValueError:
        raise InvalidTargetUser("Choose who covers.", field="member_id") from None
    start, end = was or (None, None)
    return OverrideDraft(
        member_id,
        clocks.read(typed["start_at"], zone, field="start_at", was=start),
        clocks.read(typed["end_at"], zone, field="end_at", was=end),
    )


@contextmanager
def _said_at_the_person() -> Iterator[None]:
    try:
        yield
    except InvalidTargetUser as refusal:
        raise InvalidTargetUser(refusal.message, field="member_id") from None


def _back(asked: Asked) -> str:
    return f"/on-call/schedules/{asked.path['schedule_id']}"
