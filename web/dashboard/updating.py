"""Posting an update, and resolving. What is public is shown as customers will read it first."""

from uuid import uuid4

from core import facts, incidents, lifecycle, public_surface, updates
from core.errors import NotAsForeseen, ValidationFailed
from core.transaction import Transaction
from storage.vocabulary import Status, Visibility
from web import status_words
from web.dashboard.incidents import show_incident
from web.dashboard.pages import Asked, Back, Pages, Then
from web.dashboard.rendering import Page

PAGES = Pages()
UPDATE, RESOLVE, SEEN = "update", "resolve", "foreseen"


@PAGES.post("/incidents/{number:int}/status", of=show_incident)
async def advance(tx: Transaction, asked: Asked) -> Back:
    """Go one step forward. Sent twice, the same form goes one step."""
    incident = await incidents.numbered(tx, asked.path["number"])
    status = _step(asked)
    if status is None:
        raise ValidationFailed("Choose the next status.", field="status_change")
    await updates.post_update(
        tx, incident.id, status_change=status, dedup_key=asked.dedup_key()
    )  # fmt: skip
    return Back(f"/incidents/{incident.number}", f"Incident #{incident.number} is {status} now.")


@PAGES.post("/incidents/{number:int}/update", of=show_incident)
async def post_update(tx: Transaction, asked: Asked) -> Back | Then:
    """Post it. A public one is shown first, and posted when what was shown is sent again.

    Where it ends what customers see, it is asked first whether to publish a write-up.
    """
    incident = await incidents.numbered(tx, asked.path["number"])
    visibility, step, seen = _visibility(asked), _step(asked), asked.one(SEEN)
    is_public = visibility is Visibility.PUBLIC
    if is_public and not seen:
        return Then(show_preview)
    ends = step is Status.RESOLVED and not is_public and incident.resolved_at is None
    if ends and await public_surface.covering_incident(tx, incident):
        asked.view.show_again(RESOLVE, {"note": asked.every("body")})
        return Then(show_resolve)
    try:
        await updates.post_update(
            tx,
            incident.id,
            body=asked.one("body"),
            status_change=step,
            visibility=visibility,
            dedup_key=asked.dedup_key(),
            foreseen=seen if is_public else None,
        )
    except NotAsForeseen:
        return Then(show_preview)
    said = "Customers can read it now." if is_public else "The update is posted."
    return Back(f"/incidents/{incident.number}#timeline", said)


async def show_preview(tx: Transaction, asked: Asked) -> Page:
    """The second step: the very text, who will read it, and what to doubt."""
    incident = await incidents.numbered(tx, asked.path["number"])
    foresight = await updates.foresee_public(
        tx, incident.id, body=asked.one("body"), status_change=_step(asked)
    )
    asked.view.show_again(UPDATE, asked.form)
    return Page(
        "update_preview.html",
        {
            "incident": await facts.of(tx, incident),
            "following": lifecycle.next_status(incident.status),
            "foresight": foresight,
            "public": status_words,
            "was_shown": bool(asked.one(SEEN)),
            "dedup_key": asked.one("dedup_key") or uuid4().hex,
        },
    )


@PAGES.get("/incidents/{number:int}/resolve")
async def show_resolve(tx: Transaction, asked: Asked) -> Page:
    """The form that ends it: a note for the team, and a last word for customers who see it."""
    incident = await incidents.numbered(tx, asked.path["number"])
    return Page(
        "resolve.html",
        {
            "incident": await facts.of(tx, incident),
            "pages": await public_surface.covering_incident(tx, incident),
            "foresight": None,
            "public": status_words,
            "was_shown": False,
        },
    )


@PAGES.post("/incidents/{number:int}/resolve", of=show_resolve)
async def resolve(tx: Transaction, asked: Asked) -> Back | Then:
    """Resolve. A write-up is shown first, and published when what was shown is sent again."""
    incident = await incidents.numbered(tx, asked.path["number"])
    write_up = asked.one("write_up") or None
    if write_up and not asked.one(SEEN):
        return Then(show_write_up)
    try:
        await updates.resolve(
            tx,
            incident.id,
            body=asked.one("note"),
            write_up=write_up,
            foreseen=asked.one(SEEN) if write_up else None,
        )
    except NotAsForeseen:
        return Then(show_write_up)
    said = f"You resolved #{incident.number}. Nobody will be paged for it any more."
    return Back(f"/incidents/{incident.number}", said)


async def show_write_up(tx: Transaction, asked: Asked) -> Page:
    """The second step of resolving: the write-up as customers will read it."""
    incident = await incidents.numbered(tx, asked.path["number"])
    foresight = await updates.foresee_write_up(tx, incident.id, asked.one("write_up"))
    page = await show_resolve(tx, asked)
    asked.view.show_again(RESOLVE, asked.form)
    more = {"foresight": foresight, "was_shown": bool(asked.one(SEEN))}
    return Page(page.template, {**page.facts, **more})


def _step(asked: Asked) -> Status | None:
    said = asked.one("status_change")
    if said and said not in list(Status):
        raise ValidationFailed("Choose one of the statuses.", field="status_change")
    return Status(said) if said else None


def _visibility(asked: Asked) -> Visibility:
    """Internal unless public is said."""
    is_public = asked.one("visibility") == Visibility.PUBLIC
    return Visibility.PUBLIC if is_public else Visibility.INTERNAL
