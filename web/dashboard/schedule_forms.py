"""The forms of a schedule in the dashboard: its details, and its rotation layers, each foreseen.

As in Slack, a form carries what its reader had before their eyes: if somebody else changed that
part meanwhile, nothing is done.
"""

from typing import Any
from uuid import UUID, uuid4

from core import arranging, foresight, people, schedule_facts, scheduling
from core.errors import DomainError, NotFound
from core.foresight import Foresight
from core.schedule_drafts import ScheduleDraft
from core.schedule_facts import LayerFacts, ScheduleFacts
from core.timezones import known_zones
from core.transaction import Transaction
from web.dashboard.ids import id_in
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.rendering import Page
from web.dashboard.rotation_layer import (
    RotationLayerValues,
    as_typed,
    proposed,
    read_terms,
    told_at,
)
from web.dashboard.schedules import show_schedule

PAGES = Pages()

SCHEDULE = "/on-call/schedules/{schedule_id:uuid}"
LAYER = f"{SCHEDULE}/layers/{{layer_id:uuid}}"
_NOT_PLACES = ("Etc/", "SystemV/", "posix/", "right/")


@PAGES.get("/on-call/schedules/new")
async def show_new(tx: Transaction, asked: Asked) -> Page:
    """The form of a new schedule, where the one who asks is."""
    (zone, *_) = [*await schedule_facts.zones_in_use(tx), "UTC"]
    return _details("New schedule", "/app/on-call", "On call", {"timezone": zone, "id": uuid4()})


@PAGES.post("/on-call/schedules/new", of=show_new)
async def create(tx: Transaction, asked: Asked) -> Back:
    """Make a schedule; sent twice, there is one."""
    draft = ScheduleDraft(
        asked.one("name"), asked.one("timezone"), asked.one("description") or None, ()
    )
    made = await scheduling.create_schedule(tx, draft, id=_id(asked.one("id")))
    return Back(f"/on-call/schedules/{made.id}", f"“{made.name}” is there. Add who takes turns.")


@PAGES.get(f"{SCHEDULE}/edit")
async def show_edit(tx: Transaction, asked: Asked) -> Page:
    """The form of a schedule's details."""
    facts = await schedule_facts.of(tx, asked.path["schedule_id"])
    draft = facts.draft
    values = {
        "name": draft.name,
        "timezone": draft.timezone,
        "description": draft.description or "",
        "as_seen": facts.seen,
    }
    return _details("Edit schedule", f"/app/on-call/schedules/{facts.id}", draft.name, values)


@PAGES.post(f"{SCHEDULE}/edit", of=show_edit)
async def change_details(tx: Transaction, asked: Asked) -> Back:
    """Change what a schedule is called, and where it is."""
    changed = await arranging.change_details(
        tx,
        asked.path["schedule_id"],
        name=asked.one("name"),
        timezone=asked.one("timezone"),
        description=asked.one("description"),
        as_seen=asked.one("as_seen"),
    )
    return Back(f"/on-call/schedules/{changed.id}", "The schedule was changed.")


@PAGES.get(f"{SCHEDULE}/layers/new")
async def show_new_layer(tx: Transaction, asked: Asked) -> Page:
    """The form of a new rotation layer."""
    facts = await schedule_facts.of(tx, asked.path["schedule_id"])
    seen = arranging.layer_seen(facts.draft, None)
    return await _layer(tx, asked, facts, proposed(facts, tx.now, seen))


@PAGES.get(LAYER)
async def show_layer(tx: Transaction, asked: Asked) -> Page:
    """The form of a rotation layer."""
    facts, layer = await _found(tx, asked)
    return await _layer(tx, asked, facts, as_typed(layer))


@PAGES.post(f"{SCHEDULE}/layers/new", of=show_new_layer)
async def add_layer(tx: Transaction, asked: Asked) -> Back:
    """Add a rotation layer after all others; sent twice, it is there once."""
    return await _put(tx, asked, _id(asked.one("layer")))


@PAGES.post(LAYER, of=show_layer)
async def change_layer(tx: Transaction, asked: Asked) -> Back:
    """Change a rotation layer."""
    return await _put(tx, asked, asked.path["layer_id"])


@PAGES.post(f"{LAYER}/move", of=show_schedule)
async def move_layer(tx: Transaction, asked: Asked) -> Back:
    """Give a layer another position."""
    schedule_id, layer_id = asked.path["schedule_id"], asked.path["layer_id"]
    to = asked.one("to")
    place = int(to) if to.isdecimal() and len(to) < 5 else 0
    await arranging.move_layer(tx, schedule_id, layer_id, to=place)
    return Back(f"/on-call/schedules/{schedule_id}", "The layer was moved.")


@PAGES.get(f"{LAYER}/remove")
async def ask_to_remove_layer(tx: Transaction, asked: Asked) -> Page:
    """What removing a layer would lead to."""
    facts, layer = await _found(tx, asked)
    wanted = arranging.without_layer(facts.draft, layer.id)
    after = await foresight.of_draft(tx, facts.id, wanted)
    return Page(
        "remove.html",
        {
            "title": "Remove this layer?",
            "said": [
                f"“{layer.terms.name}” goes from “{facts.draft.name}”.",
                at_once(facts.ahead.on_call, after.on_call),
            ],
            "back": f"/app/on-call/schedules/{facts.id}",
            "back_to": facts.draft.name,
            "seen": layer.seen,
        },
    )


@PAGES.post(f"{LAYER}/remove", of=ask_to_remove_layer)
async def remove_layer(tx: Transaction, asked: Asked) -> Back:
    """Take a layer away."""
    schedule_id, layer_id = asked.path["schedule_id"], asked.path["layer_id"]
    await arranging.remove_layer(tx, schedule_id, layer_id, as_seen=asked.one("as_seen"))
    return Back(f"/on-call/schedules/{schedule_id}", "The layer was removed.")


def at_once(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """PURE. Who is on call now by a draft: the same as before, or others."""
    if not after:
        return "Nobody is on call then, from now on."
    if set(before) == set(after) and before[0] != after[0]:
        return f"At once {after[0]} owns new incidents instead of {before[0]}."
    if set(before) == set(after):
        return f"{', '.join(after)} {'stays' if len(after) == 1 else 'stay'} on call now."
    instead = f" instead of {', '.join(before)}" if before else ""
    return f"At once {', '.join(after)} {'is' if len(after) == 1 else 'are'} on call{instead}."


def _details(title: str, back: str, back_to: str, values: dict[str, Any]) -> Page:
    shown = {"name": "", "timezone": "", "description": "", "as_seen": "", "id": "", **values}
    zones = sorted(one for one in known_zones() if "/" in one and not one.startswith(_NOT_PLACES))
    facts = {"title": title, "back": back, "back_to": back_to, "values": shown}
    return Page("schedule_form.html", {**facts, "zones": ["UTC", *zones]})


async def _layer(
    tx: Transaction, asked: Asked, facts: ScheduleFacts, stored: RotationLayerValues
) -> Page:
    """The form as it was opened, or as it was sent; and what it would come to."""
    values = RotationLayerValues.sent(asked) if asked.form else stored
    ahead: Foresight | None = None
    trouble = None
    layer_id = asked.path.get("layer_id") or _id(values.layer)
    try:
        if values.chosen:
            wanted = arranging.with_layer(facts.draft, layer_id, read_terms(values))
            ahead = await foresight.of_draft(tx, facts.id, wanted, layer_id=layer_id)
    except DomainError as refusal:
        trouble = refusal.message
    members = [(str(one.id), one.name) for one in await people.members(tx)]
    layer = facts.layer(layer_id)
    left = [(str(one.person.id), f"{one.person.name} (left)")
            for one in (layer.people if layer else ()) if one.left]  # fmt: skip
    return Page(
        "rotation_layer_form.html",
        {
            "title": "Edit rotation layer" if layer else "Add rotation layer",
            "schedule": facts,
            "values": values,
            "members": [("", "–"), *members, *left],
            "ahead": ahead,
            "at_once": at_once(facts.ahead.on_call, ahead.on_call) if ahead else None,
            "trouble": None if asked.view.refused else trouble,
        },
    )


async def _put(tx: Transaction, asked: Asked, layer_id: UUID) -> Back:
    schedule_id = asked.path["schedule_id"]
    values = RotationLayerValues.sent(asked)
    with told_at():
        await arranging.put_layer(
            tx, schedule_id, layer_id, read_terms(values), as_seen=values.as_seen
        )
    return Back(f"/on-call/schedules/{schedule_id}", f"“{values.name}” was saved.")


async def _found(tx: Transaction, asked: Asked) -> tuple[ScheduleFacts, LayerFacts]:
    facts = await schedule_facts.of(tx, asked.path["schedule_id"])
    layer = facts.layer(asked.path["layer_id"])
    if layer is None:
        raise NotFound("This schedule has no such layer. It may have been removed.")
    return facts, layer


def _id(text: str) -> UUID:
    return id_in(text) or uuid4()
