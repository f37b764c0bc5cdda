"""PURE. What a letter says: facts in, subject, plain text and HTML out, all three the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import messages
from core.facts import IncidentFacts
from core.people import Person
from core.remarks import DutyChanged
from core.sending import Part
from core.targets import Why
from mail import layout
from mail.words import cut, duration, line, lines, name, names, until, when
from storage.vocabulary import EscalationState

DESCRIPTION_SHOWN = 1_000
SUBJECT_MAX = 150
ERROR_SHOWN = 300


@dataclass(frozen=True)
class Letter:
    """A letter, ready to be put into an envelope."""

    subject: str
    text: str
    html: str


def page(
    facts: IncidentFacts,
    message: messages.Page,
    person: Person,
    *,
    now: datetime,
    link: str | None,
) -> Letter:
    """The page as it reads now, in the time zone of the one it wakes.

    `link` acknowledges after one confirmation; without one the letter says how to do it in Slack.
    """
    severity = facts.severity.value.capitalize()
    particulars = [("Severity", severity), ("Status", facts.status.value.capitalize())]
    if message.layer and message.layers:
        particulars.append(("Layer", f"{message.layer} of {message.layers}"))
    if facts.owner:
        mine = facts.owner.id == person.id
        particulars.append(("Owner", "you" if mine else name(facts.owner.name)))
    particulars.append(
        ("Declared", f"by {name(facts.created_by)}, {when(facts.created_at, person.timezone)}")
    )
    subject = f"{severity} #{facts.number}: {line(facts.title)}"
    return _letter(
        layout.Content(
            title=subject,
            opening=_state(facts, message, person, now),
            paragraphs=(why(message.why, message.layer, person.timezone),),
            particulars=tuple(particulars),
            quoted=_description(facts.description),
            action=layout.Action("Acknowledge", link) if link else None,
            closing=_how_to_acknowledge(facts, link),
        )
    )


def bundle(parts: Sequence[Part], *, link: str | None) -> Letter:
    """Several pages at once, each incident named. `link` acknowledges them all."""
    first = f"#{parts[0].number} {line(parts[0].title)}"
    subject = f"{len(parts)} incidents need you: {first} and {len(parts) - 1} more"
    in_slack = "press Acknowledge in Tocsin's message, or type /incident ack with its number"
    closing = [f"To acknowledge a single one, {in_slack} in Slack."]
    if link:
        closing.insert(
            0,
            "The link lists them and asks you to confirm, works once, and for 7 days. It is "
            "yours: whoever has it can acknowledge in your name.",
        )
    return _letter(
        layout.Content(
            title=subject,
            opening=f"{len(parts)} incidents need you, and nobody has acknowledged them.",
            paragraphs=(
                "They came at the same time, so this is one letter. Each has its own clock.",
            ),
            particulars=tuple(
                (f"{part.severity.value.capitalize()} #{part.number}", line(part.title))
                for part in parts
            ),
            action=layout.Action("Acknowledge all", link) if link else None,
            closing=tuple(closing),
        )
    )


def slack_silent(facts: IncidentFacts, message: messages.SlackSilent, person: Person) -> Letter:
    """Slack takes nothing: told to an admin, once for each outage."""
    since = when(message.since, person.timezone)
    paragraphs = [
        f"Nothing that Tocsin had to send has arrived in Slack since then; the page for "
        f"#{facts.number} ({line(facts.title)}) is among what waits.",
        "Pages go on by e-mail to everybody whose address is known. Slack is tried again and "
        "again, and what is still wanted is sent once it answers.",
    ]
    if message.error:
        paragraphs.insert(1, f"The last error: {cut(line(message.error), ERROR_SHOWN)}")
    return _letter(
        layout.Content(
            title="Tocsin can't reach Slack",
            opening=f"Slack has taken no page since {since}.",
            paragraphs=tuple(paragraphs),
            closing=("`python app.py doctor` on the machine that runs Tocsin says what is wrong.",),
        )
    )


def trial_page() -> Letter:
    """A page that is none, to somebody who wants to see whether pages reach them."""
    return _letter(
        layout.Content(
            title="Test page: pages reach you by e-mail",
            opening="This is a test page. You asked for it in Slack.",
            paragraphs=(
                "A real one names an incident and says why you, and its link acknowledges it. If "
                "nobody acknowledges in time, the next layer is paged.",
            ),
            closing=("Nothing is wrong, and there is nothing to do.",),
        )
    )


def duty_changed(message: DutyChanged, person: Person) -> Letter:
    """Somebody's own time on call is another now: told to whoever it concerns."""
    told = message.told_to(person.name, name)
    start, end = when(message.start_at, person.timezone), when(message.end_at, person.timezone)
    arranged = () if message.by == person.name else (f"{name(message.by)} arranged this.",)
    return _letter(
        layout.Content(
            title=told,
            opening="Your time on call has changed.",
            paragraphs=arranged,
            particulars=(("From", start), ("Until", end)),
        )
    )


def slack_back(message: messages.SlackBack, person: Person) -> Letter:
    """Slack takes messages again: told to whom the outage was told."""
    since, at = when(message.since, person.timezone), when(message.at, person.timezone)
    return _letter(
        layout.Content(
            title="Tocsin reaches Slack again",
            opening=f"Slack has taken messages again since {at}; it had taken none since {since}.",
            paragraphs=(
                "What waited is sent if it is still wanted, and every message that an incident "
                "has left behind is brought up to date.",
            ),
        )
    )


def why(reason: Why, layer: int | None, timezone: str) -> str:
    """Why somebody is paged, in one sentence."""
    match reason.kind:
        case "schedule":
            instead = f", overriding {name(reason.overriding)}" if reason.overriding else ""
            ends = until(reason.until, timezone)
            return f"You are on call for {name(reason.schedule)}{ends}{instead}."
        case "handoff":
            return f"{name(reason.by)} handed this to you."
        case "owner":
            return "You were named as the owner."
        case "last_resort":
            return "You are the last resort: nobody else took this."
        case _:
            where = f"layer {layer}" if layer else "this layer"
            return f"You are named in {where} of the escalation policy."


def _state(facts: IncidentFacts, message: messages.Page, person: Person, now: datetime) -> str:
    """Whether it needs somebody, and who is next and when."""
    if facts.escalation_state is EscalationState.EXHAUSTED:
        return "Nobody acknowledged. Everybody in the policy has been paged."
    step = facts.next_step
    if step is None:
        return "This needs you. Nobody else is paged."
    opening = "This needs you."
    if message.layer and facts.layer and facts.layer > message.layer:
        opening = f"Nobody acknowledged at layer {message.layer}, so layer {facts.layer} was paged."
    left = f"in {duration(step.at - now)}" if step.at - now > timedelta() else "now"
    at = when(step.at, person.timezone)
    if step.layer is None:
        return f"{opening} Nobody is next: the policy is exhausted {left} ({at})."
    verb = "is" if len(step.people) == 1 else "are"
    return f"{opening} {names(step.people)} {verb} next (layer {step.layer}), {left} ({at})."


def _how_to_acknowledge(facts: IncidentFacts, link: str | None) -> tuple[str, ...]:
    in_slack = (
        f"in Slack press Acknowledge in Tocsin's message, or type /incident ack {facts.number}"
    )
    if link is None:
        return (f"To acknowledge, {in_slack}.",)
    return (
        "The link asks you to confirm, works once, and for 7 days. It is yours: whoever has it "
        "can acknowledge in your name.",
        f"Or {in_slack}.",
    )


def _description(text: str | None) -> tuple[str, ...]:
    """The beginning of the description, line by line, and how much more there is."""
    whole = (text or "").strip()
    if not whole:
        return ()
    shown = whole[:DESCRIPTION_SHOWN].rstrip()
    left = len(whole) - len(shown)
    more = [f"… ({left:,} more characters)"] if left else []
    return (*lines(shown), *more)


def _letter(content: layout.Content) -> Letter:
    return Letter(cut(content.title, SUBJECT_MAX), layout.text(content), layout.html(content))
