"""Incidents in the dashboard: what is open, and one of them whole."""

from core import escalation, facts, incidents
from core.transaction import Transaction
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()


@PAGES.get("/")
async def list_incidents(tx: Transaction, asked: Asked) -> Page:
    """What is open, the newest first."""
    found = await facts.of_many(tx, await incidents.list_open(tx))
    return Page("incidents.html", {"incidents": found})


@PAGES.get("/incidents/{number:int}")
async def show_incident(tx: Transaction, asked: Asked) -> Page:
    """One incident."""
    incident = await incidents.find(tx, asked.path["number"])
    return Page("incident.html", {"incident": await facts.of(tx, incident)})


@PAGES.post("/incidents/{number:int}/acknowledge", of=show_incident)
async def acknowledge(tx: Transaction, asked: Asked) -> Back:
    """Take it, and stop the clock."""
    incident = await incidents.find(tx, asked.path["number"])
    await escalation.acknowledge(tx, incident.id)
    return Back(f"/incidents/{incident.number}", f"You acknowledged #{incident.number}.")
