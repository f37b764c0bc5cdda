"""The buttons of an incident: those of them that do something now, and no others."""

from bot.blocks import ids
from bot.blocks.build import actions, button, plain
from bot.blocks.text import Block
from core.facts import IncidentFacts

_ALWAYS = {ids.VIEW, ids.TIMELINE}


def controls(facts: IncidentFacts, *wanted: str) -> list[Block]:
    """A row with those of the wanted buttons (by action id) that the incident has a use for."""
    return actions([_button(facts, one) for one in wanted if _useful(facts, one)])


def view_button(facts: IncidentFacts) -> Block:
    """The button that opens the incident's view."""
    return _button(facts, ids.VIEW)


def _useful(facts: IncidentFacts, action_id: str) -> bool:
    if action_id in _ALWAYS:
        return True
    if action_id == ids.ACKNOWLEDGE and facts.acknowledged:
        return False
    return not facts.resolved


def _button(facts: IncidentFacts, action_id: str) -> Block:
    value = str(facts.id)
    match action_id:
        case ids.ACKNOWLEDGE:
            return button("Acknowledge", action_id, value, style="primary")
        case ids.RESOLVE:
            # What customers may see is resolved in a form, which asks what this would ask.
            confirm = None if facts.components else _confirm_resolve(facts)
            return button("Resolve", action_id, value, style="danger", confirm=confirm)
        case ids.HAND_OFF:
            return button("Hand off", action_id, value)
        case ids.UPDATE:
            return button("Update…", action_id, value)
        case ids.SEVERITY:
            return button("Severity", action_id, value)
        case ids.AFFECTED:
            return button("Components", action_id, value)
        case ids.TIMELINE:
            return button("Timeline", action_id, value)
        case _:
            return button("View", ids.VIEW, value)


def _confirm_resolve(facts: IncidentFacts) -> Block:
    return {
        "title": plain(f"Resolve #{facts.number}?"),
        "text": plain("Paging stops, and nothing about it can change afterwards."),
        "confirm": plain("Resolve"),
        "deny": plain("Cancel"),
        "style": "danger",
    }
