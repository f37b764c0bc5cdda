"""What an incident's escalation is doing, in a sentence (mrkdwn) or in a few words (plain)."""

from bot.blocks.text import duration, escape, name, names, when
from core.facts import IncidentFacts, NextStep
from storage.vocabulary import EscalationState


def sentence(facts: IncidentFacts, *, being_paged: bool = False) -> str:
    """What is going on and what comes next, as mrkdwn; `being_paged`: a page is under way."""
    if facts.resolved:
        return f"✅ Resolved {resolved_at(facts)}."
    if facts.acknowledged:
        stopped = " The clock has stopped." if facts.layers else ""
        who = escape(name(facts.acknowledged_by))
        return f"👀 Acknowledged by {who} {when(facts.acknowledged_at)}.{stopped}"
    if not being_paged and _reached_nobody(facts):
        return "🚨 *Nobody was paged.* Acknowledge it or hand it off now."
    if facts.escalation_state is EscalationState.EXHAUSTED and being_paged:
        return "🚨 No layer of the escalation policy has anybody: nobody else is paged after that."
    if facts.escalation_state is EscalationState.EXHAUSTED:
        return (
            "🚨 *Nobody acknowledged.* The escalation policy is exhausted. "
            "Acknowledge it or hand it off now."
        )
    if facts.next_step:
        layer = f"layer {facts.layer} of {facts.layers}" if facts.layer else "an answer"
        return (
            f"⏳ Waiting for {layer} until {when(facts.next_step.at)}, "
            f"then {following(facts.next_step)}."
        )
    return "⏳ Not acknowledged yet. There is no escalation policy, so nobody else is paged."


def words(facts: IncidentFacts) -> str:
    """The same in a few words, for lists; not escaped."""
    if facts.resolved:
        return "resolved"
    if facts.acknowledged:
        return f"acknowledged by {name(facts.acknowledged_by)}"
    if _reached_nobody(facts):
        return "🚨 nobody was paged"
    if facts.escalation_state is EscalationState.EXHAUSTED:
        return "🚨 nobody acknowledged, the policy is exhausted"
    if facts.next_step and facts.layer:
        return f"waiting for layer {facts.layer} of {facts.layers}"
    return "not acknowledged"


def following(step: NextStep) -> str:
    """Who is paged next, or that nobody is left, as mrkdwn."""
    if step.layer is None:
        return "the policy is exhausted: nobody else is left to page"
    return f"{escape(names(step.people))} (layer {step.layer})"


def resolved_at(facts: IncidentFacts) -> str:
    """When it was resolved and how long it took, as mrkdwn."""
    if facts.resolved_at is None:
        return "by now"
    return f"{when(facts.resolved_at)} after {duration(facts.resolved_at - facts.created_at)}"


def _reached_nobody(facts: IncidentFacts) -> bool:
    return not facts.pages and facts.next_step is None
