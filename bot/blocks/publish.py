"""The second, deliberate step of publishing: the very text, who will read it, and what to doubt."""

from collections.abc import Sequence
from typing import Any

from bot.blocks import ids, words
from bot.blocks.build import (
    actions,
    button,
    context,
    exact,
    header,
    long_text,
    mrkdwn,
    plain,
    section,
)
from bot.blocks.text import Block, cut, escape
from core.errors import DomainError
from core.public_surface import Covering
from core.updates import PublicForesight

SUBMIT_MAX = 24
PAGES_NAMED = 5


def where(pages: Sequence[Covering], public_url: str | None) -> str:
    """The pages that will show it, as links where there is an address, in mrkdwn."""
    named = [_page(one, public_url) for one in pages[:PAGES_NAMED]]
    more = f" and {len(pages) - PAGES_NAMED} more" if len(pages) > PAGES_NAMED else ""
    return f"{', '.join(named)}{more}"


def surface(
    pages: Sequence[Covering], missing: DomainError | None, public_url: str | None, incident_id: Any
) -> list[Block]:
    """Beside the choice of *Public*: who will read it, or what is missing and the way there."""
    if missing is None:
        told = f"📣 Anybody will read it on {where(pages, public_url)}. You see it once more first."
        return [{**context(mrkdwn(told)), "block_id": "surface"}]
    ways = [
        button("Affected components", ids.AFFECTED, str(incident_id)),
        button("Status pages", ids.STATUS_PAGES_OPEN, "0"),
    ]
    return [{**exact(f"⚠️ {missing.message}"), "block_id": "surface"}, *actions(ways)]


def preview(foresight: PublicForesight, title: str, public_url: str | None) -> list[Block]:
    """What customers will read, exactly, and what the writer should look at again."""
    step = foresight.status_change
    return [
        section(f"*Customers will read this on {where(foresight.pages, public_url)}:*"),
        {"type": "divider"},
        header(title),
        *([context(plain(words.status(step)))] if step else []),
        *long_text(foresight.body),
        {"type": "divider"},
        *_doubts(foresight),
        context(mrkdwn("To change it, edit below: you will see it once more.")),
    ]


def submit_label(pages: Sequence[Covering], verb: str = "Publish") -> str:
    """What the button says: where it goes."""
    if len(pages) != 1:
        return f"{verb} to {len(pages)} pages"
    return cut(f"{verb} to {pages[0].title}", SUBMIT_MAX)


def _doubts(foresight: PublicForesight) -> list[Block]:
    if not foresight.leaks:
        return []
    lines = "\n".join(f"• {one.said}" for one in foresight.leaks)
    return [exact(f"⚠️ Is this for everybody?\n{lines}")]


def _page(one: Covering, public_url: str | None) -> str:
    title = escape(cut(one.title, 60))
    return f"<{escape(public_url)}/status/{one.slug}|{title}>" if public_url else f"“{title}”"
