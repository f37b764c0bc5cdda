"""All schedules with who is on call now, page by page."""

import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, modal, plain, section
from bot.blocks.shifts import place
from bot.blocks.text import Block, escape, name, names, until
from core.schedule_facts import ScheduleLine

ROWS_A_PAGE = 30


def schedules_view(every: Sequence[ScheduleLine], *, page: int = 0) -> dict[str, Any]:
    """All schedules with who is on call, a page of them; one that is not there is the nearest."""
    pages = max(1, -(-len(every) // ROWS_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = every[page * ROWS_A_PAGE : (page + 1) * ROWS_A_PAGE]
    new = button("New schedule", ids.SCHEDULE_NEW, "new", style="primary")
    policies = button("Escalation policies", ids.POLICIES_OPEN, "0")
    return modal(
        "On-call schedules",
        [
            *actions([new, policies]),
            *([] if every else [exact(_NONE_YET)]),
            *[_row(one) for one in shown],
            *turn_pages(ids.SCHEDULES_OPEN, page, pages),
        ],
        callback_id=ids.SCHEDULES_VIEW,
        metadata=json.dumps({"list": page}),
    )


_NONE_YET = (
    "There are no schedules yet.\n\nA schedule says who is on call when. Make one, choose the "
    "people who take turns, and incidents can page whoever is on call."
)


def turn_pages(action_id: str, page: int, pages: int) -> list[Block]:
    """Where in a list this is, and the way to its other pages."""
    if pages == 1:
        return []
    back = [button("Previous", f"{action_id}:back", str(page - 1))] if page else []
    on = [button("Next", f"{action_id}:on", str(page + 1))] if page + 1 < pages else []
    return [*actions([*back, *on]), context(plain(f"Page {page + 1} of {pages}"))]


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
