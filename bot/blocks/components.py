"""All components by group, page by page, and one of them: how it is, why, and who is shown it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.blocks import ids, words
from bot.blocks.build import (
    SECTION_MAX,
    actions,
    button,
    confirmation,
    context,
    exact,
    header,
    long_text,
    modal,
    plain,
    section,
)
from bot.blocks.component_choice import WITHOUT_GROUP
from bot.blocks.managed import managed_list
from bot.blocks.text import Block, cut, escape, name
from core.component_facts import ComponentFacts, ComponentLine, OpenIncident
from storage.limits import COMPONENT_DESCRIPTION_MAX

INCIDENTS_SHOWN = 10
PAGES_SHOWN = 10


def components_view(every: Sequence[ComponentLine], *, page: int = 0) -> dict[str, Any]:
    """All components with how each is now, a page of them; one that is not there is the nearest."""
    grouped = any(one.group_label for one in every)
    new = button("New component", ids.COMPONENT_NEW, "new", style="primary")
    return managed_list(
        "Components",
        every,
        lambda shown: list(_rows(shown, grouped=grouped)),
        page=page,
        buttons=[new, button("Status pages", ids.STATUS_PAGES_OPEN, "0")],
        none_yet=_NONE_YET,
        open_id=ids.COMPONENTS_OPEN,
        callback_id=ids.COMPONENTS_VIEW,
    )


_NONE_YET = (
    "There are no components yet.\n\nA component is a part of your product that customers know by "
    "name, like Checkout or API. Incidents say which they affect, and status pages show how each "
    "one is."
)


def component_view(
    facts: ComponentFacts, *, over_list: int | None = None, error: str | None = None
) -> dict[str, Any]:
    """Everything about a component; `over_list` is the page of the list it was opened from."""
    id, group = str(facts.id), facts.draft.group_label
    status = [button("Set status", ids.COMPONENT_STATUS, id)] if facts.may_override else []
    edit = button("Edit", ids.COMPONENT_EDIT, id)
    return modal(
        "Component",
        [
            *error_block(error),
            header(facts.draft.name),
            *([context(plain(f"In the group {name(group)}"))] if group else []),
            *long_text(facts.draft.description or "", COMPONENT_DESCRIPTION_MAX),
            section(f"*{words.component_status(facts.status)}*\n{escape(_why(facts))}"),
            *_incidents(facts.incidents),
            exact(_shown_on(facts)),
            *actions([edit, *status, _remove_button(facts)]),
        ],
        callback_id=ids.COMPONENT_VIEW,
        metadata=json.dumps({"id": id, "list": over_list}),
    )


def error_block(error: str | None) -> list[Block]:
    """Why something that was pressed was not done."""
    return [{**exact(f"⚠️ {cut(error, 2_000)}"), "block_id": "error"}] if error else []


def by_group(
    components: Sequence[ComponentLine],
) -> list[tuple[str | None, list[ComponentLine]]]:
    """Components by group, each group where its first component stands."""
    found: dict[str | None, list[ComponentLine]] = {}
    for one in components:
        found.setdefault(one.group_label, []).append(one)
    return list(found.items())


def in_sections(lines: Sequence[str]) -> Iterator[Block]:
    """Lines of mrkdwn in as few paragraphs as hold them."""
    held = ""
    for line in lines:
        if held and len(held) + len(line) >= SECTION_MAX:
            yield section(held)
            held = ""
        held = f"{held}\n{line}" if held else line
    if held:
        yield section(held)


def _rows(shown: Sequence[ComponentLine], *, grouped: bool) -> Iterator[Block]:
    for label, of_it in by_group(shown):
        if grouped:
            yield {"type": "divider"}
            yield context(plain(name(label) if label else WITHOUT_GROUP))
        for one in of_it:
            yield _row(one)


def _row(one: ComponentLine) -> Block:
    said = words.component_status(one.status)
    if one.is_override:
        said += "  ·  set by an admin"
    if one.incidents:
        numbers = ", ".join(f"#{each.number}" for each in one.incidents[:INCIDENTS_SHOWN])
        left = len(one.incidents) - INCIDENTS_SHOWN
        said += f"  ·  {numbers}{f' and {left:,} more' if left > 0 else ''}"
    return {
        **section(f"*{escape(name(one.name))}*\n{said}"),
        "accessory": button("Open", ids.COMPONENT_OPEN, str(one.id)),
    }


def _why(facts: ComponentFacts) -> str:
    count = len(facts.incidents)
    affecting = "1 open incident affects it" if count == 1 else f"{count} open incidents affect it"
    if not count:
        affecting = "No open incident affects it"
    if facts.override:
        otherwise = words.component_status(facts.by_incidents)
        return f"An admin has set this; as the incidents say it would be {otherwise}.\n{affecting}."
    return f"{affecting}{':' if count else '.'}"


def _incidents(found: Sequence[OpenIncident]) -> list[Block]:
    lines = [
        f"{words.SEVERITY_SIGNS[one.severity]} #{one.number} {one.title}"
        for one in found[:INCIDENTS_SHOWN]
    ]
    if (left := len(found) - INCIDENTS_SHOWN) > 0:
        lines.append(f"and {left:,} more")
    return [exact("\n".join(lines))] if lines else []


def _shown_on(facts: ComponentFacts) -> str:
    if not facts.pages:
        return "No status page shows it."
    titles = [
        f"“{name(one.title)}”{'' if one.published else ' (not published)'}"
        for one in facts.pages[:PAGES_SHOWN]
    ]
    left = len(facts.pages) - PAGES_SHOWN
    return f"Shown on {', '.join(titles)}{f' and {left:,} more' if left > 0 else ''}."


def _remove_button(facts: ComponentFacts) -> Block:
    confirm = confirmation(
        "Remove this component?",
        f"“{cut(facts.draft.name, 120)}” goes for good. Resolved incidents keep its name.",
        "Remove",
    )
    return button("Remove", ids.COMPONENT_REMOVE, str(facts.id), style="danger", confirm=confirm)
