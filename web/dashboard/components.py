"""Components in the dashboard: a new one, one of them, its details, its status, its end."""

from uuid import uuid4

from core import amending, component_facts, components
from core.components import ComponentDraft
from core.errors import ValidationFailed
from core.transaction import Transaction
from storage.limits import COMPONENT_DESCRIPTION_MAX, COMPONENT_NAME_MAX, GROUP_LABEL_MAX
from storage.vocabulary import ComponentStatus
from web.dashboard.ids import id_of
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()

OVERRIDING = "Setting a component's status"
AS_INCIDENTS_SAY = "incidents"
MEANING = {
    ComponentStatus.OPERATIONAL: "Whatever the incidents say",
    ComponentStatus.MAINTENANCE: "You work on it; that is no outage",
    ComponentStatus.DEGRADED: "It works, but slowly or not always",
    ComponentStatus.PARTIAL_OUTAGE: "A part of it does not work",
    ComponentStatus.MAJOR_OUTAGE: "It does not work",
}
_LIMITS = {
    "name": COMPONENT_NAME_MAX,
    "group_label": GROUP_LABEL_MAX,
    "description": COMPONENT_DESCRIPTION_MAX,
}


@PAGES.get("/publishing/components/new")
async def show_new(tx: Transaction, asked: Asked) -> Page:
    """The form of a new component, which needs nothing but a name."""
    groups = await component_facts.groups_in_use(tx)
    return Page("component_new.html", {"groups": groups, "limits": _LIMITS, "id": uuid4()})


@PAGES.post("/publishing/components/new", of=show_new)
async def create(tx: Transaction, asked: Asked) -> Back:
    """Make it; the same form sent again makes no other."""
    made = await components.create_component(tx, _draft(asked), id=id_of(asked.one("id")))
    return Back(f"/publishing/components/{made.id}", f"“{made.name}” was created.")


@PAGES.get("/publishing/components/{id:uuid}")
async def show_component(tx: Transaction, asked: Asked) -> Page:
    """One component: how it is and why, who shows it, and what can be changed."""
    facts = await component_facts.of(tx, asked.path["id"])
    return Page(
        "component.html",
        {
            "facts": facts,
            "groups": await component_facts.groups_in_use(tx),
            "limits": _LIMITS,
            "meaning": MEANING,
        },
    )


@PAGES.post("/publishing/components/{id:uuid}", of=show_component)
async def change(tx: Transaction, asked: Asked) -> Back:
    """Its details, as they were seen."""
    id, draft = asked.path["id"], _draft(asked)
    await amending.change_component(tx, id, draft, as_seen=asked.one("seen"))
    return Back(f"/publishing/components/{id}", "Saved.")


@PAGES.post("/publishing/components/{id:uuid}/status", of=show_component, admins=OVERRIDING)
async def override(tx: Transaction, asked: Asked) -> Back:
    """Say how it is, or let the incidents say it."""
    id = asked.path["id"]
    status = _status(asked.one("status"))
    await amending.override_status(tx, id, status, as_seen=asked.one("seen"))
    said = "Its status was set." if status else "Its status is as the incidents say."
    return Back(f"/publishing/components/{id}", said)


@PAGES.post("/publishing/components/{id:uuid}/remove", of=show_component)
async def remove(tx: Transaction, asked: Asked) -> Back:
    """Take it away, unless something uses it."""
    name = (await components.get_component(tx, asked.path["id"])).name
    await components.remove_component(tx, asked.path["id"])
    return Back("/publishing", f"“{name}” was removed.")


def _draft(asked: Asked) -> ComponentDraft:
    return ComponentDraft(
        asked.one("name"), asked.one("description") or None, asked.one("group_label") or None
    )


def _status(chosen: str) -> ComponentStatus | None:
    if chosen == AS_INCIDENTS_SAY:
        return None
    try:
        return ComponentStatus(chosen)
    except ValueError:
        raise ValidationFailed("Choose a status.", field="status") from None
