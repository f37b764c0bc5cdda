"""An incident's timeline as a modal that is turned page by page, the newest first."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from bot.blocks import ids, words
from bot.blocks.build import (
    actions,
    button,
    confirmation,
    context,
    exact,
    modal,
    option,
    plain,
)
from bot.blocks.entries import entry
from bot.blocks.text import Block
from core.facts import IncidentFacts, UpdateFacts
from core.redaction import FOR_EVER
from core.timeline import Entry

ENTRIES_A_PAGE = 30
BLOCKS_A_PAGE = 90
BYTES_A_PAGE = 180_000
"""Below what Slack takes for a view (250 kB), and above any one entry."""
_MINUTE = timedelta(minutes=1)


def timeline_view(
    facts: IncidentFacts,
    entries: Sequence[Entry],
    *,
    now: datetime,
    page: int = 0,
    error: str | None = None,
) -> dict[str, Any]:
    """A page of the timeline, 0 the newest; a page that is not there is the nearest one.

    A text that its reader may take back has the way to do so beside it.
    """
    pages = timeline_lines(entries, facts=facts, now=now)
    page = min(max(page, 0), len(pages) - 1)
    place = f" · page {page + 1} of {len(pages)}" if len(pages) > 1 else ""
    older = [_turn("Older", facts, page + 1)] if page + 1 < len(pages) else []
    newer = [_turn("Newer", facts, page - 1)] if page else []
    return modal(
        f"Timeline of #{facts.number}",
        [
            *([{**exact(f"⚠️ {error}"), "block_id": "error"}] if error else []),
            exact(words.headline(facts)),
            context(plain(f"Newest first · {len(entries):,} entries{place}")),
            *actions(newer),
            *pages[page],
            *actions(older),
        ],
        callback_id=ids.TIMELINE_VIEW,
        metadata=str(facts.id),
    )


def changes_at(entries: Sequence[Entry], now: datetime) -> datetime | None:
    """When a timeline reads otherwise by itself: what may be removed counts its minutes down."""
    ends = (one.removable_until for one in entries)
    running = (end for end in ends if end and now <= end and end != FOR_EVER)
    return min((_next_minute(end, now) for end in running), default=None)


def timeline_lines(
    entries: Sequence[Entry], *, facts: IncidentFacts, now: datetime
) -> list[list[Block]]:
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
        until = one.removable_until
        if one.update and until and now <= until:
            line, body, *rest = blocks
            way = _remove(one.update, until, facts, len(pages) - 1, now)
            blocks = [line, {**body, "accessory": way}, *rest]
        pages[-1].extend(blocks)
        held, size = held + 1, size + weight
    return pages if entries else [[exact("Nothing has happened yet.")]]


def _next_minute(end: datetime, now: datetime) -> datetime:
    left = ceil((end - now) / _MINUTE) - 1
    return end - left * _MINUTE if left > 0 else end + timedelta(milliseconds=1)


def _remove(
    update: UpdateFacts, until: datetime, facts: IncidentFacts, page: int, now: datetime
) -> Block:
    label = "Remove the text"
    if until != FOR_EVER:
        minutes = max(ceil((until - now) / _MINUTE), 1)
        label += f" ({minutes} min left)"
    where = "customers can read, too" if update.public else "has been sent"
    return {
        "type": "overflow",
        "action_id": f"{ids.REDACT}:{update.id}",
        "options": [option(label, f"{facts.id}:{update.id}:{page}")],
        "confirm": confirmation(
            "Remove this text for good?",
            f"It goes from the database and from every copy that {where}. Its place stays, and "
            "says that it was removed. This can't be undone.",
            "Remove",
        ),
    }


def _turn(label: str, facts: IncidentFacts, page: int) -> Block:
    # Each button has a row of its own: in one row their action ids would have to differ.
    return button(label, ids.TIMELINE, f"{facts.id}:{page}")
