"""The list of incidents: what is open, or what is looked for; and the form that declares one."""

import asyncio
from uuid import UUID, uuid4

from core import (
    components,
    declaring,
    facts,
    incident_list,
    incidents,
    preview,
    public_surface,
    schedules,
)
from core.errors import DomainError, ValidationFailed
from core.leaks import find_leaks
from core.preview import Preview
from core.transaction import Transaction
from storage.limits import TITLE_MAX
from storage.vocabulary import Severity
from web.dashboard import declare_words, incident_filters, incident_words, people_field
from web.dashboard.ids import component_ids, id_of
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()
A_PAGE = 25
IN_NEED_SHOWN = 5
DECLARE = "declare"


@PAGES.get("/")
async def list_incidents(tx: Transaction, asked: Asked) -> Page:
    """What is open, or what is looked for, the newest first, a page at a time.

    Above more than a page of what is open stands the worst that nobody has acknowledged.
    """
    filters = incident_filters.read(asked.query)
    wanted = filters.wanted(asked.session.person.id)
    listed = await incident_list.look(
        tx, wanted, before_number=filters.before, limit=A_PAGE
    )  # fmt: skip
    is_long = listed.before_number and not filters.before and not filters.are_set
    worst = await incidents.in_need_first(tx, limit=IN_NEED_SHOWN) if is_long else ()
    in_need = [one for one in worst if one.acknowledged_at is None]
    return Page(
        "incidents.html",
        {
            "in_need": await facts.of_many(tx, in_need),
            "filters": filters,
            "choices": incident_filters,
            "listed": listed,
            "incidents": await facts.of_many(tx, listed.incidents),
            "looked_at": incident_list.LOOKED_AT_MAX,
            "say": incident_words,
        },
    )


@PAGES.get("/incidents/new")
async def show_declare(tx: Transaction, asked: Asked) -> Page:
    """The form that declares an incident, the only schedule chosen where there is one."""
    known = [(str(one.id), one.name) for one in await schedules.list_schedules(tx)]
    only = known[0][0] if len(known) == 1 else ""
    typed = asked.view.typed
    chosen = asked.view.all_typed(DECLARE, "component_ids", [])
    consequence: Preview | None = None
    doubt = None
    try:
        owner_id = await _owner(tx, typed(DECLARE, "owner_id"))
        schedule_id = _chosen(typed(DECLARE, "owner_schedule_id", only))
        if owner_id or schedule_id:
            consequence = await preview.preview(
                tx, owner_id=owner_id, owner_schedule_id=schedule_id
            )
    except DomainError as refusal:
        doubt = refusal.message
    every = await components.list_components(tx)
    known_ids = [one.id for one in every if str(one.id) in chosen]
    pages = await public_surface.covering(tx, known_ids)
    title = typed(DECLARE, "title")
    return Page(
        "declare.html",
        {
            "schedules": known,
            "only": only,
            "people": await people_field.offered(tx),
            "components": every,
            "chosen": chosen,
            "consequence": declare_words.consequence(consequence) if consequence else None,
            "doubt": doubt,
            "pages": pages,
            "leaks": await asyncio.to_thread(find_leaks, title[:TITLE_MAX])
            if pages and title
            else (),
            "dedup_key": typed(DECLARE, "dedup_key", uuid4().hex),
        },
    )


@PAGES.post("/incidents/new", of=show_declare)
async def declare(tx: Transaction, asked: Asked) -> Back:
    """Declare. Sent twice, the same form makes one incident."""
    severity = asked.one("severity")
    if severity not in list(Severity):
        raise ValidationFailed("Choose how bad it is.", field="severity")
    incident = await declaring.open_incident(
        tx,
        title=asked.one("title"),
        severity=Severity(severity),
        description=asked.one("description"),
        owner_id=await _owner(tx, asked.one("owner_id")),
        owner_schedule_id=_chosen(asked.one("owner_schedule_id")),
        component_ids=component_ids(asked.every("component_ids")),
        dedup_key=asked.dedup_key(),
    )
    return Back(f"/incidents/{incident.number}", f"You declared #{incident.number}.")


@PAGES.look("/incidents/new/told", of=show_declare)
async def tell(tx: Transaction, asked: Asked) -> Page:
    """Say who would be paged and who would read of it; nothing is declared."""
    asked.view.show_again(DECLARE, asked.form)
    return await show_declare(tx, asked)


async def _owner(tx: Transaction, typed: str) -> UUID | None:
    return await people_field.meant(tx, typed, field="owner_id") if typed.strip() else None


def _chosen(of_a_menu: str) -> UUID | None:
    return id_of(of_a_menu) if of_a_menu else None
