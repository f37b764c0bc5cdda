"""All status pages, page by page, and one of them: its address, what it shows, what is missing."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.blocks import ids, words
from bot.blocks.build import (
    CONFIRM_TEXT_MAX,
    actions,
    button,
    confirmation,
    context,
    exact,
    header,
    modal,
    plain,
    section,
)
from bot.blocks.component_choice import WITHOUT_GROUP
from bot.blocks.components import by_group, error_block, in_sections
from bot.blocks.exposure import address, now_public
from bot.blocks.managed import managed_list
from bot.blocks.text import Block, cut, escape, name
from core.status_page_facts import StatusPageFacts, StatusPageLine

ADMINS_CHANGE = "Admins make, change and publish status pages. Ask one of them."
PUBLISHED = "🌐 Published"
UNPUBLISHED = "🔒 Not published"


def status_pages_view(
    every: Sequence[StatusPageLine], public_url: str | None, *, may_change: bool, page: int = 0
) -> dict[str, Any]:
    """All status pages, a page of them; one that is not there is the nearest."""
    new = button("New status page", ids.STATUS_PAGE_NEW, "new", style="primary")
    components = button("Components", ids.COMPONENTS_OPEN, "0")
    return managed_list(
        "Status pages",
        every,
        lambda shown: [_row(one, public_url) for one in shown],
        page=page,
        buttons=[*([new] if may_change else []), components],
        said=[] if may_change else [context(plain(ADMINS_CHANGE))],
        none_yet=_NONE_YET,
        open_id=ids.STATUS_PAGES_OPEN,
        callback_id=ids.STATUS_PAGES_VIEW,
    )


_NONE_YET = (
    "There are no status pages yet.\n\nA status page tells customers how your product is. It shows "
    "the components that you choose, and the incidents that affect them. Nobody can read it before "
    "it is published."
)


def status_page_view(
    facts: StatusPageFacts,
    public_url: str | None,
    *,
    over_list: int | None = None,
    error: str | None = None,
) -> dict[str, Any]:
    """Everything about a status page; `over_list` is the page of the list it was opened from."""
    published = facts.draft.published
    where = address(facts.draft.slug, public_url, linked=published)
    if published:
        said = f"*🌐 Published: anybody can read it*\n{where}"
    else:
        said = f"*🔒 Not published: nobody can read it yet*\nIts address will be {where}"
    return modal(
        "Status page",
        [
            *error_block(error),
            header(facts.draft.title),
            section(said),
            *([] if facts.components else [exact(_NOTHING_SELECTED)]),
            *(actions(_buttons(facts)) if facts.may_change else [context(plain(ADMINS_CHANGE))]),
            *_components(facts),
        ],
        callback_id=ids.STATUS_PAGE_VIEW,
        metadata=json.dumps({"id": str(facts.id), "list": over_list}),
    )  # fmt: skip


_NOTHING_SELECTED = (
    "⚠️ No component is selected, so it has nothing to show, and no public update can appear on it."
)


def _row(one: StatusPageLine, public_url: str | None) -> Block:
    count = {0: "no component yet", 1: "1 component"}.get(
        one.components, f"{one.components} components"
    )
    where = address(one.slug, public_url, linked=one.published)
    said = PUBLISHED if one.published else UNPUBLISHED
    return {
        **section(f"*{escape(name(one.title))}*  ·  {said}\n{where}  ·  {count}"),
        "accessory": button("Open", ids.STATUS_PAGE_OPEN, str(one.id)),
    }


def _buttons(facts: StatusPageFacts) -> list[Block]:
    id = str(facts.id)
    remove = confirmation(
        "Remove this status page?",
        f"“{cut(facts.draft.title, 120)}” goes for good. Its address will answer that there is no "
        "such page.",
        "Remove",
    )
    return [
        button("Edit", ids.STATUS_PAGE_EDIT, id, style=None if facts.components else "primary"),
        _publish_button(facts),
        button("Remove", ids.STATUS_PAGE_REMOVE, id, style="danger", confirm=remove),
    ]


def _publish_button(facts: StatusPageFacts) -> Block:
    wanted = not facts.draft.published
    value = f"{facts.id}:{facts.seen}:{int(wanted)}"
    if wanted:
        told = now_public(facts.exposure)
        confirm = {
            **confirmation(
                "Publish this status page?",
                f"Anybody with its address can read it at once. {told}",
                "Publish",
            ),
            "style": "primary",
        }
        style = "primary" if facts.components else None
        return button("Publish", ids.STATUS_PAGE_PUBLISH, value, style=style, confirm=confirm)
    confirm = confirmation(
        "Unpublish this status page?",
        cut(
            f"Customers can't read “{cut(facts.draft.title, 100)}” any more. Its address will "
            "answer that there is no such page.",
            CONFIRM_TEXT_MAX,
        ),
        "Unpublish",
    )
    return button("Unpublish", ids.STATUS_PAGE_PUBLISH, value, confirm=confirm)


def _components(facts: StatusPageFacts) -> Iterator[Block]:
    if not facts.components:
        return
    yield {"type": "divider"}
    grouped = any(one.group_label for one in facts.components)
    lines: list[str] = []
    for label, of_it in by_group(facts.components):
        if grouped:
            above = "\n" if lines else ""
            lines.append(f"{above}*{escape(name(label) if label else WITHOUT_GROUP)}*")
        lines += [
            f"{escape(name(one.name))}  ·  {words.component_status(one.status)}" for one in of_it
        ]
    yield from in_sections(lines)
