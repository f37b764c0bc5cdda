"""What an incident is called, what is said to describe it, and what it affects: changed."""

import asyncio

from core import affected, components, editing, facts, incidents, public_surface
from core.leaks import find_leaks
from core.transaction import Transaction
from storage.limits import AFFECTED_COMPONENTS_MAX
from web.dashboard.ids import component_ids
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()
COMPONENTS = "components"


@PAGES.get("/incidents/{number:int}/edit")
async def show_edit(tx: Transaction, asked: Asked) -> Page:
    """The form with title and description as they are now."""
    incident = await incidents.numbered(tx, asked.path["number"])
    seen = editing.texts_seen(incident.title, incident.description)
    return Page("incident_edit.html", {"incident": await facts.of(tx, incident), "seen": seen})


@PAGES.post("/incidents/{number:int}/edit", of=show_edit)
async def edit(tx: Transaction, asked: Asked) -> Back:
    """Change both, unless somebody changed them meanwhile."""
    incident = await incidents.numbered(tx, asked.path["number"])
    await editing.edit_incident(
        tx,
        incident.id,
        title=asked.one("title"),
        description=asked.one("description"),
        as_seen=asked.one("seen"),
    )
    return Back(f"/incidents/{incident.number}", "The change is saved.")


@PAGES.get("/incidents/{number:int}/components")
async def show_components(tx: Transaction, asked: Asked) -> Page:
    """The form with what the incident affects now, and who would read of what is chosen."""
    incident = await facts.of(tx, await incidents.numbered(tx, asked.path["number"]))
    now = [str(one.id) for one in incident.components]
    chosen = asked.view.all_typed(COMPONENTS, "component_ids", now)
    every = await components.list_components(tx)
    known = [one.id for one in every if str(one.id) in chosen]
    pages = await public_surface.covering(tx, known)
    return Page(
        "incident_components.html",
        {
            "incident": incident,
            "components": every,
            "chosen": chosen,
            "pages": pages,
            "leaks": await asyncio.to_thread(find_leaks, incident.title) if pages else (),
            "maximum": AFFECTED_COMPONENTS_MAX,
        },
    )


@PAGES.post("/incidents/{number:int}/components", of=show_components)
async def set_components(tx: Transaction, asked: Asked) -> Back:
    """Have the incident affect what was chosen."""
    incident = await incidents.numbered(tx, asked.path["number"])
    await affected.set_components(tx, incident.id, component_ids(asked.every("component_ids")))
    return Back(f"/incidents/{incident.number}", "The affected components are saved.")


@PAGES.look("/incidents/{number:int}/components/told", of=show_components)
async def tell(tx: Transaction, asked: Asked) -> Page:
    """Say who would read of it; nothing is changed."""
    asked.view.show_again(COMPONENTS, asked.form)
    return await show_components(tx, asked)
