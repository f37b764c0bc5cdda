"""The small forms: hand off, change the severity, put a message on a timeline."""

from collections.abc import Sequence
from typing import Any

from bot.blocks import ids, values, words
from bot.blocks.build import exact, field, menu, modal, plain, text_input
from bot.blocks.declare import TYPED_MAX
from bot.blocks.text import Block, name
from core.facts import IncidentFacts
from storage.vocabulary import Severity


def hand_off_modal(facts: IncidentFacts, *, person: str | None = None) -> dict[str, Any]:
    """Whom to hand off to; `person` is a Slack user id that is chosen already."""
    choice: Block = {"type": "users_select", "placeholder": plain("Choose a person")}
    if person:
        choice["initial_user"] = person
    owner = f"It is {name(facts.owner.name)}'s now. " if facts.owner else ""
    again = " The clock of the present layer starts anew." if facts.layers else ""
    return modal(
        f"Hand off #{facts.number}",
        [
            exact(words.headline(facts)),
            field(
                "person",
                "Hand off to",
                choice,
                hint=f"{owner}The new owner is paged, and has to acknowledge.{again}",
            ),
        ],
        callback_id=ids.HAND_OFF_VIEW,
        submit="Hand off",
        metadata=str(facts.id),
    )


def read_hand_off(view: dict[str, Any]) -> str | None:
    """The Slack user id of the person who was chosen."""
    return values.person(view, "person")


def severity_modal(facts: IncidentFacts) -> dict[str, Any]:
    """How bad it is, the present severity chosen."""
    choices = [(one.value, words.severity(one)) for one in Severity]
    return modal(
        f"Severity of #{facts.number}",
        [
            exact(words.headline(facts)),
            field(
                "severity",
                "Severity",
                menu(choices, facts.severity.value),
                hint="Who is paged does not change.",
            ),
        ],
        callback_id=ids.SEVERITY_VIEW,
        submit="Change",
        metadata=str(facts.id),
    )


def read_severity(view: dict[str, Any]) -> str:
    """The severity that was chosen; empty if none was."""
    return values.chosen(view, "severity") or ""


def add_to_timeline_modal(found: Sequence[IncidentFacts], text: str) -> dict[str, Any]:
    """Which of these incidents (at least one) a message belongs to, and what of it is kept."""
    choices = [(str(one.id), words.headline(one)) for one in found]
    only = choices[0][0] if len(choices) == 1 else None
    return modal(
        "Add to a timeline",
        [
            field("incident", "Incident", menu(choices, only)),
            field(
                "body",
                "Internal update",
                text_input(text, TYPED_MAX, multiline=True),
                hint="Only people in your organization read it.",
            ),
        ],
        callback_id=ids.ADD_TO_TIMELINE_VIEW,
        submit="Add",
    )


def read_add_to_timeline(view: dict[str, Any]) -> tuple[str, str]:
    """The id of the incident that was chosen, and the text."""
    return values.chosen(view, "incident") or "", values.typed(view, "body")
