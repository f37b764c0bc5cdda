"""PURE. What the dashboard says of an incident: how it stands, and each thing that happened to it.

Every kind is told by a word and by the name of a symbol, so nobody has to tell colours apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.facts import IncidentFacts, NextStep, UpdateFacts
from core.timeline import Entry
from storage.vocabulary import AuditType, Channel, EscalationState, Severity, Status
from web.dashboard import words

NAMES_TOLD = 8
REMOVED = "This update has been removed."
CHANNEL = {
    Channel.SLACK_DM: "Slack DM",
    Channel.ALERTS: "the alerts channel",
    Channel.MAIL: "e-mail",
}


@dataclass(frozen=True)
class Line:
    """One thing that happened: its kind in a word, the symbol for that, and a sentence."""

    kind: str
    symbol: str
    said: str
    by: str | None = None


def names(people: Sequence[str], limit: int = NAMES_TOLD) -> str:
    """A few names as one would say them."""
    shown = [one.strip() or "somebody" for one in people[:limit]]
    if (left := len(people) - len(shown)) > 0:
        return f"{', '.join(shown)} and {left:,} more"
    if len(shown) < 2:
        return shown[0] if shown else "nobody"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def standing(facts: IncidentFacts) -> tuple[str, str]:
    """How an incident's escalation stands: a symbol, and a few words."""
    if facts.resolved:
        return "taken", "Resolved"
    if facts.acknowledged:
        return "taken", f"Acknowledged by {facts.acknowledged_by}"
    if not facts.pages and facts.next_step is None:
        return "alarm", "Nobody was paged"
    if facts.escalation_state is EscalationState.EXHAUSTED:
        return "alarm", "Nobody acknowledged: the policy is exhausted"
    if facts.next_step and facts.layer:
        return "waiting", f"Waiting for layer {facts.layer} of {facts.layers}"
    return "waiting", "Not acknowledged yet"


def advice(facts: IncidentFacts) -> str:
    """What follows from how it stands, or what to do about it; nothing where all is said."""
    if facts.resolved:
        return "Paging has stopped, and nothing about it changes any more."
    if facts.acknowledged:
        return "The clock has stopped." if facts.layers else ""
    if standing(facts)[0] == "alarm":
        return "Acknowledge it or hand it off now."
    if facts.next_step is None:
        return "There is no escalation policy, so nobody else is paged."
    return ""


def following(step: NextStep) -> str:
    """Who is paged next, or that nobody is left."""
    if step.layer is None:
        return "the policy is exhausted: nobody else is left to page"
    return f"{names(step.people)} (layer {step.layer})"


def paged(facts: IncidentFacts) -> str:
    """Who was paged since it was declared or last handed off."""
    people = dict.fromkeys(one.person for one in facts.pages if one.round == facts.round)
    return names(list(people))


def line(one: Entry) -> Line:
    """An entry of the timeline."""
    return _of_update(one.update) if one.update else _of_event(one.type, one.data, one.by)


def _of_update(update: UpdateFacts) -> Line:
    by = update.posted_by
    step = transition(update.status_change) if update.status_change else ""
    if update.public:
        said = f"{step} · customers read this" if step else "Customers read this"
        return Line("Public", "public", said, by)
    if step:
        return Line("Status", "step", step, by)
    return Line("Note", "note", "Only your organization reads this", by)


def transition(to: Status) -> str:
    """A step to a status: `Investigating → Identified`."""
    order = list(Status)
    before = order[max(order.index(to) - 1, 0)]
    return f"{words.STATUS[before]} → {words.STATUS[to]}"


def _of_event(type: AuditType, data: dict[str, Any], by: str) -> Line:
    match type:
        case AuditType.INCIDENT_CREATED:
            return Line("Declared", "declared", "The incident was declared", by)
        case AuditType.INCIDENT_EDITED:
            return Line("Edited", "edited", _edited(data), by)
        case AuditType.SEVERITY_CHANGED:
            before, after = (words.SEVERITY[Severity(data[one])] for one in ("before", "after"))
            return Line("Severity", "edited", f"{before} → {after}", by)
        case AuditType.COMPONENTS_CHANGED:
            affected = names([one["name"] for one in data["after"]])
            return Line("Components", "edited", f"Affects {affected}", by)
        case AuditType.INCIDENT_ACKNOWLEDGED:
            return Line("Acknowledged", "taken", "The clock has stopped", by)
        case AuditType.INCIDENT_HANDED_OFF:
            return Line("Handed off", "handed", f"to {data.get('newOwner') or 'somebody'}", by)
        case _:
            return _of_paging(type, data)


def _of_paging(type: AuditType, data: dict[str, Any]) -> Line:
    match type:
        case AuditType.LAYER_PAGED:
            of = f" of {data['of']}" if data.get("of") else ""
            return Line("Paging", "layer", f"Layer {data.get('layer')}{of}: {_targets(data)}")
        case AuditType.RESPONDER_PAGED:
            who = data.get("name") or "Somebody"
            return Line("Paged", "paged", f"{who} by {channel(data.get('channel'))}")
        case AuditType.DELIVERY_FAILED:
            who = data.get("name") or channel(data.get("channel"))
            error = data.get("error") or "unknown error"
            return Line("Not reached", "failed", f"{who}: {error}")
        case AuditType.LAST_RESORT_PAGED if data.get("targets"):
            return Line("Last resort", "layer", f"Paging {_targets(data)}")
        case AuditType.LAST_RESORT_PAGED:
            return Line("Alarm", "alarm", "The last resort pages nobody either")
        case AuditType.NOBODY_PAGED:
            return Line("Alarm", "alarm", "Nobody was paged")
        case AuditType.LAYER_UNSTAFFED:
            target = f" ({data['target']})" if data.get("target") else ""
            said = f"Layer {data.get('layer')}{target} pages nobody: skipped"
            return Line("Alarm", "alarm", said)
        case AuditType.ESCALATION_STUMBLED:
            said = "The next layer could not be paged because of a fault; it is tried again"
            return Line("Alarm", "alarm", said)
        case AuditType.ESCALATION_EXHAUSTED:
            said = "Nobody acknowledged; the escalation policy is exhausted"
            return Line("Alarm", "alarm", said)
        case _:
            return Line("Event", "edited", type.value.replace("_", " ").capitalize())


def channel(value: str | None) -> str:
    """Through what somebody is reached, in words."""
    return next((said for one, said in CHANNEL.items() if one == value), value or "Slack DM")


def _edited(data: dict[str, Any]) -> str:
    title = data["after"].get("title")
    if title is None:
        return "The description was edited"
    also = ", and the description edited" if "description" in data["after"] else ""
    return f"Now called “{title}”{also}"


def _targets(data: dict[str, Any]) -> str:
    return names([str(one.get("name") or "") for one in data.get("targets") or ()])
