"""The App Home: what is mine, what is open, who is on call."""

from collections.abc import Sequence
from typing import Any

from bot.blocks import ids
from bot.blocks.build import actions, button, exact, header
from bot.blocks.controls import controls
from bot.blocks.lists import OnCall, incident_row, more, on_call_row
from bot.blocks.text import Block
from core.facts import IncidentFacts

OWNED_SHOWN = 15
OPEN_SHOWN = 25
SCHEDULES_SHOWN = 25


def home(
    owned: Sequence[IncidentFacts],
    open_incidents: Sequence[IncidentFacts],
    on_call: Sequence[OnCall],
) -> dict[str, Any]:
    """A member's App Home."""
    return {
        "type": "home",
        "blocks": [
            *actions([button("Declare an incident", ids.DECLARE, "declare", style="primary")]),
            header("Yours"),
            *_owned(owned),
            header("Open incidents"),
            *_open(open_incidents),
            header("On call now"),
            *_on_call(on_call),
        ],
    }


def _owned(owned: Sequence[IncidentFacts]) -> list[Block]:
    if not owned:
        return [exact("Nothing is waiting for you.")]
    blocks: list[Block] = []
    for one in owned[:OWNED_SHOWN]:
        blocks.append(incident_row(one))
        if not one.acknowledged:
            blocks += controls(one, ids.ACKNOWLEDGE, ids.HAND_OFF)
    return blocks + more(len(owned) - OWNED_SHOWN)


def _open(found: Sequence[IncidentFacts]) -> list[Block]:
    if not found:
        return [exact("🎉 No incident is open.")]
    return [incident_row(one) for one in found[:OPEN_SHOWN]] + more(len(found) - OPEN_SHOWN)


def _on_call(schedules: Sequence[OnCall]) -> list[Block]:
    if not schedules:
        return [exact("There are no schedules yet. Describe them in a file, and run app.py apply.")]
    rows = [on_call_row(one) for one in schedules[:SCHEDULES_SHOWN]]
    return rows + more(len(schedules) - SCHEDULES_SHOWN)
