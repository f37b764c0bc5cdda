"""What the page behind a letter's link says: what happened, and what there is to do."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.facts import IncidentFacts
from core.links import LIFE, Link, Standing

NAME_SHOWN_MAX = 80
_TURNS_TEXT_AROUND = re.compile(r"[\u202a-\u202e\u2066-\u2069\ud800-\udfff\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Said:
    """A heading and sentences, not escaped."""

    title: str
    sentences: tuple[str, ...]


UNAVAILABLE = Said(
    "Not acknowledged yet",
    (
        "Tocsin can't reach its database right now. Open the link again in a minute, "
        "or acknowledge in Slack.",
    ),
)
_WRONG = Said(
    "This link does not work",
    (
        "It is not a link that Tocsin wrote, or a part of it is missing. Open it from the letter "
        "itself, or copy the whole of it.",
        "You can always acknowledge in Slack: press Acknowledge in Tocsin's message, or type "
        "/incident ack with the incident's number.",
    ),
)
_REMOVED = Said(
    "This link does not work any more",
    (
        "You are no longer a member of this organization in Tocsin, so nothing was acknowledged. "
        "Tell somebody who is.",
    ),
)
_NOTHING_LEFT = Said(
    "This link acknowledges nothing any more",
    ("Above is what became of each incident in the letter. Nothing was changed now.",),
)


def before(link: Link) -> Said:
    """What is said to somebody who opened the link."""
    if not link.of(Standing.GOOD):
        return _refused(link)
    what, it = _what(link)
    return Said(
        f"Acknowledge {what}?",
        (f"You take {it}, and nobody else is paged. Opening this page has changed nothing.",),
    )


def after(link: Link) -> Said:
    """What is said to somebody who pressed the button."""
    taken, left = link.of(Standing.GOOD), link.of(Standing.INTERRUPTED)
    if not taken:
        return _refused(link)
    if left:
        return Said(
            f"You acknowledged {len(taken)} of {len(taken) + len(left)} incidents",
            (
                "Then Tocsin's database did not answer. Press again to acknowledge the rest, or "
                "acknowledge in Slack.",
            ),
        )
    are = "They are" if len(taken) > 1 else "It is"
    rest = "nobody else is paged. Everybody who was paged is told in Slack."
    return Said(f"You acknowledged {_what(link)[0]}", (f"{are} yours, and {rest}",))


def button(link: Link) -> str:
    """What the one button says; nothing where there is nothing to press it for."""
    if left := link.of(Standing.INTERRUPTED):
        return f"Acknowledge the other {len(left)}" if len(left) > 1 else "Acknowledge the other"
    count = len(link.of(Standing.GOOD))
    return f"Acknowledge all {count}" if count > 1 else "Acknowledge" if count else ""


def _what(link: Link) -> tuple[str, str]:
    """What a link is good for, and the pronoun for it."""
    good = link.of(Standing.GOOD)
    if len(good) > 1:
        return f"{len(good)} incidents", "them"
    return f"#{good[0].incident.number if good[0].incident else ''}", "it"


def incidents(link: Link) -> str:
    """Each incident in a frame, as HTML; of a letter that told of several, what became of each."""
    return "".join(
        _framed(one.incident, _became(one) if link.others else "")
        for one in link.each
        if one.incident
    )


def _framed(facts: IncidentFacts, became: str) -> str:
    about = f"{facts.severity.value.capitalize()} · {facts.status.value.capitalize()}"
    lines = "".join(f"<span>{escape(one)}</span>" for one in (about, became) if one)
    return (
        f'<div class="incident"><strong><bdi>#{facts.number} {escape(facts.title)}</bdi></strong>'
        f"{lines}</div>\n"
    )


def _became(link: Link) -> str:
    """What became of one of several incidents; nothing where it waits to be acknowledged."""
    if link.standing is Standing.INTERRUPTED:
        return "It may not have been acknowledged."
    if link.standing is Standing.GOOD:
        return "You acknowledged it." if link.incident and link.incident.acknowledged else ""
    return " ".join(_refused(link).sentences)


def escape(text: str) -> str:
    """Text for HTML, without anything in it that would turn the rest around."""
    return html.escape(_TURNS_TEXT_AROUND.sub(" ", text), quote=True)


def _refused(link: Link) -> Said:
    if link.others:
        return _NOTHING_LEFT
    facts, person = link.incident, link.person
    if link.standing is Standing.REMOVED:
        return _REMOVED
    if facts is None or person is None:
        return _WRONG
    number, zone = facts.number, person.timezone
    in_slack = f"To acknowledge it, type /incident ack {number} in Slack."
    match link.standing:
        case Standing.RESOLVED:
            return Said(
                f"#{number} is resolved",
                (f"It was resolved{_at(facts.resolved_at, zone)}. There is nothing left to do.",),
            )
        case Standing.HANDED_OFF:
            return _handed_off(facts, link)
        case Standing.ACKNOWLEDGED:
            mine = facts.acknowledged_by_id == person.id
            who = "You" if mine else _name(facts.acknowledged_by)
            rest = "It is yours." if mine else "You can stand down."
            at = _at(facts.acknowledged_at, zone)
            return Said(f"{who} acknowledged #{number}", (f"{who} acknowledged it{at}. {rest}",))
        case Standing.USED:
            sentence = "A link works once, and this one has been used. Nothing was changed now."
            return Said("This link was used already", (sentence, in_slack))
        case _:
            sentence = f"A link works for {LIFE.days} days, and this one is older."
            return Said("This link has expired", (sentence, in_slack))


def _handed_off(facts: IncidentFacts, link: Link) -> Said:
    title = f"#{facts.number} was handed off"
    if facts.owner and link.person and facts.owner.id == link.person.id:
        return Said(title, ("It was handed to you after this letter: use the newer one's link.",))
    to = _name(facts.owner.name) if facts.owner else "somebody else"
    return Said(title, (f"It was handed to {to} after this letter. You can stand down.",))


def _name(name: str | None) -> str:
    shown = (name or "").strip() or "Somebody"
    return shown if len(shown) <= NAME_SHOWN_MAX else f"{shown[: NAME_SHOWN_MAX - 1]}…"


def _at(instant: datetime | None, timezone: str) -> str:
    """When, in the reader's own zone: ` on 18 Nov at 13:05 CET`."""
    if instant is None:
        return ""
    try:
        local = instant.astimezone(ZoneInfo(timezone))
    except (KeyError, ValueError, OSError):
        local = instant.astimezone(UTC)
    zone = local.tzname() or "UTC"
    return (
        f" on {local.day} {local:%b} at {local:%H:%M} {f'UTC{zone}' if zone[0] in '+-' else zone}"
    )
