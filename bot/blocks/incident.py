"""Everything about one incident: its view, and the private answer to `/incident show`."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.blocks import ids, progress, words
from bot.blocks.build import context, exact, header, modal, mrkdwn, plain, section
from bot.blocks.card import card, dashboard_link, description, paged, particulars
from bot.blocks.controls import controls
from bot.blocks.entries import entry
from bot.blocks.text import Block, Rendered, name, when
from core.facts import Copy, IncidentFacts
from core.timeline import Entry
from storage.limits import DESCRIPTION_MAX
from storage.vocabulary import AuditType

ENTRIES_SHOWN = 6
BODY_SHOWN = 600
PAGES_SHOWN = 12


def incident_view(
    facts: IncidentFacts, entries: Sequence[Entry], *, dashboard_url: str | None = None
) -> dict[str, Any]:
    """What is known about an incident, and what can be done about it now."""
    return modal(
        f"Incident #{facts.number}",
        [
            header(words.headline(facts)),
            section(progress.sentence(facts)),
            particulars(facts),
            *controls(facts, ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE),
            *controls(facts, ids.SEVERITY, ids.TIMELINE),
            *description(facts, DESCRIPTION_MAX),
            *_pages(facts, entries),
            *_latest(entries),
            *dashboard_link(facts, dashboard_url),
        ],
        callback_id=ids.INCIDENT_VIEW,
        metadata=str(facts.id),
    )


def incident_message(facts: IncidentFacts) -> Rendered:
    """The answer to `/incident show`, for the one who asked."""
    return card(facts)


def _pages(facts: IncidentFacts, entries: Sequence[Entry]) -> Iterator[Block]:
    """Who was paged when and through what, the newest first."""
    yield {"type": "divider"}
    yield paged(facts)
    channels = {
        (one.data.get("memberId"), one.data.get("layer"), one.data.get("round")): str(
            one.data.get("channel")
        )
        for one in entries
        if one.type is AuditType.RESPONDER_PAGED
    }
    for page in facts.pages[: -PAGES_SHOWN - 1 : -1]:
        through = channels.get((str(page.person_id), page.layer, page.round))
        yield _page(page, words.channel(through))
    if (left := len(facts.pages) - PAGES_SHOWN) > 0:
        yield context(plain(f"and {left:,} earlier pages: see the timeline"))


def _page(page: Copy, channel: str) -> Block:
    layer = f" · layer {page.layer}" if page.layer else ""
    told = f"📟 {name(page.person)}{layer} · {channel}"
    at = mrkdwn(when(page.sent_at)) if page.sent_at else plain("being sent")
    return context(at, plain(told))


def _latest(entries: Sequence[Entry]) -> Iterator[Block]:
    if not entries:
        return
    yield {"type": "divider"}
    yield exact(f"Latest on the timeline ({len(entries):,} entries)")
    for one in reversed(entries[-ENTRIES_SHOWN:]):
        yield from entry(one, body_limit=BODY_SHOWN)
