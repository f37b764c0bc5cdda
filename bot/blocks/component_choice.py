"""The field in which components are chosen, on every form that asks for them; it keeps the order.

Slack's own menu holds a hundred; where there are more, one types to find them.
"""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from bot.blocks import ids, values
from bot.blocks.build import OPTION_LIST_MAX, OPTION_MAX, exact, field, option, plain
from bot.blocks.text import Block, cut

NONE_YET = "There are no components yet to choose from. “/incident components” makes them."
WITHOUT_GROUP = "Without a group"


class Choosable(Protocol):
    """A component, as much as the menu shows of it."""

    @property
    def id(self) -> UUID:
        """What the menu hands back."""

    @property
    def name(self) -> str:
        """What it shows."""

    @property
    def group_label(self) -> str | None:
        """Under what it shows it."""


def component_field(
    block_id: str,
    label: str,
    components: Sequence[Choosable],
    chosen: Sequence[UUID],
    *,
    hint: str | None = None,
    optional: bool = True,
    dispatch: bool = False,
    form: str = ids.COMPONENT_CHOICE,
    maximum: int | None = None,
) -> Block:
    """The field, or a sentence where there is no component at all.

    `components` in the order of `core.components.list_components`; a change is heard as a press of
    `form` where it is dispatched.
    """
    if not components:
        return {**exact(NONE_YET), "block_id": block_id}
    searched = len(components) > OPTION_LIST_MAX
    element: Block = {
        "type": "multi_external_select" if searched else "multi_static_select",
        "action_id": f"{form}:{ids.COMPONENTS}",
        "placeholder": plain("Type a component's name" if searched else "Choose components"),
    }
    if searched:
        element["min_query_length"] = 0
    else:
        element |= _listed(components)
    if maximum:
        element["max_selected_items"] = maximum
    known = {one.id: one for one in components}
    if initial := [component_option(known[one]) for one in chosen if one in known]:
        element["initial_options"] = initial
    return field(block_id, label, element, hint=hint, optional=optional, dispatch=dispatch)


def read(view: dict[str, Any], block_id: str) -> list[UUID]:
    """The components that were chosen, in the order in which Slack tells them."""
    return [UUID(one) for one in values.several(view, block_id)]


def component_option(one: Choosable) -> Block:
    """A component as menus offer it; the rest of a long name stands below."""
    rest = one.name[OPTION_MAX - 1 :] if len(one.name) > OPTION_MAX else ""
    return option(one.name, str(one.id), f"…{rest}" if rest else None)


def found_options(components: Sequence[Choosable], typed: str) -> list[Block]:
    """What a search offers for what was typed: names that begin so, then others, then groups."""
    wanted = typed.strip().casefold()

    def nearness(one: Choosable) -> int | None:
        if one.name.casefold().startswith(wanted):
            return 0
        if wanted in one.name.casefold():
            return 1
        return 2 if wanted in (one.group_label or "").casefold() else None

    near = [(nearness(one), one) for one in components]
    found = sorted(((rank, one) for rank, one in near if rank is not None), key=lambda it: it[0])
    return [component_option(one) for _, one in found[:OPTION_LIST_MAX]]


def _listed(components: Sequence[Choosable]) -> Block:
    if not any(one.group_label for one in components):
        return {"options": [component_option(one) for one in components]}
    groups: dict[str, list[Block]] = {}
    for one in components:
        groups.setdefault(one.group_label or WITHOUT_GROUP, []).append(component_option(one))
    return {
        "option_groups": [
            {"label": plain(cut(label, OPTION_MAX)), "options": options}
            for label, options in groups.items()
        ]
    }
