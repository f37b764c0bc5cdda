"""Everything about one incident: its view, and the private answer to `/incident show`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.blocks import ids, progress, words
from bot.blocks.build import exact, header, modal, section
from bot.blocks.card import card, dashboard_link, description, paged, particulars
from bot.blocks.controls import controls
from bot.blocks.entries import entry
from bot.blocks.receipts import receipts
from bot.blocks.text import Block, Rendered
from core.facts import IncidentFacts
from core.receipts import PageReceipt
from core.timeline import Entry
from storage.limits import DESCRIPTION_MAX

ENTRIES_SHOWN = 6
BODY_SHOWN = 600


def incident_view(
    facts: IncidentFacts,
    entries: Sequence[Entry],
    pages: Sequence[PageReceipt] = (),
    *,
    dashboard_url: str | None = None,
) -> dict[str, Any]:
    """What is known about an incident, and what can be done about it now."""
    return modal(
        f"Incident #{facts.number}",
        [
            header(words.headline(facts)),
            section(progress.sentence(facts)),
            particulars(facts),
            *controls(facts, ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE),
            *controls(facts, ids.SEVERITY, ids.AFFECTED, ids.TIMELINE),
            *description(facts, DESCRIPTION_MAX),
            {"type": "divider"},
            paged(facts),
            *receipts(pages),
            *_latest(entries),
            *dashboard_link(facts, dashboard_url),
        ],
        callback_id=ids.INCIDENT_VIEW,
        metadata=str(facts.id),
    )


def incident_message(facts: IncidentFacts, pages: Sequence[PageReceipt] = ()) -> Rendered:
    """The answer to `/incident show`, for the one who asked: the card, and the pages' receipts."""
    shown = card(facts)
    return replace(shown, blocks=[*shown.blocks, *receipts(pages)])


def _latest(entries: Sequence[Entry]) -> Iterator[Block]:
    if not entries:
        return
    yield {"type": "divider"}
    yield exact(f"Latest on the timeline ({len(entries):,} entries)")
    for one in reversed(entries[-ENTRIES_SHOWN:]):
        yield from entry(one, body_limit=BODY_SHOWN)
