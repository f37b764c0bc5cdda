"""A page: the direct message that wakes somebody, and what it says once somebody has acted."""

from dataclasses import dataclass
from datetime import datetime

from bot.blocks import ids, progress, words
from bot.blocks.build import context, fields, header, mrkdwn, section
from bot.blocks.card import affected, dashboard_link, description
from bot.blocks.controls import controls
from bot.blocks.text import Rendered, duration, escape, fallback, name, names, until, when
from core import messages
from core.facts import IncidentFacts
from core.people import Person
from core.targets import Why
from storage.vocabulary import EscalationState

_MINE = (ids.ACKNOWLEDGE, ids.RESOLVE, ids.HAND_OFF, ids.VIEW)
_TAKEN = (ids.UPDATE, ids.RESOLVE, ids.HAND_OFF, ids.VIEW)


@dataclass(frozen=True)
class _State:
    """What a page says at present: for the lock screen (plain), in full (mrkdwn), what to do."""

    short: str
    full: str
    buttons: tuple[str, ...] = (ids.VIEW,)


def page(
    facts: IncidentFacts,
    message: messages.Page,
    round: int,
    person: Person,
    *,
    now: datetime,
    dashboard_url: str | None = None,
) -> Rendered:
    """The page as it reads now to the person it was sent to, in the round it was sent in."""
    state = _state(facts, message, round, person, now)
    severity = words.severity(facts.severity)
    particulars = [f"Severity: {severity}", f"Status: {words.status(facts.status)}"]
    if message.layer and message.layers:
        particulars.append(f"Layer {message.layer} of {message.layers}")
    if facts.owner:
        mine = facts.owner.id == person.id
        particulars.append(f"Owner: {'you' if mine else name(facts.owner.name)}")
    if facts.components:
        particulars.append(f"Affects: {affected(facts)}")
    return Rendered(
        fallback(f"{severity} #{facts.number}: {facts.title}. {state.short}"),
        [
            header(words.headline(facts)),
            section(state.full),
            fields(particulars),
            context(mrkdwn(why(message.why, message.layer))),
            *description(facts),
            *controls(facts, *state.buttons),
            *dashboard_link(facts, dashboard_url),
        ],
    )


def why(reason: Why, layer: int | None = None) -> str:
    """Why somebody is paged, in one sentence of mrkdwn."""
    match reason.kind:
        case "schedule":
            instead = f", overriding {escape(name(reason.overriding))}" if reason.overriding else ""
            schedule = escape(name(reason.schedule))
            return f"You are on call for {schedule}{until(reason.until)}{instead}."
        case "handoff":
            return f"{escape(name(reason.by))} handed this to you."
        case "owner":
            return "You were named as the owner."
        case "last_resort":
            return "You are the last resort: nobody else took this."
        case _:
            where = f"layer {layer}" if layer else "this layer"
            return f"You are named in {where} of the escalation policy."


def _state(
    facts: IncidentFacts,
    message: messages.Page,
    round: int,
    person: Person,
    now: datetime,
) -> _State:
    if facts.resolved:
        return _State("Resolved.", progress.sentence(facts))
    if round < facts.round:
        return _handed_on(facts, person)
    if facts.acknowledged:
        return _acknowledged(facts, person)
    if facts.escalation_state is EscalationState.EXHAUSTED:
        sentence = "Nobody acknowledged. Everybody in the policy has been paged."
        return _State(sentence, f"🚨 *{sentence}*", _MINE)
    if facts.next_step is None:
        sentence = "Nobody else is paged."
        return _State(sentence, f"📟 *This needs you.* {sentence}", _MINE)
    return _waiting(facts, message, now)


def _handed_on(facts: IncidentFacts, person: Person) -> _State:
    if facts.owner and facts.owner.id == person.id:
        sentence = "Handed off to you: see the newer page."
        return _State(sentence, f"🤝 {sentence}")
    to = name(facts.owner.name) if facts.owner else "somebody else"
    sentence = f"Handed off to {to}. You can stand down."
    return _State(sentence, f"🤝 {escape(sentence)}")


def _acknowledged(facts: IncidentFacts, person: Person) -> _State:
    at = when(facts.acknowledged_at)
    if facts.acknowledged_by_id == person.id:
        stopped = " The clock has stopped." if facts.layers else ""
        return _State(
            f"You acknowledged this.{stopped}", f"👀 You acknowledged this {at}.{stopped}", _TAKEN
        )
    who = name(facts.acknowledged_by)
    return _State(
        f"{who} acknowledged this. You can stand down.",
        f"👀 {escape(who)} acknowledged this {at}. You can stand down.",
    )


def _waiting(facts: IncidentFacts, message: messages.Page, now: datetime) -> _State:
    step = facts.next_step
    assert step is not None  # noqa: S101  (asked by the caller)
    left = f"in {duration(step.at - now)}" if step.at > now else "now"
    if step.layer is None:
        short = f"Nobody is next: the policy is exhausted {left}."
        then = f"Nobody is next: the policy is exhausted {when(step.at)}."
    else:
        verb = "is" if len(step.people) == 1 else "are"
        short = f"{names(step.people)} {verb} next {left}."
        then = f"{escape(names(step.people))} {verb} next (layer {step.layer}), {when(step.at)}."
    opening = "📟 *This needs you.*"
    if message.layer and facts.layer and facts.layer > message.layer:
        opening = (
            f"⏫ *Nobody acknowledged at layer {message.layer}*, so layer {facts.layer} was paged."
        )
    return _State(short, f"{opening} {then}", _MINE)
