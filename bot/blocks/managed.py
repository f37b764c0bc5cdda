"""A list of what is managed in Slack (schedules, policies, components, pages), page by page."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bot.blocks.build import actions, button, context, exact, modal, plain
from bot.blocks.text import Block

ROWS_A_PAGE = 30

Line = TypeVar("Line")


def managed_list(
    title: str,
    every: Sequence[Line],
    rows: Callable[[Sequence[Line]], Sequence[Block]],
    *,
    page: int,
    buttons: Sequence[Block],
    none_yet: str,
    open_id: str,
    callback_id: str,
    said: Sequence[Block] = (),
) -> dict[str, Any]:
    """A page of the list; one that is not there is the nearest.

    `rows` makes the blocks of those that are shown, `open_id` opens the list at another page, and
    `said` stands below the `buttons`.
    """
    pages = max(1, -(-len(every) // ROWS_A_PAGE))
    page = min(max(page, 0), pages - 1)
    return modal(
        title,
        [
            *actions(buttons),
            *said,
            *([] if every else [exact(none_yet)]),
            *rows(every[page * ROWS_A_PAGE : (page + 1) * ROWS_A_PAGE]),
            *_turn_pages(open_id, page, pages),
        ],
        callback_id=callback_id,
        metadata=json.dumps({"list": page}),
    )


def _turn_pages(action_id: str, page: int, pages: int) -> list[Block]:
    """Where in a list this is, and the way to its other pages."""
    if pages == 1:
        return []
    back = [button("Previous", f"{action_id}:back", str(page - 1))] if page else []
    on = [button("Next", f"{action_id}:on", str(page + 1))] if page + 1 < pages else []
    return [*actions([*back, *on]), context(plain(f"Page {page + 1} of {pages}"))]
