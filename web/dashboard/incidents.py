"""One incident in the dashboard: how it stands, what happened to it, and what to do about it."""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from core import (
    audit,
    escalation,
    facts,
    incidents,
    lifecycle,
    public_surface,
    receipts,
    redaction,
    timeline,
)
from core.errors import NoPublicSurface, ValidationFailed
from core.facts import IncidentFacts
from core.transaction import Transaction
from storage.vocabulary import Severity, Status
from web.dashboard import incident_words, people_field, receipt_words
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()
AT_FIRST = 50
"""So many entries of the timeline, and so many pages, an incident's own page shows."""

A_PAGE = 200
_Row = TypeVar("_Row")


@PAGES.get("/incidents/{number:int}")
async def show_incident(tx: Transaction, asked: Asked) -> Page:
    """One incident, with what happened last."""
    incident = await incidents.numbered(tx, asked.path["number"])
    found = await facts.of(tx, incident)
    missing = None
    try:
        pages = await public_surface.require_cover(tx, incident)
    except NoPublicSurface as none:
        pages, missing = (), none.message
    entries = await timeline.of(tx, incident.id)
    sent = await receipts.of(tx, incident)
    return Page(
        "incident.html",
        {
            **_words(found),
            "entries": entries[: -AT_FIRST - 1 : -1],
            "earlier": max(len(entries) - AT_FIRST, 0),
            "receipts": sent[: -AT_FIRST - 1 : -1],
            "earlier_receipts": max(len(sent) - AT_FIRST, 0),
            "people": [] if found.resolved else await people_field.offered(tx),
            "following": lifecycle.next_status(found.status),
            "pages": pages,
            "missing": missing,
            "dedup_key": uuid4().hex,
            "now": tx.now,
        },
    )


@PAGES.get("/incidents/{number:int}/timeline")
async def show_timeline(tx: Transaction, asked: Asked) -> Page:
    """All that happened to an incident, the newest first, a page at a time."""
    incident = await incidents.numbered(tx, asked.path["number"])
    entries = await timeline.of(tx, incident.id)
    found = _words(await facts.of(tx, incident))
    return Page("timeline.html", {**found, **_page(asked, entries[::-1]), "now": tx.now})


@PAGES.get("/incidents/{number:int}/pages")
async def show_receipts(tx: Transaction, asked: Asked) -> Page:
    """The receipt of every page that was sent for an incident, the newest first."""
    incident = await incidents.numbered(tx, asked.path["number"])
    sent = await receipts.of(tx, incident)
    found = _words(await facts.of(tx, incident))
    return Page("receipts.html", {**found, **_page(asked, sent[::-1])})


@PAGES.get("/incidents/{number:int}/audit")
async def show_audit(tx: Transaction, asked: Asked) -> Page:
    """An incident's trail: who did what, when, through which door."""
    incident = await incidents.numbered(tx, asked.path["number"])
    trail = await audit.trail(tx, incident.id)
    found = _words(await facts.of(tx, incident))
    return Page("audit.html", {**found, **_page(asked, trail[::-1])})


@PAGES.post("/incidents/{number:int}/acknowledge", of=show_incident)
async def acknowledge(tx: Transaction, asked: Asked) -> Back:
    """Take it, and stop the clock; told apart from having been too late."""
    incident = await incidents.numbered(tx, asked.path["number"])
    taken = await escalation.acknowledge(tx, incident.id)
    here, number = f"/incidents/{incident.number}", incident.number
    if taken.status is Status.RESOLVED:
        return Back(here, f"Incident #{number} is resolved already; nothing to acknowledge.")
    if taken.acknowledged_by_id != tx.actor.id:
        return Back(here, f"{taken.acknowledged_by} acknowledged #{number} before you.")
    return Back(here, f"You acknowledged #{number}. Nobody else will be paged.")


@PAGES.post("/incidents/{number:int}/hand-off", of=show_incident)
async def hand_off(tx: Transaction, asked: Asked) -> Back:
    """Make somebody else the owner, and page them."""
    incident = await incidents.numbered(tx, asked.path["number"])
    if not asked.one("to"):
        raise ValidationFailed("Choose the person who takes over.", field="to")
    to = partial(people_field.meant, typed=asked.one("to"), field="to")
    await escalation.hand_off(tx, incident.id, to=to)
    owner = (await facts.of(tx, incident)).owner
    name = owner.name if owner else "them"
    said = f"You handed #{incident.number} to {name}. They are being paged now."
    return Back(f"/incidents/{incident.number}", said)


@PAGES.post("/incidents/{number:int}/severity", of=show_incident)
async def change_severity(tx: Transaction, asked: Asked) -> Back:
    """Say how bad it is."""
    incident = await incidents.numbered(tx, asked.path["number"])
    said = asked.one("severity")
    if said not in list(Severity):
        raise ValidationFailed("Choose how bad it is.", field="severity")
    await incidents.change_severity(tx, incident.id, Severity(said))
    return Back(f"/incidents/{incident.number}", f"Incident #{incident.number} is {said} now.")


@PAGES.post("/incidents/{number:int}/updates/{update:uuid}/redact", of=show_incident)
async def redact(tx: Transaction, asked: Asked) -> Back:
    """Take an update's text back for good."""
    incident = await incidents.numbered(tx, asked.path["number"])
    await redaction.redact_update(tx, incident.id, asked.path["update"])
    return Back(f"/incidents/{incident.number}#timeline", "The text was removed.")


def _words(found: IncidentFacts) -> dict[str, Any]:
    """An incident, and what its pages are told by."""
    return {
        "incident": found,
        "say": incident_words,
        "tell": receipt_words,
        "for_ever": redaction.FOR_EVER,
    }


def _page(asked: Asked, rows: Sequence[_Row]) -> dict[str, Any]:
    """A page of rows, the first if the address says none that there is."""
    pages = max((len(rows) - 1) // A_PAGE + 1, 1)
    said = asked.query.get("page", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 1
    number = number if 1 <= number <= pages else 1
    shown = rows[(number - 1) * A_PAGE : number * A_PAGE]
    return {"rows": shown, "page": number, "pages": pages, "count": len(rows)}
