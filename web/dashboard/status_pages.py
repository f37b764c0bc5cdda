"""Status pages in the dashboard: made, changed, published and taken back by admins.

What a change makes public is said before it is sent, and asked for again.
"""

from typing import Any
from uuid import UUID, uuid4

from core import amending, component_facts, permissions, status_page_facts, status_pages
from core.errors import InvalidComponentId
from core.status_page_facts import Foreseen
from core.status_pages import StatusPageDraft
from core.transaction import Transaction
from storage.limits import PAGE_TITLE_MAX, SLUG_MAX
from web.dashboard.ids import id_of
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page

PAGES = Pages()

MAKING = "Making a status page"
CHANGING = "Changing a status page"
PUBLISHING = "Publishing a status page"
REMOVING = "Removing a status page"
LAST = 10_000


@PAGES.get("/publishing/pages/new", admins=MAKING)
async def show_new(tx: Transaction, asked: Asked) -> Page:
    """The form of a new page, which nobody can read before it is published."""
    return Page("status_page_new.html", {**await _form_facts(tx), "id": uuid4()})


@PAGES.post("/publishing/pages/new", of=show_new, admins=MAKING)
async def create(tx: Transaction, asked: Asked) -> Back:
    """Make it; the same form sent again makes no other."""
    slug = asked.one("slug") or await status_page_facts.free_slug(tx, asked.one("title"))
    draft = StatusPageDraft(slug, asked.one("title"), _selected(asked))
    made = await status_pages.create_page(tx, draft, id=id_of(asked.one("id")))
    said = f"“{made.title}” was created. Nobody can read it before it is published."
    return Back(f"/publishing/pages/{made.id}", said)


@PAGES.get("/publishing/pages/{id:uuid}")
async def show_page(tx: Transaction, asked: Asked) -> Page:
    """One page: its address, what it shows now, and for admins what can be changed."""
    facts = await status_page_facts.of(tx, asked.path["id"])
    return Page("status_page.html", {**await _form_facts(tx), "facts": facts, **_around(asked)})


async def ask_to_change(tx: Transaction, asked: Asked) -> Page | None:
    """What the public reads otherwise by a change, unless that was told; nothing where nothing."""
    if asked.one("confirmed"):
        return None
    foreseen = await status_page_facts.foresee(tx, await _draft(tx, asked), asked.path["id"])
    told = foreseen.concerns_the_public
    return _ask(asked, "change", foreseen, asked.one("seen")) if told else None


@PAGES.post("/publishing/pages/{id:uuid}", of=show_page, first=ask_to_change, admins=CHANGING)
async def change(tx: Transaction, asked: Asked) -> Back:
    """Change it as it was seen: so what was asked is what is done."""
    id, draft = asked.path["id"], await _draft(tx, asked)
    await amending.change_page(tx, id, draft, as_seen=asked.one("seen"))
    return Back(f"/publishing/pages/{id}", "Saved.")


async def ask_to_publish(tx: Transaction, asked: Asked) -> Page | None:
    """What can be read once it is published, unless that was told."""
    if asked.one("confirmed"):
        return None
    facts = await status_page_facts.of(tx, asked.path["id"])
    return _ask(asked, "publish", Foreseen(None, facts.draft, facts.exposure), facts.seen)


PUBLISH = "/publishing/pages/{id:uuid}/publish"


@PAGES.post(PUBLISH, of=show_page, first=ask_to_publish, admins=PUBLISHING)
async def publish(tx: Transaction, asked: Asked) -> Back:
    """Publish it as it was seen, once it was told what can be read then."""
    id = asked.path["id"]
    page = await amending.publish_page(tx, id, published=True, as_seen=asked.one("seen"))
    return Back(f"/publishing/pages/{id}", f"“{page.title}” is published.")


@PAGES.post("/publishing/pages/{id:uuid}/unpublish", of=show_page, admins=PUBLISHING)
async def unpublish(tx: Transaction, asked: Asked) -> Back:
    """Take it back as it was seen."""
    id = asked.path["id"]
    page = await amending.publish_page(tx, id, published=False, as_seen=asked.one("seen"))
    return Back(f"/publishing/pages/{id}", f"“{page.title}” can't be read any more.")


@PAGES.post("/publishing/pages/{id:uuid}/remove", of=show_page, admins=REMOVING)
async def remove(tx: Transaction, asked: Asked) -> Back:
    """Take it away for good."""
    title = (await status_pages.get_page(tx, asked.path["id"])).title
    await status_pages.remove_page(tx, asked.path["id"])
    return Back("/publishing", f"“{title}” was removed.")


def _ask(asked: Asked, form: str, foreseen: Foreseen, seen: str) -> Page:
    """The second step: what can be read then, and the button that does it."""
    return Page(
        "status_page_confirm.html",
        {
            "id": asked.path["id"],
            "form": form,
            "foreseen": foreseen,
            "seen": seen,
            **_around(asked),
        },
    )


def _around(asked: Asked) -> dict[str, Any]:
    return {"public_url": asked.door.public_url}


async def _form_facts(tx: Transaction) -> dict[str, Any]:
    if not await permissions.is_admin(tx):
        return {"known": [], "limits": {}}
    limits = {"title": PAGE_TITLE_MAX, "slug": SLUG_MAX}
    return {"known": await component_facts.lines(tx), "limits": limits}


async def _draft(tx: Transaction, asked: Asked) -> StatusPageDraft:
    """The page that is asked for: as public as it is."""
    page = await status_pages.get_page(tx, asked.path["id"])
    draft = StatusPageDraft(asked.one("slug"), asked.one("title"), _selected(asked), page.published)
    return await status_pages.checked(tx, draft, page)


def _selected(asked: Asked) -> tuple[UUID, ...]:
    """The components that are ticked, by the places that were typed beside them.

    Those without a place come last, in the order in which the form shows them.
    """
    chosen = asked.every("component_ids")
    places = {one: _place(asked.one(f"place-{one}")) for one in chosen}
    try:
        return tuple(UUID(one) for one in sorted(chosen, key=lambda one: places[one]))
    except ValueError:
        raise InvalidComponentId(field="component_ids") from None


def _place(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else LAST
