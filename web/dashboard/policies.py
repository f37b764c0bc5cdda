"""Escalation policies in the dashboard: the ladder of layers, and who would be paged, any time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core import people, policies, policy_facts
from core.durations import say_minutes
from core.errors import DomainError
from core.simulation import Faults
from core.transaction import Transaction
from core.walked import Fate
from storage.vocabulary import Channel
from web.dashboard import clocks
from web.dashboard.pages import Afterwards, Asked, Back, Pages
from web.dashboard.rendering import Page
from web.dashboard.walks import Ground

PAGES = Pages()


CHANNELS = {Channel.SLACK_DM: "Slack DM", Channel.MAIL: "e-mail"}
FATES = {
    Fate.ARRIVES: "",
    Fate.KEPT_TRYING: " (kept trying: Slack is down)",
    Fate.FAILS: " (can't be delivered)",
}


@dataclass(frozen=True)
class Question:
    """What is asked of a policy: from when on (None: now), and what goes wrong then."""

    at: datetime | None
    typed: str
    unreachable: UUID | None
    slack_down: bool
    trouble: str | None = None


@PAGES.get("/policies")
async def list_policies(tx: Transaction, asked: Asked) -> Page:
    """Every policy, and whom it pages first now."""
    return Page("policies.html", {"policies": await policy_facts.lines(tx)})


@PAGES.get("/policies/{policy_id:uuid}")
async def show_policy(tx: Transaction, asked: Asked) -> Afterwards:
    """A policy's layers, and what they would do: walked once this transaction is over."""
    facts = await policy_facts.of(tx, asked.path["policy_id"])
    question = _question(asked)
    members = [(str(one.id), one.name) for one in await people.members(tx)]
    ground = await Ground.now(tx)
    minute = tx.now.replace(second=0, microsecond=0)

    async def work() -> Page:
        shown = {
            "policy": facts,
            "question": question,
            "zone": clocks.zone_of(asked.session.person),
            "members": [("", "Everybody can be reached"), *members],
            "say_minutes": say_minutes,
            "channels": CHANNELS,
            "fates": FATES,
        }
        told = await _simulate(asked, facts.id, question, minute, ground)
        return Page("policy.html", shown | told)

    return Afterwards(work)


@PAGES.get("/policies/{policy_id:uuid}/remove")
async def ask_to_remove(tx: Transaction, asked: Asked) -> Page:
    """What removing a policy takes away."""
    policy = await policies.get_policy(tx, asked.path["policy_id"])
    return Page(
        "remove.html",
        {
            "title": "Remove this policy?",
            "said": [
                f"“{policy.name}” with its layers goes for good. Incidents for its schedules then "
                "page whoever is on call, once."
            ],
            "back": f"/app/policies/{policy.id}",
            "back_to": policy.name,
            "seen": "",
        },
    )


@PAGES.post("/policies/{policy_id:uuid}/remove", of=ask_to_remove)
async def remove(tx: Transaction, asked: Asked) -> Back:
    """Remove a policy that no open incident runs."""
    policy = await policies.lock_policy(tx, asked.path["policy_id"])
    name = policy.name
    await policies.remove_policy(tx, policy)
    return Back("/policies", f"“{name}” was removed.")


def _question(asked: Asked) -> Question:
    typed = asked.query.get("at", "")
    at, trouble = None, None
    try:
        zone = clocks.zone_of(asked.session.person)
        at = clocks.read(typed, zone, field="at") if typed else None
    except DomainError as refusal:
        trouble = refusal.message
    try:
        unreachable = UUID(asked.query.get("unreachable", ""))
    except ValueError:
        unreachable = None
    return Question(at, typed, unreachable, bool(asked.query.get("slack_down")), trouble)


async def _simulate(
    asked: Asked, policy_id: UUID, question: Question, now: datetime, ground: Ground
) -> dict[str, Any]:
    """The policy walked, in a rehearsal of its own; or why it can't be."""
    if question.trouble:
        return {"told": None, "trouble": question.trouble}
    unreachable = frozenset({question.unreachable} if question.unreachable else ())
    try:
        told = await asked.door.walks.walk(
            asked.session.actor,
            ground,
            policy_id,
            at=question.at or now,
            faults=Faults(unreachable, slack_down=question.slack_down),
        )
    except DomainError as refusal:
        return {"told": None, "trouble": refusal.message}
    return {"told": told, "trouble": None}
