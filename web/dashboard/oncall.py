"""On call in the dashboard: who is on call now, my own shifts, and what nobody covers."""

from core import coverage_known, duties, schedules, targets
from core.transaction import Transaction
from web.dashboard import clocks
from web.dashboard.pages import Asked, Pages
from web.dashboard.rendering import Page

PAGES = Pages()

SHIFTS_SHOWN = 5
FINDINGS_SHOWN = 40


@PAGES.get("/on-call")
async def show_on_call(tx: Transaction, asked: Asked) -> Page:
    """Everybody who is on call now, until when and why."""
    found = await targets.on_duty(tx, await schedules.list_schedules(tx))
    mine = await duties.of_member(tx, asked.session.person.id)
    findings = await coverage_known.findings(asked.door.core, tx)
    ends = [one.until for one in found if one.until and clocks.is_meant(one.until)]
    facts = {
        "now": tx.now,
        "schedules": found,
        "mine": mine[:SHIFTS_SHOWN],
        "further": max(len(mine) - SHIFTS_SHOWN, 0),
        "findings": findings[:FINDINGS_SHOWN],
        "found": len(findings),
        "due": min(ends, default=None),
    }
    return Page("on_call.html", facts)
