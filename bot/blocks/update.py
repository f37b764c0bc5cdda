"""The form of an update: what to say, the next status, and who may read it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks import ids, publish, values, words
from bot.blocks.build import exact, field, menu, modal, option, text_input
from bot.blocks.declare import TYPED_MAX
from bot.blocks.text import Block
from core.facts import IncidentFacts
from core.lifecycle import next_status
from core.updates import PublicForesight
from storage.vocabulary import Status, Visibility

_SAME = "same"


@dataclass(frozen=True)
class UpdateForm:
    """What the form holds."""

    body: str = ""
    status_change: str | None = None
    visibility: str = Visibility.INTERNAL.value
    seen: str = ""
    """The token of what the writer was shown as customers will read it, if anything."""

    @property
    def public(self) -> bool:
        """Whether it is for customers."""
        return self.visibility == Visibility.PUBLIC.value

    @property
    def step(self) -> Status | None:
        """The status to move on to."""
        return Status(self.status_change) if self.status_change else None


def update_modal(
    facts: IncidentFacts,
    form: UpdateForm,
    *,
    surface: Sequence[Block] = (),
    foresight: PublicForesight | None = None,
    public_url: str | None = None,
    error: str | None = None,
) -> dict[str, Any]:
    """The form, for an incident that is open.

    With a `foresight` it is the second step of a public update: it shows what will be published,
    and its button publishes. `surface` stands beside the choice of *Public*, and `error` says why
    it is shown again.
    """
    following = next_choice(facts)
    choices = [(_SAME, f"Keep {words.status(facts.status)}")]
    if following:
        choices.append((following, f"Move on to {words.status(following)}"))
    chosen = form.status_change if form.status_change == following and following else _SAME
    shown = publish.preview(foresight, facts.title, public_url) if foresight else []
    blocks = [
        *([{**exact(f"⚠️ {error}"), "block_id": "error"}] if error else []),
        *(shown or [exact(words.headline(facts))]),
        field(
            "body",
            "What happened?",
            text_input(form.body, TYPED_MAX, multiline=True, focus_on_load=not foresight),
            optional=True,
        ),
        # Another id for other choices: what was chosen before is no choice any more.
        field(f"status:{facts.status.value}", "Status", menu(choices, chosen)),
        field(
            "visibility",
            "Who may read it",
            _readers(form.visibility),
            hint="A public update needs text, and a published status page that shows it.",
            dispatch=True,
        ),
        *surface,
    ]
    return modal(
        f"Update #{facts.number}",
        blocks,
        callback_id=ids.UPDATE_VIEW,
        submit=_submit(form, foresight),
        metadata=json.dumps({"id": str(facts.id), "seen": foresight.token if foresight else ""}),
    )


def next_choice(facts: IncidentFacts) -> str | None:
    """The only status that the form can move on to, or None once resolved."""
    following = next_status(facts.status)
    return following.value if following else None


def read_update(view: dict[str, Any]) -> UpdateForm:
    """What was entered."""
    status = values.chosen(view, values.actual(view, "status"))
    return UpdateForm(
        body=values.typed(view, "body"),
        status_change=None if status == _SAME else status,
        visibility=values.chosen(view, "visibility") or Visibility.INTERNAL.value,
        seen=str(values.metadata(view).get("seen") or ""),
    )


def _submit(form: UpdateForm, foresight: PublicForesight | None) -> str:
    if foresight:
        return publish.submit_label(foresight.pages)
    return "Preview" if form.public else "Post"


def _readers(chosen: str) -> Block:
    internal = option(
        "Internal", Visibility.INTERNAL.value, "Only people in your organization read it."
    )
    public = option("Public", Visibility.PUBLIC.value, "Anybody can read it on your status pages.")
    return {
        "type": "radio_buttons",
        "action_id": ids.UPDATE_FORM,
        "options": [internal, public],
        "initial_option": public if chosen == Visibility.PUBLIC.value else internal,
    }
