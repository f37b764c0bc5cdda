"""The forms of a policy in the dashboard: its details, and its layers, each with what follows.

As in Slack, a form carries what its reader had before their eyes: if somebody else changed that
part meanwhile, nothing is done.
"""

from typing import Any
from uuid import UUID, uuid4

from core import escalation_order, people, policies, policy_facts, preview
from core.durations import say_minutes
from core.errors import DomainError, InvalidTarget, InvalidTargetUser, NotFound
from core.policy_drafts import PolicyDraft
from core.policy_facts import EscalationLayerFacts, PolicyFacts
from core.preview import Preview
from core.transaction import Transaction
from storage.vocabulary import TargetType
from web.dashboard.escalation_layer import EscalationLayerValues, draft_of, sent
from web.dashboard.ids import id_in
from web.dashboard.pages import Asked, Back, Pages
from web.dashboard.policies import show_policy
from web.dashboard.rendering import Page

PAGES = Pages()

POLICY = "/policies/{policy_id:uuid}"
LAYER = f"{POLICY}/layers/{{layer_id:uuid}}"


@PAGES.get("/policies/new")
async def show_new(tx: Transaction, asked: Asked) -> Page:
    """The form of a new policy, which needs nothing but a name."""
    return _details("New policy", "/app/policies", "Escalation policies", {"id": uuid4()})


@PAGES.post("/policies/new", of=show_new)
async def create(tx: Transaction, asked: Asked) -> Back:
    """Make a policy; sent twice, there is one."""
    draft = PolicyDraft(asked.one("name"), asked.one("description") or None, ())
    made = await policies.create_policy(tx, draft, id=id_in(asked.one("id")) or uuid4())
    return Back(f"/policies/{made.id}", f"“{made.name}” is there. Add whom it pages first.")


@PAGES.get(f"{POLICY}/edit")
async def show_edit(tx: Transaction, asked: Asked) -> Page:
    """The form of a policy's details."""
    facts = await policy_facts.of(tx, asked.path["policy_id"])
    draft = facts.draft
    values = {
        "name": draft.name,
        "description": draft.description or "",
        "as_seen": facts.seen,
    }
    return _details("Edit policy", f"/app/policies/{facts.id}", draft.name, values)


@PAGES.post(f"{POLICY}/edit", of=show_edit)
async def change_details(tx: Transaction, asked: Asked) -> Back:
    """Change what a policy is called."""
    changed = await escalation_order.change_details(
        tx,
        asked.path["policy_id"],
        name=asked.one("name"),
        description=asked.one("description"),
        as_seen=asked.one("as_seen"),
    )
    return Back(f"/policies/{changed.id}", "The policy was changed.")


@PAGES.get(f"{POLICY}/layers/new")
async def show_new_layer(tx: Transaction, asked: Asked) -> Page:
    """The form of a new layer, which comes after all others."""
    facts = await policy_facts.of(tx, asked.path["policy_id"])
    known = await policy_facts.schedule_choices(tx)
    opened = EscalationLayerValues(
        layer=str(uuid4()),
        as_seen=escalation_order.layer_seen(None),
        target=(TargetType.SCHEDULE if known else TargetType.USERS).value,
        schedule_id=str(known[0][0]) if len(known) == 1 else "",
    )
    return await _layer(tx, asked, facts, opened)


@PAGES.get(LAYER)
async def show_layer(tx: Transaction, asked: Asked) -> Page:
    """The form of a layer. Somebody who left is not taken over."""
    facts, layer = await _found(tx, asked)
    draft = layer.draft
    opened = EscalationLayerValues(
        layer=str(layer.id),
        as_seen=layer.seen,
        target=(TargetType.SCHEDULE if draft.schedule_id else TargetType.USERS).value,
        schedule_id=str(draft.schedule_id or ""),
        people=tuple(str(one.id) for one in layer.people),
        timeout=say_minutes(draft.ack_timeout_minutes),
    )
    return await _layer(tx, asked, facts, opened)


@PAGES.post(f"{POLICY}/layers/new", of=show_new_layer)
async def add_layer(tx: Transaction, asked: Asked) -> Back:
    """Add a layer after all others; sent twice, it is there once."""
    return await _put(tx, asked)


@PAGES.post(LAYER, of=show_layer)
async def change_layer(tx: Transaction, asked: Asked) -> Back:
    """Change a layer."""
    return await _put(tx, asked)


@PAGES.post(f"{LAYER}/move", of=show_policy)
async def move_layer(tx: Transaction, asked: Asked) -> Back:
    """Give a layer another position, from 1."""
    policy_id, layer_id = asked.path["policy_id"], asked.path["layer_id"]
    to = asked.one("to")
    place = max(int(to), 1) if to.isdecimal() and len(to) < 5 else 1
    await escalation_order.move_layer(tx, policy_id, layer_id, to=place)
    return Back(f"/policies/{policy_id}", "The layer was moved.")


@PAGES.get(f"{LAYER}/remove")
async def ask_to_remove_layer(tx: Transaction, asked: Asked) -> Page:
    """What removing a layer would lead to."""
    facts, layer = await _found(tx, asked)
    wanted = escalation_order.without_layer(facts.draft, layer.id)
    told = await preview.preview_policy(tx, wanted)
    place = facts.layers.index(layer) + 1
    return Page(
        "remove.html",
        {
            "title": "Remove this layer?",
            "said": [
                f"Layer {place} goes from “{facts.draft.name}”.",
                f"If an incident began now: {consequence(told)}",
                "Incidents that are being escalated already keep the layers they began with.",
            ],
            "back": f"/app/policies/{facts.id}",
            "back_to": facts.draft.name,
            "seen": layer.seen,
        },
    )


@PAGES.post(f"{LAYER}/remove", of=ask_to_remove_layer)
async def remove_layer(tx: Transaction, asked: Asked) -> Back:
    """Take a layer away."""
    policy_id, layer_id = asked.path["policy_id"], asked.path["layer_id"]
    await escalation_order.remove_layer(tx, policy_id, layer_id, as_seen=asked.one("as_seen"))
    return Back(f"/policies/{policy_id}", "The layer was removed.")


def consequence(told: Preview) -> str:
    """PURE. Who would be paged and when, in a sentence."""
    if not told.steps:
        return "nobody would be paged."
    said = [
        f"{', '.join(step.people)} "
        f"{f'after {say_minutes(step.after_minutes)}' if step.after_minutes else 'at once'}"
        for step in told.steps
    ]
    ends = told.ends_after_minutes
    return f"{'; '.join(said)}{f'; exhausted after {say_minutes(ends)}' if ends else ''}."


def _details(title: str, back: str, back_to: str, values: dict[str, Any]) -> Page:
    shown = {"name": "", "description": "", "as_seen": "", "id": "", **values}
    facts = {"title": title, "back": back, "back_to": back_to, "values": shown}
    return Page("policy_form.html", facts)


async def _layer(
    tx: Transaction, asked: Asked, facts: PolicyFacts, stored: EscalationLayerValues
) -> Page:
    """The form as it was opened, or as it was sent; and what it would come to."""
    values = sent(asked) if asked.form else stored
    told = trouble = None
    try:
        if values.pages_somebody:
            wanted = escalation_order.with_layer(facts.draft, draft_of(values))
            told = consequence(await preview.preview_policy(tx, wanted))
    except DomainError as refusal:
        trouble = refusal.message
    members = [(str(one.id), one.name) for one in await people.members(tx)]
    known = await policy_facts.schedule_choices(tx)
    is_new = facts.layer(id_in(values.layer) or uuid4()) is None
    return Page(
        "escalation_layer_form.html",
        {
            "title": "Add layer" if is_new else "Edit layer",
            "policy": facts,
            "values": values,
            "members": [("", "–"), *members],
            "schedules": [("", "Choose a schedule"), *((str(id), name) for id, name in known)],
            "told": told,
            "trouble": None if asked.view.refused else trouble,
        },
    )


async def _put(tx: Transaction, asked: Asked) -> Back:
    policy_id: UUID = asked.path["policy_id"]
    values = sent(asked)
    try:
        await escalation_order.put_layer(tx, policy_id, draft_of(values), as_seen=values.as_seen)
    except (InvalidTarget, InvalidTargetUser, NotFound) as refusal:
        by_name = values.target == TargetType.USERS.value
        refusal.field = refusal.field or ("people" if by_name else "schedule_id")
        raise
    return Back(f"/policies/{policy_id}", "The layer was saved.")


async def _found(tx: Transaction, asked: Asked) -> tuple[PolicyFacts, EscalationLayerFacts]:
    facts = await policy_facts.of(tx, asked.path["policy_id"])
    layer = facts.layer(asked.path["layer_id"])
    if layer is None:
        raise NotFound("This policy has no such layer. It may have been removed.")
    return facts, layer
