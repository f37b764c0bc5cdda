"""All schedules with who is on call now, page by page."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import ids
from bot.blocks.build import button, section
from bot.blocks.managed import managed_list
from bot.blocks.shifts import place
from bot.blocks.text import Block, escape, name, names, until
from core.schedule_facts import ScheduleLine


def schedules_view(every: Sequence[ScheduleLine], *, page: int = 0) -> dict[str, Any]:
    """All schedules with who is on call, a page of them; one that is not there is the nearest."""
    new = button("New schedule", ids.SCHEDULE_NEW, "new", style="primary")
    return managed_list(
        "On-call schedules",
        every,
        lambda shown: [_row(one) for one in shown],
        page=page,
        buttons=[new, button("Escalation policies", ids.POLICIES_OPEN, "0")],
        none_yet=_NONE_YET,
        open_id=ids.SCHEDULES_OPEN,
        callback_id=ids.SCHEDULES_VIEW,
    )


_NONE_YET = (
    "There are no schedules yet.\n\nA schedule says who is on call when. Make one, choose the "
    "people who take turns, and incidents can page whoever is on call."
)


def _row(one: ScheduleLine) -> Block:
    title = f"*{escape(name(one.name))}*  ·  {escape(place(ZoneInfo(one.timezone)))}"
    if one.on_call:
        said = f"{escape(names(one.on_call, 3))}{until(one.until)}"
    else:
        said = "🚨 Nobody is on call"
    return {
        **section(f"{title}\n{said}"),
        "accessory": button("Open", ids.SCHEDULE_OPEN, str(one.id)),
    }
