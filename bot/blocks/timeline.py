"""An incident's timeline as a modal that is turned page by page, the newest first."""

import json
from collections.abc import Sequence
from typing import Any

from bot.blocks import ids, words
from bot.blocks.build import actions, button, context, exact, modal, plain
from bot.blocks.entries import entry
from bot.blocks.text import Block
from core.facts import IncidentFacts
from core.timeline import Entry

ENTRIES_A_PAGE = 30
BLOCKS_A_PAGE = 90
BYTES_A_PAGE = 180_000
"""Below what Slack takes for a view (250 kB), and above any one entry."""


def timeline_view(
    facts: IncidentFacts, entries: Sequence[Entry], *, page: int = 0
) -> dict[str, Any]:
    """A page of the timeline, 0 the newest; a page that is not there is the nearest one."""
    pages = timeline_lines(entries)
    page = min(max(page, 0), len(pages) - 1)
    place = f" · page {page + 1} of {len(pages)}" if len(pages) > 1 else ""
    older = [_turn("Older", facts, page + 1)] if page + 1 < len(pages) else []
    newer = [_turn("Newer", facts, page - 1)] if page else []
    return modal(
        f"Timeline of #{facts.number}",
        [
            exact(words.headline(facts)),
            context(plain(f"Newest first · {len(entries):,} entries{place}")),
            *actions(newer),
            *pages[page],
            *actions(older),
        ],
        callback_id=ids.TIMELINE_VIEW,
        metadata=str(facts.id),
    )


def timeline_lines(entries: Sequence[Entry]) -> list[list[Block]]:
    """All entries as blocks, the newest first, in pages that Slack takes; at least one page."""
    pages: list[list[Block]] = [[]]
    held = size = 0
    for one in reversed(entries):
        blocks = entry(one)
        weight = len(json.dumps(blocks))
        full = (
            held == ENTRIES_A_PAGE
            or len(pages[-1]) + len(blocks) > BLOCKS_A_PAGE
            or size + weight > BYTES_A_PAGE
        )
        if full and held:
            pages.append([])
            held = size = 0
        pages[-1].extend(blocks)
        held, size = held + 1, size + weight
    return pages if entries else [[exact("Nothing has happened yet.")]]


def _turn(label: str, facts: IncidentFacts, page: int) -> Block:
    # Each button has a row of its own: in one row their action ids would have to differ.
    return button(label, ids.TIMELINE, f"{facts.id}:{page}")
