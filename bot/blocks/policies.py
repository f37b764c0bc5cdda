"""All escalation policies page by page, and one of them: its layers, and who would be paged now."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

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
from bot.blocks.declare import consequence
from bot.blocks.managed import managed_list
from bot.blocks.text import Block, cut, cut_escaped, escape, name, names
from core.durations import say_minutes
from core.policy_facts import EscalationLayerFacts, PolicyFacts, PolicyLine
from core.preview import Preview

LAYERS_SHOWN = 60
DESCRIPTION_SHOWN = 500
RUNNING_KEEP = "Incidents that are being escalated already keep the layers they began with."


def policies_view(every: Sequence[PolicyLine], *, page: int = 0) -> dict[str, Any]:
    """All policies with whom each pages first, a page of them."""
    new = button("New policy", ids.POLICY_NEW, "new", style="primary")
    return managed_list(
        "Escalation policies",
        every,
        lambda shown: [_row(one) for one in shown],
        page=page,
        buttons=[new, button("On-call schedules", ids.SCHEDULES_OPEN, "0")],
        none_yet=_NONE_YET,
        open_id=ids.POLICIES_OPEN,
        callback_id=ids.POLICIES_VIEW,
    )


_NONE_YET = (
    "There are no escalation policies yet.\n\nA policy says who is paged, and who is paged next if "
    "nobody acknowledges. Make one, and let its first layer page a schedule: incidents for that "
    "schedule then run it."
)


def policy_view(
    facts: PolicyFacts, *, over_list: int | None = None, error: str | None = None
) -> dict[str, Any]:
    """Everything about a policy; `over_list` is the page of the list that it was opened from."""
    policy_id = str(facts.id)
    style = None if facts.layers else "primary"
    buttons = [
        button("Add layer", ids.ESCALATION_ADD, policy_id, style=style),
        button("Edit details", ids.POLICY_EDIT, policy_id),
        button("Who would be paged?", ids.SIMULATE, policy_id),
        _remove_button(facts),
    ]
    return modal(
        "Escalation policy",
        [
            *([{**exact(f"⚠️ {cut(error, 2_000)}"), "block_id": "error"}] if error else []),
            header(facts.draft.name),
            *long_text(facts.draft.description or "", DESCRIPTION_SHOWN),
            *([] if facts.layers else [exact(_NO_LAYERS)]),
            *actions(buttons),
            *_layers(facts),
            *_told(facts),
        ],
        callback_id=ids.POLICY_VIEW,
        metadata=json.dumps({"id": policy_id, "list": over_list}),
    )


_NO_LAYERS = (
    "🚨 This policy pages nobody yet.\n\nAdd a layer: whom to page first, and how long to wait for "
    "them."
)


def remove_layer_modal(
    facts: PolicyFacts, layer: EscalationLayerFacts, told: Preview, *, over_list: int | None
) -> dict[str, Any]:
    """What removing a layer would lead to, before it is done."""
    position = facts.layers.index(layer) + 1
    return modal(
        "Remove layer",
        [
            exact(f"Remove layer {position} from “{cut(facts.draft.name, 255)}”?"),
            section(f"It pages {target(layer)}."),
            section(if_declared_now(told)),
            context(plain(RUNNING_KEEP)),
        ],
        callback_id=ids.ESCALATION_REMOVE_VIEW,
        submit="Remove",
        metadata=json.dumps(
            {"id": str(facts.id), "layer": str(layer.id), "seen": layer.seen, "list": over_list}
        ),
    )


def if_declared_now(told: Preview) -> str:
    """Who would be paged and when, as mrkdwn."""
    return f"*If an incident began now:* {consequence(told, empty=_NOBODY)}"


_NOBODY = "🚨 nobody would be paged."


def target(layer: EscalationLayerFacts) -> str:
    """Whom a layer pages, as mrkdwn: a schedule and who that is now, or people."""
    if layer.schedule is not None:
        who = f"*{cut_escaped(layer.schedule, 500)}*"
        now = escape(names(layer.pages_now, 3)) if layer.pages_now else "🚨 nobody is on call"
        return f"whoever is on call for {who} (now {now})"
    said = f"*{escape(names([one.name for one in layer.people], 5))}*"
    left = f" ({escape(names(layer.left, 3))} left)" if layer.left else ""
    return f"{said}{left}"


def _row(one: PolicyLine) -> Block:
    layers = "1 layer" if one.layers == 1 else f"{one.layers:,} layers"
    if not one.layers:
        said = "🚨 No layers yet: it pages nobody"
    elif one.pages_first:
        said = f"{layers}  ·  now pages {escape(names(one.pages_first, 3))} first"
    else:
        said = f"{layers}  ·  🚨 the first one pages nobody now"
    return {
        **section(f"*{escape(name(one.name))}*\n{said}"),
        "accessory": button("Open", ids.POLICY_OPEN, str(one.id)),
    }


def _remove_button(facts: PolicyFacts) -> Block:
    confirm = confirmation(
        "Remove this policy?",
        f"“{cut(facts.draft.name, 120)}” with its layers goes for good. Incidents for its "
        "schedules then page whoever is on call, once.",
        "Remove",
    )
    return button(
        "Remove policy", ids.POLICY_REMOVE, str(facts.id), style="danger", confirm=confirm
    )


def _layers(facts: PolicyFacts) -> Iterator[Block]:
    if not facts.layers:
        return
    yield {"type": "divider"}
    for position, layer in enumerate(facts.layers[:LAYERS_SHOWN], start=1):
        yield _layer(facts, layer, position)
    if (left := len(facts.layers) - LAYERS_SHOWN) > 0:
        yield context(plain(f"and {left:,} more layers; app.py apply changes those"))


def _layer(facts: PolicyFacts, layer: EscalationLayerFacts, position: int) -> Block:
    waits = say_minutes(layer.draft.ack_timeout_minutes)
    last = position == len(facts.layers)
    then = "then the policy is exhausted" if last else f"then layer {position + 1}"
    return {
        **section(f"*{position}.* Pages {target(layer)}\nWaits {waits}, {then}"),
        "accessory": overflow(ids.ESCALATION_MENU, _menu(facts, layer.id, position)),
    }


def _menu(facts: PolicyFacts, layer_id: UUID, position: int) -> list[tuple[str, str]]:
    target = f"{facts.id}:{layer_id}"
    up = [(f"move:{target}:{position - 1}", "Move up")] if position > 1 else []
    last = position == len(facts.layers)
    down = [] if last else [(f"move:{target}:{position + 1}", "Move down")]
    return [(f"edit:{target}", "Edit"), *up, *down, (f"remove:{target}", "Remove…")]


def _told(facts: PolicyFacts) -> Iterator[Block]:
    if facts.layers:
        yield {"type": "divider"}
        yield section(if_declared_now(facts.told))
        yield context(plain(RUNNING_KEEP))
