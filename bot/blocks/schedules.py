"""One schedule: its layers, its coming shifts, its gaps, and what can be done about them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.blocks import ids
from bot.blocks.build import (
    actions,
    button,
    confirmation,
    context,
    exact,
    header,
    long_text,
    modal,
    overflow,
    plain,
    section,
)
from bot.blocks.shifts import day_and_time, on_call_now, shifts_and_gaps
from bot.blocks.text import Block, cut, cut_escaped, name, when
from core.foresight import LayerAhead
from core.schedule_facts import InTurn, LayerFacts, ScheduleFacts
from core.timezones import describe_zone, said_offset
from storage.vocabulary import RotationType

LAYERS_SHOWN = 60
PEOPLE_CHARACTERS = 700
DESCRIPTION_SHOWN = 500


def schedule_view(
    facts: ScheduleFacts,
    reader: ZoneInfo,
    *,
    over_list: int | None = None,
    error: str | None = None,
) -> dict[str, Any]:
    """Everything about a schedule; `over_list` is the page of the list that it was opened from."""
    schedule_id, zone = str(facts.id), facts.zone
    now = day_and_time(facts.ahead.at, zone)
    described = long_text(facts.draft.description or "", DESCRIPTION_SHOWN)
    offset = said_offset(describe_zone(zone.key, facts.ahead.at).offset)
    add_layer = button(
        "Add rotation layer",
        ids.ROTATION_ADD,
        schedule_id,
        style=None if facts.layers else "primary",
    )
    buttons = [
        add_layer,
        button("Edit details", ids.SCHEDULE_EDIT, schedule_id),
        button("Cover…", ids.COVER, schedule_id),
        button("Calendar", ids.CALENDAR_OPEN, schedule_id),
        _remove_button(facts),
    ]
    return modal(
        "Schedule",
        [
            *([{**exact(f"⚠️ {cut(error, 2_000)}"), "block_id": "error"}] if error else []),
            header(facts.draft.name),
            *described,
            context(plain(f"{zone.key.replace('_', ' ')} ({offset}), where it is {now} now")),
            section(on_call_now(facts.ahead)) if facts.layers else exact(_NO_LAYERS),
            *actions(buttons),
            *_layers(facts),
            *_ahead(facts, reader),
        ],
        callback_id=ids.SCHEDULE_VIEW,
        metadata=json.dumps({"id": schedule_id, "list": over_list}),
    )


_NO_LAYERS = (
    "🚨 Nobody is on call here yet.\n\nAdd a rotation layer: the people who take turns, how long a "
    "shift lasts, and when it is handed over."
)


def remove_layer_modal(
    facts: ScheduleFacts,
    layer: LayerFacts,
    consequence: Sequence[Block],
    *,
    over_list: int | None,
) -> dict[str, Any]:
    """What removing a layer would lead to, before it is done."""
    return modal(
        "Remove layer",
        [
            exact(f"Remove “{cut(layer.terms.name, 255)}” from “{cut(facts.draft.name, 255)}”?"),
            *consequence,
        ],
        callback_id=ids.ROTATION_REMOVE_VIEW,
        submit="Remove",
        metadata=json.dumps(
            {"id": str(facts.id), "layer": str(layer.id), "seen": layer.seen, "list": over_list}
        ),
    )


def _remove_button(facts: ScheduleFacts) -> Block:
    confirm = confirmation(
        "Remove this schedule?",
        f"“{cut(facts.draft.name, 120)}” with its layers and overrides goes for good.",
        "Remove",
    )
    return button(
        "Remove schedule", ids.SCHEDULE_REMOVE, str(facts.id), style="danger", confirm=confirm
    )


def _layers(facts: ScheduleFacts) -> Iterator[Block]:
    if not facts.layers:
        return
    yield {"type": "divider"}
    yield section("*Rotation layers*")
    if len(facts.layers) > 1:
        yield context(
            plain("Whoever has the turn in any layer is paged; in the first one, they own it.")
        )
    for position, layer in enumerate(facts.layers[:LAYERS_SHOWN]):
        yield _layer(facts, layer, position)
    if (left := len(facts.layers) - LAYERS_SHOWN) > 0:
        yield context(plain(f"and {left:,} more layers; app.py apply changes those"))


def _layer(facts: ScheduleFacts, layer: LayerFacts, position: int) -> Block:
    lines = [
        f"*{position + 1}. {cut_escaped(layer.terms.name, 300)}*",
        f"{_shift_length(layer)}{_handoff(layer)}{_bounds(layer, facts)}",
        in_order(layer.people),
        _turn(layer.ahead),
    ]
    return {
        **section("\n".join(line for line in lines if line)),
        "accessory": overflow(ids.ROTATION_MENU, _menu(facts, layer.id, position)),
    }


def _menu(facts: ScheduleFacts, layer_id: UUID, position: int) -> list[tuple[str, str]]:
    target = f"{facts.id}:{layer_id}"
    up = [(f"move:{target}:{position - 1}", "Move up")] if position else []
    last = position + 1 == len(facts.layers)
    down = [] if last else [(f"move:{target}:{position + 1}", "Move down")]
    return [(f"edit:{target}", "Edit"), *up, *down, (f"remove:{target}", "Remove…")]


def _shift_length(layer: LayerFacts) -> str:
    days = layer.terms.length_days
    match layer.terms.rotation_type:
        case RotationType.DAILY:
            return "Daily"
        case RotationType.WEEKLY:
            return "Weekly"
        case _:
            return f"Every {days} days" if days > 1 else "Daily"


def _handoff(layer: LayerFacts) -> str:
    weekday = f"{layer.terms.first_day:%A}s " if layer.terms.length_days % 7 == 0 else ""
    return f", handoff {weekday}at {layer.terms.handoff:%H:%M}"


def _bounds(layer: LayerFacts, facts: ScheduleFacts) -> str:
    first, last = layer.terms.first_day, layer.terms.last_day
    today = facts.ahead.at.astimezone(facts.zone).date()
    begins = f", from {first.day} {first:%b %Y}" if first > today else ""
    return f"{begins}{f', until {last.day} {last:%b %Y}' if last else ''}"


def in_order(people: Sequence[InTurn]) -> str:
    """People in the order of their turns, as mrkdwn of a bounded length."""
    said: list[str] = []
    for one in people:
        left = " (left)" if one.left else ""
        said.append(f"{name(one.person.name)}{left}")
        if sum(map(len, said)) > PEOPLE_CHARACTERS:
            break
    more = f" and {len(people) - len(said):,} more" if len(people) > len(said) else ""
    return f"{cut_escaped(' → '.join(said), 2 * PEOPLE_CHARACTERS)}{more}" if said else "nobody"


def _turn(ahead: LayerAhead) -> str:
    then = ""
    if ahead.then and ahead.then_from:
        then = f"{cut_escaped(ahead.then, 160)} from {when(ahead.then_from)}"
    if ahead.now:
        return f"Now {cut_escaped(ahead.now, 160)}{f', then {then}' if then else ''}"
    return f"Nobody now{f', {then}' if then else ' and nobody to come'}"


def _ahead(facts: ScheduleFacts, reader: ZoneInfo) -> Iterator[Block]:
    if not facts.layers:
        return
    yield {"type": "divider"}
    several = len(facts.layers) > 1
    title = f"Next shifts of {name(facts.layers[0].terms.name)}" if several else "Next shifts"
    yield section(f"*{cut_escaped(title, 500)}*")
    yield from shifts_and_gaps(facts.ahead, reader)
