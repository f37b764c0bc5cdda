"""The form of a policy's details, and the form of one of its layers with what it would lead to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.blocks import ids, values
from bot.blocks.build import context, exact, field, menu, modal, option, plain, section, text_input
from bot.blocks.declare import TYPED_MAX
from bot.blocks.people_field import Chosen, people_field, read_order, token_of, turns
from bot.blocks.policies import RUNNING_KEEP, if_declared_now
from bot.blocks.text import Block, cut, name
from core.durations import say_minutes
from core.policy_facts import EscalationLayerFacts
from core.preview import Preview
from storage.limits import NAME_MAX
from storage.vocabulary import TargetType

TIMEOUT_TYPED_MAX = 30


@dataclass(frozen=True)
class PolicyForm:
    """What the form of the details holds, and what it carries along."""

    policy_id: UUID
    is_new: bool
    seen: str
    over_list: int | None
    name: str = ""
    description: str = ""


@dataclass(frozen=True)
class LayerForm:
    """What the form of a layer holds, and what it carries along."""

    policy_id: UUID
    layer_id: UUID
    is_new: bool
    seen: str
    over_list: int | None
    target: str = TargetType.SCHEDULE.value
    schedule_id: str | None = None
    order: tuple[str, ...] = ()
    revision: int = 0
    timeout: str = "5 min"

    @property
    def pages_people(self) -> bool:
        """Whether it pages people by name, and not a schedule."""
        return self.target == TargetType.USERS.value


def policy_modal(form: PolicyForm) -> dict[str, Any]:
    """The form of the details."""
    description = text_input(form.description, TYPED_MAX, multiline=True)
    return modal(
        "New policy" if form.is_new else "Edit policy",
        [
            field("name", "Name", text_input(form.name, NAME_MAX, placeholder=plain("Payments"))),
            field("description", "Description", description, optional=True),
        ],
        callback_id=ids.POLICY_FORM_VIEW,
        submit="Create" if form.is_new else "Save",
        metadata=_packed(
            id=form.policy_id.hex, new=int(form.is_new), seen=form.seen, list=form.over_list
        ),
    )


def read_policy(view: dict[str, Any]) -> PolicyForm:
    """What was entered."""
    carried = values.metadata(view)
    return PolicyForm(
        policy_id=UUID(carried["id"]),
        is_new=bool(carried["new"]),
        seen=str(carried["seen"]),
        over_list=carried["list"],
        name=values.typed(view, "name"),
        description=values.typed(view, "description"),
    )


def form_of(policy_id: UUID, layer: EscalationLayerFacts, over_list: int | None) -> LayerForm:
    """The form of a layer that is there. Somebody who left is not taken over."""
    draft = layer.draft
    return LayerForm(
        policy_id=policy_id,
        layer_id=layer.id,
        is_new=False,
        seen=layer.seen,
        over_list=over_list,
        target=(TargetType.SCHEDULE if draft.schedule_id else TargetType.USERS).value,
        schedule_id=str(draft.schedule_id) if draft.schedule_id else None,
        order=tuple(token_of(one.id, one.slack_user_id) for one in layer.people),
        timeout=say_minutes(draft.ack_timeout_minutes),
    )


def layer_modal(
    form: LayerForm,
    policy: str,
    schedules: Sequence[tuple[UUID, str]],
    known: Mapping[str, Chosen],
    told: Preview | str | None,
) -> dict[str, Any]:
    """The form of a layer; `told` is what it would lead to, or why it can't be."""
    return modal(
        "Add layer" if form.is_new else "Edit layer",
        [
            context(plain(cut(name(policy), 80))),
            *_whom(form, schedules, known),
            field(
                "timeout",
                "Wait for an acknowledgement",
                text_input(
                    form.timeout, TIMEOUT_TYPED_MAX, action_id=f"{ids.ESCALATION_FORM}:timeout"
                ),
                hint="Such as 5 min, 2 h or 1 day, up to 7 days. Then the next layer is paged.",
                dispatch=True,
            ),
            {"type": "divider", "block_id": "before_consequence"},
            *_told(told),
            context(plain(RUNNING_KEEP)),
        ],
        callback_id=ids.ESCALATION_FORM_VIEW,
        submit="Add" if form.is_new else "Save",
        metadata=_packed(
            id=form.policy_id.hex,
            layer=form.layer_id.hex,
            new=int(form.is_new),
            seen=form.seen,
            list=form.over_list,
            order=" ".join(form.order),
            revision=form.revision,
            schedule=form.schedule_id,
        ),
    )


def read_layer(view: dict[str, Any]) -> LayerForm:
    """What was entered, so far or in the end; what is not shown now is as it was."""
    carried = values.metadata(view)
    order = tuple(str(carried["order"]).split())
    shows_people = values.actual(view, "people") in _blocks(view)
    return LayerForm(
        policy_id=UUID(carried["id"]),
        layer_id=UUID(carried["layer"]),
        is_new=bool(carried["new"]),
        seen=str(carried["seen"]),
        over_list=carried["list"],
        target=values.chosen(view, "target") or TargetType.USERS.value,
        schedule_id=values.chosen(view, "schedule") or carried["schedule"],
        order=read_order(view, order) if shows_people else order,
        revision=int(carried["revision"]),
        timeout=values.typed(view, "timeout"),
    )


def _whom(
    form: LayerForm, schedules: Sequence[tuple[UUID, str]], known: Mapping[str, Chosen]
) -> list[Block]:
    people = [
        people_field(
            "People",
            "They are all paged at once.",
            form.order,
            ids.ESCALATION_FORM,
            revision=form.revision,
        ),
        *turns(form.order, known, ids.ESCALATION_PEOPLE, ordered=False),
    ]
    if not schedules:
        return people
    kinds = {
        one.value: option(label, one.value)
        for one, label in (
            (TargetType.SCHEDULE, "Whoever is on call for a schedule"),
            (TargetType.USERS, "People by name"),
        )
    }
    radio: Block = {
        "type": "radio_buttons",
        "action_id": f"{ids.ESCALATION_FORM}:target",
        "options": list(kinds.values()),
        "initial_option": kinds[form.target],
    }
    schedule = menu(
        [(str(id), label) for id, label in schedules],
        form.schedule_id,
        action_id=f"{ids.ESCALATION_FORM}:schedule",
        placeholder=plain("Choose a schedule"),
    )
    chosen = people if form.pages_people else [field("schedule", "Schedule", schedule,
                                                     dispatch=True)]  # fmt: skip
    return [field("target", "Pages", radio, dispatch=True), *chosen]


def _told(told: Preview | str | None) -> list[Block]:
    if told is None:
        return [context(plain("Choose whom to page, and read here who that is now."))]
    return [exact(f"⚠️ {told}") if isinstance(told, str) else section(if_declared_now(told))]


def _blocks(view: dict[str, Any]) -> list[str]:
    return [str(block.get("block_id")) for block in view.get("blocks", ())]


def _packed(**carried: Any) -> str:
    return json.dumps(carried, separators=(",", ":"))
