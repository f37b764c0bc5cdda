"""The form of an update: what to say, the next status, and who may read it."""

from dataclasses import dataclass
from typing import Any

from bot.blocks import ids, values, words
from bot.blocks.build import exact, field, menu, modal, option, text_input
from bot.blocks.declare import TYPED_MAX
from core.facts import IncidentFacts
from core.lifecycle import next_status
from storage.vocabulary import Visibility

_SAME = "same"


@dataclass(frozen=True)
class UpdateForm:
    """What the form holds."""

    body: str = ""
    status_change: str | None = None
    visibility: str = Visibility.INTERNAL.value


def update_modal(
    facts: IncidentFacts, form: UpdateForm, *, error: str | None = None
) -> dict[str, Any]:
    """The form, for an incident that is open; `error` says why it is shown again."""
    following = next_choice(facts)
    choices = [(_SAME, f"Keep {words.status(facts.status)}")]
    if following:
        choices.append((following, f"Move on to {words.status(following)}"))
    chosen = form.status_change if form.status_change == following and following else _SAME
    readers = {
        Visibility.INTERNAL.value: option(
            "Internal", Visibility.INTERNAL.value, "Only people in your organization read it."
        ),
        Visibility.PUBLIC.value: option(
            "Public", Visibility.PUBLIC.value, "Anybody can read it on your status pages."
        ),
    }
    blocks = [
        *([{**exact(f"⚠️ {error}"), "block_id": "error"}] if error else []),
        exact(words.headline(facts)),
        field(
            "body",
            "What happened?",
            text_input(form.body, TYPED_MAX, multiline=True, focus_on_load=True),
            optional=True,
        ),
        field("status", "Status", menu(choices, chosen)),
        field(
            "visibility",
            "Who may read it",
            {
                "type": "radio_buttons",
                "options": list(readers.values()),
                "initial_option": readers.get(form.visibility, readers["internal"]),
            },
            hint="A public update needs text, and a published status page that shows it.",
        ),
    ]
    return modal(
        f"Update #{facts.number}",
        blocks,
        callback_id=ids.UPDATE_VIEW,
        submit="Post",
        metadata=str(facts.id),
    )


def next_choice(facts: IncidentFacts) -> str | None:
    """The only status that the form can move on to, or None once resolved."""
    following = next_status(facts.status)
    return following.value if following else None


def read_update(view: dict[str, Any]) -> UpdateForm:
    """What was entered."""
    status = values.chosen(view, "status")
    return UpdateForm(
        body=values.typed(view, "body"),
        status_change=None if status == _SAME else status,
        visibility=values.chosen(view, "visibility") or Visibility.INTERNAL.value,
    )
