"""One schedule in the dashboard: its calendar, the overrides ahead, its layers, and its end."""

from datetime import date
from uuid import UUID

from core import oncall, overrides, people, schedule_facts, schedules, scheduling, targets
from core.transaction import Transaction
from web.dashboard import clocks, shift_grid
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()


@PAGES.get("/on-call/schedules/{schedule_id:uuid}")
async def show_schedule(tx: Transaction, asked: Asked) -> Page:
    """A schedule with a month or a week of its shifts."""
    schedule_id: UUID = asked.path["schedule_id"]
    facts = await schedule_facts.of(tx, schedule_id)
    row = await schedules.get_schedule(tx, schedule_id)
    (duty,) = await targets.on_duty(tx, [row])
    today = tx.now.astimezone(facts.zone).date()
    shown = shift_grid.around(asked.query.get("by", ""), _day(asked, today))
    since = shift_grid.bounds(shown, facts.zone)[0] - shift_grid.LOOKED_AROUND
    value = await schedules.value_of(tx, schedule_id, at=since)
    found = shift_grid.stretches(value, await _names(tx, value), shown, made_at=row.created_at)
    ahead = await overrides.list_overrides(tx, schedule_id)
    standing_in = await people.by_id(tx, [one.member_id for one in ahead])
    return Page(
        "schedule.html",
        {
            "now": tx.now,
            "today": today,
            "schedule": facts,
            "duty": duty,
            "due": duty.until if clocks.is_meant(duty.until) else None,
            "shown": shown,
            "stretches": found,
            "weeks": shift_grid.weeks(value, found, shown),
            "ahead": [(one, standing_in[one.member_id].name) for one in ahead],
        },
    )


@PAGES.get("/on-call/schedules/{schedule_id:uuid}/remove")
async def ask_to_remove(tx: Transaction, asked: Asked) -> Page:
    """What removing a schedule takes away."""
    schedule = await schedules.get_schedule(tx, asked.path["schedule_id"])
    return Page(
        "remove.html",
        {
            "title": "Remove this schedule?",
            "said": [f"“{schedule.name}” with its layers and overrides goes for good."],
            "back": f"/app/on-call/schedules/{schedule.id}",
            "back_to": schedule.name,
            "seen": "",
        },
    )


@PAGES.post("/on-call/schedules/{schedule_id:uuid}/remove", of=ask_to_remove)
async def remove(tx: Transaction, asked: Asked) -> Back:
    """Remove a schedule that nothing uses."""
    schedule = await scheduling.lock_schedule(tx, asked.path["schedule_id"])
    name = schedule.name
    await scheduling.remove_schedule(tx, schedule)
    return Back("/on-call", f"“{name}” was removed.")


def _day(asked: Asked, today: date) -> date:
    """The day that is asked for, or today."""
    try:
        return date.fromisoformat(asked.query.get("day", ""))
    except ValueError:
        return today


async def _names(tx: Transaction, value: oncall.Schedule) -> dict[UUID, str]:
    rostered = [one.member_id for layer in value.layers for one in layer.participants]
    found = await people.by_id(tx, [*rostered, *(one.member.member_id for one in value.overrides)])
    return {id: one.name for id, one in found.items()}
