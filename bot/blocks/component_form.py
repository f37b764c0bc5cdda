"""The form of a component, and the small one in which an admin says how it is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.blocks import ids, values, words
from bot.blocks.build import context, exact, field, modal, option, plain, text_input
from bot.blocks.text import cut, name, names
from core.component_facts import ComponentFacts
from core.components import ComponentDraft
from storage.limits import COMPONENT_DESCRIPTION_MAX, COMPONENT_NAME_MAX, GROUP_LABEL_MAX
from storage.vocabulary import ComponentStatus

GROUPS_SHOWN = 10
AS_INCIDENTS_SAY = "incidents"
_MEANING = {
    ComponentStatus.OPERATIONAL: "Whatever the incidents say",
    ComponentStatus.MAINTENANCE: "You work on it; that is no outage",
    ComponentStatus.DEGRADED: "It works, but slowly or not always",
    ComponentStatus.PARTIAL_OUTAGE: "A part of it does not work",
    ComponentStatus.MAJOR_OUTAGE: "It does not work",
}


@dataclass(frozen=True)
class ComponentForm:
    """What the form holds, and what it carries along."""

    component_id: UUID
    is_new: bool
    seen: str
    over_list: int | None
    name: str = ""
    group_label: str = ""
    description: str = ""

    @property
    def draft(self) -> ComponentDraft:
        """The component that is asked for."""
        return ComponentDraft(
            self.name.strip(), self.description.strip() or None, self.group_label.strip() or None
        )


@dataclass(frozen=True)
class StatusForm:
    """What the small form holds, and what it carries along."""

    component_id: UUID
    seen: str
    over_list: int | None
    override: ComponentStatus | None


def component_modal(form: ComponentForm, groups: Sequence[str]) -> dict[str, Any]:
    """The form; its hint names the groups that there are."""
    in_use = f" In use: {names(groups, GROUPS_SHOWN)}." if groups else ""
    return modal(
        "New component" if form.is_new else "Edit component",
        [
            field(
                "name",
                "Name",
                text_input(form.name, COMPONENT_NAME_MAX, placeholder=plain("Checkout")),
                hint="What customers call it. Status pages show it.",
            ),
            field(
                "group_label",
                "Group",
                text_input(form.group_label, GROUP_LABEL_MAX),
                hint=f"Components of one group stand together.{in_use}",
                optional=True,
            ),
            field(
                "description",
                "Description",
                text_input(form.description, COMPONENT_DESCRIPTION_MAX, multiline=True),
                hint="Status pages show it beside the name.",
                optional=True,
            ),
        ],
        callback_id=ids.COMPONENT_FORM_VIEW,
        submit="Create" if form.is_new else "Save",
        metadata=json.dumps(
            {
                "id": form.component_id.hex,
                "new": int(form.is_new),
                "seen": form.seen,
                "list": form.over_list,
            }
        ),
    )


def read_component(view: dict[str, Any]) -> ComponentForm:
    """What was entered."""
    carried = values.metadata(view)
    return ComponentForm(
        component_id=UUID(carried["id"]),
        is_new=bool(carried["new"]),
        seen=str(carried["seen"]),
        over_list=carried["list"],
        name=values.typed(view, "name"),
        group_label=values.typed(view, "group_label"),
        description=values.typed(view, "description"),
    )


def status_modal(facts: ComponentFacts, *, over_list: int | None) -> dict[str, Any]:
    """The form in which an admin says how a component is, or lets the incidents say it."""
    said = words.component_status(facts.by_incidents)
    options = [
        option("As the incidents say", AS_INCIDENTS_SAY, f"Now: {said}"),
        *(
            option(words.component_status(one), one.value, meaning)
            for one, meaning in _MEANING.items()
        ),
    ]
    chosen = facts.override.value if facts.override else AS_INCIDENTS_SAY
    initial = next(one for one in options if one["value"] == chosen)
    public = [name(one.title) for one in facts.pages if one.published]
    shown = (
        f"{names(public)} shows it at once."
        if len(public) == 1
        else (
            f"{names(public)} show it at once." if public else "No published status page shows it."
        )
    )
    return modal(
        "Set status",
        [
            exact(f"How “{cut(facts.draft.name, 120)}” is, until you change it again."),
            field(
                "status",
                "Status",
                {"type": "radio_buttons", "options": options, "initial_option": initial},
            ),
            context(plain(shown)),
        ],
        callback_id=ids.COMPONENT_STATUS_VIEW,
        submit="Set",
        metadata=json.dumps({"id": facts.id.hex, "seen": facts.override_seen, "list": over_list}),
    )


def read_status(view: dict[str, Any]) -> StatusForm:
    """What was chosen."""
    carried = values.metadata(view)
    chosen = values.chosen(view, "status") or AS_INCIDENTS_SAY
    return StatusForm(
        component_id=UUID(carried["id"]),
        seen=str(carried["seen"]),
        over_list=carried["list"],
        override=None if chosen == AS_INCIDENTS_SAY else ComponentStatus(chosen),
    )
