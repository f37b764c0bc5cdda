"""Schedules managed in Slack: all of them, one of them, its details, its end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from bot import below
from bot.answering import Answer, Show
from bot.blocks import ids, simple, values
from bot.blocks.rotation_form import Consequence
from bot.blocks.schedule_form import ScheduleForm, read_schedule, schedule_modal
from bot.blocks.schedule_list import schedules_view
from bot.blocks.schedules import schedule_view
from bot.gesture import Gesture
from core import arranging, foresight, people, schedule_facts, schedules, scheduling
from core.errors import DomainError, InUse
from core.schedule_drafts import ScheduleDraft
from core.timezones import describe_zone
from core.transaction import Transaction

LISTS = (ids.SCHEDULES_VIEW, ids.POLICIES_VIEW)


async def open_schedules(gesture: Gesture, page: int = 0) -> Answer:
    """Open all schedules, or turn the page where a list is open already."""
    if gesture.view.get("callback_id") in LISTS:
        return Show(await list_view(gesture, page))
    return await gesture.open_modal(
        "On-call schedules", lambda: list_view(gesture, page), push=gesture.in_a_modal
    )


async def open_by_name(gesture: Gesture, name: str) -> Answer:
    """Open the schedule whose name somebody typed. Raises NotFound, naming those there are."""
    async with gesture.core.reading(gesture.actor) as tx:
        found = await schedules.find_schedule(tx, name)
        schedule_id = found.id
    return await open_schedule(gesture, schedule_id)


async def open_schedule(gesture: Gesture, schedule_id: UUID) -> Answer:
    """Open one schedule."""
    over_list = _page_of(gesture)
    return await gesture.open_modal(
        "Schedule",
        lambda: one_view(gesture, schedule_id, over_list),
        push=gesture.in_a_modal,
    )


async def open_new(gesture: Gesture) -> Answer:
    """Open the form of a new schedule, where the one who asks is."""

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            (zone, *_) = [*await schedule_facts.zones_in_use(tx), "UTC"]
            form = ScheduleForm(uuid4(), True, "", _page_of(gesture), timezone=zone)
            return schedule_modal(form, describe_zone(zone, tx.now), ZoneInfo(zone))

    return await gesture.open_modal("New schedule", build, push=gesture.in_a_modal)


async def open_edit(gesture: Gesture, schedule_id: UUID) -> Answer:
    """Open the form of a schedule's details."""
    over_list = values.metadata(gesture.view).get("list")

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            facts = await schedule_facts.of(tx, schedule_id)
            form = ScheduleForm(
                schedule_id,
                False,
                facts.seen,
                over_list,
                name=facts.draft.name,
                timezone=facts.draft.timezone,
                description=facts.draft.description or "",
            )
            zone = describe_zone(facts.draft.timezone, tx.now)
            return schedule_modal(form, zone, await reader_zone(tx))

    return await gesture.open_modal("Edit schedule", build, push=gesture.in_a_modal)


async def recompute(gesture: Gesture) -> Answer:
    """Say what another time zone would lead to."""
    form = read_schedule(gesture.view)
    async with gesture.core.reading(gesture.actor) as tx:
        zone = describe_zone(form.timezone, tx.now) if form.timezone else None
        told = None if form.is_new else await _consequence(tx, form)
        view = schedule_modal(form, zone, await reader_zone(tx), told)
    await gesture.redraw(view)
    return None


async def submit(gesture: Gesture) -> Answer:
    """Make the schedule, or change its details; submitted twice it is done once."""
    form = read_schedule(gesture.view)
    async with gesture.core.transaction(gesture.actor) as tx:
        if form.is_new:
            description = form.description.strip() or None
            draft = ScheduleDraft(form.name.strip(), form.timezone or "", description, ())
            await scheduling.create_schedule(tx, draft, id=form.schedule_id)
        else:
            await arranging.change_details(
                tx,
                form.schedule_id,
                name=form.name,
                timezone=form.timezone or "",
                description=form.description,
                as_seen=form.seen,
            )
    if not form.is_new:
        return await show_change(gesture, form.schedule_id, form.over_list)
    await below.refresh(gesture, parent=None, root=_list_below(gesture, form.over_list))
    return Show(await one_view(gesture, form.schedule_id, form.over_list))


async def remove(gesture: Gesture, schedule_id: UUID) -> Answer:
    """Remove a schedule; if something uses it, say in its view what does."""
    over_list = values.metadata(gesture.view).get("list")
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            schedule = await scheduling.lock_schedule(tx, schedule_id)
            name = schedule.name
            await scheduling.remove_schedule(tx, schedule)
    except InUse as refusal:
        return Show(await one_view(gesture, schedule_id, over_list, error=refusal.message))
    except DomainError as refusal:
        return Show(simple.message_view("Schedule", refusal.message))
    await below.refresh(gesture, parent=None, root=_list_below(gesture, over_list))
    return Show(simple.message_view("Schedule removed", f"“{name}” was removed."))


async def show_change(gesture: Gesture, schedule_id: UUID, over_list: int | None) -> Answer:
    """After a form over a schedule's view was submitted: what lies below shows the change."""
    return await below.refresh(
        gesture,
        parent=lambda: one_view(gesture, schedule_id, over_list),
        root=_list_below(gesture, over_list),
    )


async def list_view(gesture: Gesture, page: int) -> dict[str, Any]:
    """All schedules as they are now."""
    async with gesture.core.reading(gesture.actor) as tx:
        return schedules_view(await schedule_facts.lines(tx), page=page)


async def one_view(
    gesture: Gesture, schedule_id: UUID, over_list: int | None, *, error: str | None = None
) -> dict[str, Any]:
    """One schedule as it is now. Raises NotFound."""
    async with gesture.core.reading(gesture.actor) as tx:
        facts = await schedule_facts.of(tx, schedule_id)
        reader = await reader_zone(tx)
        return schedule_view(facts, reader, over_list=over_list, error=error)


async def reader_zone(tx: Transaction) -> ZoneInfo:
    """Where the one who asks is."""
    assert tx.actor.id is not None, "a member acts in Slack"  # noqa: S101
    return people.zone_of(await people.get_member(tx, tx.actor.id))


async def _consequence(tx: Transaction, form: ScheduleForm) -> Consequence | None:
    stored = scheduling.draft_of(await schedules.get_schedule(tx, form.schedule_id))
    if not stored.layers or not form.timezone:
        return None
    wanted = arranging.with_details(
        stored, name=stored.name, timezone=form.timezone, description=None
    )
    before = await foresight.of_schedule(tx, form.schedule_id)
    after = await foresight.of_draft(tx, form.schedule_id, wanted)
    return Consequence(before.on_call, after)


def _list_below(gesture: Gesture, page: int | None) -> below.Build | None:
    return None if page is None else lambda: list_view(gesture, page)


def _page_of(gesture: Gesture) -> int | None:
    """The page of the list that was pressed, if it was in the list."""
    if gesture.view.get("callback_id") != ids.SCHEDULES_VIEW:
        return None
    return int(values.metadata(gesture.view).get("list") or 0)


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.SCHEDULES_OPEN: lambda gesture, value: open_schedules(gesture, _number(value)),
    ids.SCHEDULE_OPEN: lambda gesture, value: open_schedule(gesture, UUID(value)),
    ids.SCHEDULE_NEW: lambda gesture, _: open_new(gesture),
    ids.SCHEDULE_EDIT: lambda gesture, value: open_edit(gesture, UUID(value)),
    ids.SCHEDULE_REMOVE: lambda gesture, value: remove(gesture, UUID(value)),
    ids.SCHEDULE_FORM: lambda gesture, _: recompute(gesture),
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.SCHEDULE_FORM_VIEW: submit,
}


def _number(value: str) -> int:
    return int(value) if value.isdecimal() else 0
