"""API keys in the dashboard, for admins: all of them, a new one, shown once, and their end.

The secret stands on the page that answers the form, which nothing keeps, and nowhere else.
"""

from uuid import uuid4
from zoneinfo import ZoneInfo

from core import key_ends, key_facts, keys, people
from core.transaction import Transaction
from storage.limits import NAME_MAX
from storage.vocabulary import Role
from web.dashboard.ids import id_of
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page
from web.dashboard.settings import role_of

PAGES = Pages()


@PAGES.get("/settings/keys", admins=keys.WHAT)
async def show_keys(tx: Transaction, asked: Asked) -> Page:
    """Every key that is not revoked, and the form of a new one."""
    return Page(
        "keys.html",
        {
            "keys": await key_facts.lines(tx),
            "id": uuid4(),
            "ends": list(key_ends.ENDS.items()),
            "never": key_ends.NEVER,
            "zone": await people.zone_name_of(tx, asked.session.person.id),
            "name_max": NAME_MAX,
        },
    )


@PAGES.post("/settings/keys", of=show_keys, admins=keys.WHAT)
async def create(tx: Transaction, asked: Asked) -> Page:
    """Make the key and show it; the same form sent again makes no other, and shows nothing."""
    zone = ZoneInfo(await people.zone_name_of(tx, asked.session.person.id))
    expires_at = key_ends.expires_at(asked.one("end"), asked.one("expires_at"), tx.now, zone)
    made = await keys.create_key(
        tx,
        name=asked.one("name"),
        role=role_of(asked.one("role")),
        expires_at=expires_at,
        id=id_of(asked.one("id")),
    )
    facts = {"key": key_facts.line(tx, made.key), "secret": made.secret}
    whose = {Role.MEMBER: "A member's key", Role.ADMIN: "An admin's key"}[made.key.role]
    return Page("key_made.html", {**facts, "whose": whose, "public_url": asked.door.public_url})


@PAGES.post("/settings/keys/{id:uuid}/revoke", of=show_keys, admins=keys.WHAT)
async def revoke(tx: Transaction, asked: Asked) -> Back:
    """Make a key dead at once."""
    key = await keys.revoke_key(tx, asked.path["id"])
    return Back("/settings/keys", f"“{key.name}” was revoked.")
