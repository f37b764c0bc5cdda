"""The card of an incident: everything at a glance, kept current in the alerts channel."""

from bot.blocks import ids, progress, words
from bot.blocks.build import context, fields, header, long_text, mrkdwn, plain, section
from bot.blocks.controls import controls
from bot.blocks.text import Block, Rendered, escape, fallback, name, names, when
from core.facts import IncidentFacts

DESCRIPTION_SHOWN = 500
PEOPLE_SHOWN = 8
COMPONENTS_SHOWN = 6


def card(facts: IncidentFacts) -> Rendered:
    """The incident in the alerts channel."""
    return Rendered(
        fallback(summary(facts)),
        [
            header(words.headline(facts)),
            section(progress.sentence(facts)),
            particulars(facts),
            paged(facts),
            *description(facts),
            *controls(facts, ids.ACKNOWLEDGE, ids.UPDATE, ids.HAND_OFF, ids.RESOLVE, ids.VIEW),
        ],
    )


def summary(facts: IncidentFacts) -> str:
    """The incident in a line for notifications, not escaped."""
    owner = f" · {name(facts.owner.name)}" if facts.owner else ""
    doing = "" if facts.resolved else f" · {progress.words(facts)}"
    return (
        f"{words.severity(facts.severity)} #{facts.number}: {facts.title} "
        f"· {words.status(facts.status)}{owner}{doing}"
    )


def particulars(facts: IncidentFacts) -> Block:
    """Severity, status, owner, what it affects, and where it is answered from."""
    lines = [
        f"Severity: {words.severity(facts.severity)}",
        f"Status: {words.status(facts.status)}",
        f"Owner: {name(facts.owner.name) if facts.owner else 'nobody'}",
    ]
    if facts.components:
        lines.append(f"Affects: {affected(facts)}")
    if facts.schedule:
        lines.append(f"Schedule: {name(facts.schedule)}")
    if facts.policy:
        lines.append(f"Escalation policy: {name(facts.policy)}")
    return fields(lines)


def affected(facts: IncidentFacts) -> str:
    """The components that it affects, in a line that is not escaped."""
    return names([one.name for one in facts.components], COMPONENTS_SHOWN)


def paged(facts: IncidentFacts) -> Block:
    """Who was paged, and who declared it when."""
    people = list({page.person_id: page.person for page in facts.pages}.values())
    return context(
        plain(f"Paged: {names(people, PEOPLE_SHOWN)}"),
        mrkdwn(f"Declared by {escape(name(facts.created_by))} {when(facts.created_at)}"),
    )


def description(facts: IncidentFacts, limit: int = DESCRIPTION_SHOWN) -> list[Block]:
    """The beginning of the description, exactly as it was typed."""
    return long_text(facts.description, limit) if facts.description else []


def dashboard_link(facts: IncidentFacts, url: str | None) -> list[Block]:
    """A link to the incident on the dashboard, where there is one."""
    if not url:
        return []
    return [context(mrkdwn(f"<{escape(url)}|Open #{facts.number} on the dashboard>"))]
