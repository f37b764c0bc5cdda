"""The form of a rotation layer, and below it what it would lead to: the next shifts, the gaps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.blocks import ids, values
from bot.blocks.build import context, exact, field, menu, modal, mrkdwn, plain, section, text_input
from bot.blocks.people_field import Chosen, people_field, read_order, token_of, turns
from bot.blocks.shifts import shifts_and_gaps
from bot.blocks.text import Block, cut, escape, name, names
from core.errors import ValidationFailed
from core.foresight import Foresight
from core.layer_terms import LayerTerms
from core.schedule_facts import LayerFacts
from storage.limits import NAME_MAX, ROTATION_LENGTH_DAYS_MAX
from storage.vocabulary import RotationType

_LENGTHS = {
    RotationType.DAILY.value: "A day",
    RotationType.WEEKLY.value: "A week",
    RotationType.CUSTOM.value: "Another number of days",
}
_DAYS = {RotationType.DAILY.value: 1, RotationType.WEEKLY.value: 7}


@dataclass(frozen=True)
class RotationForm:
    """What the form holds, and what it carries along."""

    schedule_id: UUID
    layer_id: UUID
    is_new: bool
    seen: str
    over_list: int | None
    name: str = ""
    order: tuple[str, ...] = ()
    revision: int = 0
    rotation_type: str = RotationType.WEEKLY.value
    days: str = ""
    handoff: str = "09:00"
    first_day: str = ""
    last_day: str | None = None

    def terms(self, participant_ids: Sequence[UUID]) -> LayerTerms:
        """What was agreed on, with these people. Raises ValidationFailed for a lack of days."""
        written = self.days.strip()
        days = _DAYS.get(self.rotation_type) or (int(written) if written.isdecimal() else 0)
        if not 1 <= days <= ROTATION_LENGTH_DAYS_MAX:
            raise ValidationFailed(
                f"A shift lasts 1 to {ROTATION_LENGTH_DAYS_MAX} days.", field="length_days"
            )
        return LayerTerms(
            name=self.name,
            rotation_type=RotationType(self.rotation_type),
            length_days=days,
            handoff=time.fromisoformat(self.handoff),
            first_day=date.fromisoformat(self.first_day),
            last_day=date.fromisoformat(self.last_day) if self.last_day else None,
            participant_ids=tuple(participant_ids),
        )


@dataclass(frozen=True)
class Consequence:
    """What the layer would lead to: who is on call before and after, or why it can't be."""

    before: tuple[str, ...] = ()
    after: Foresight | None = None
    refusal: str | None = None


def form_of(schedule_id: UUID, layer: LayerFacts, over_list: int | None) -> RotationForm:
    """The form of a layer that is there."""
    terms = layer.terms
    return RotationForm(
        schedule_id=schedule_id,
        layer_id=layer.id,
        is_new=False,
        seen=layer.seen,
        over_list=over_list,
        name=terms.name,
        order=tuple(
            token_of(one.person.id, one.person.slack_user_id, left=one.left) for one in layer.people
        ),
        rotation_type=terms.rotation_type.value,
        days=str(terms.length_days),
        handoff=f"{terms.handoff:%H:%M}",
        first_day=terms.first_day.isoformat(),
        last_day=terms.last_day.isoformat() if terms.last_day else None,
    )


def rotation_modal(
    form: RotationForm,
    schedule: str,
    zone: ZoneInfo,
    reader: ZoneInfo,
    known: Mapping[str, Chosen],
    consequence: Consequence,
) -> dict[str, Any]:
    """The form. Its ids never change, so what was typed survives when the rest is told anew."""
    place = zone.key.replace("_", " ")
    return modal(
        "Add rotation layer" if form.is_new else "Edit rotation layer",
        [
            context(plain(f"{cut(name(schedule), 80)}  ·  times are those of {place}")),
            field("name", "Name", text_input(form.name, NAME_MAX)),
            people_field(
                "Who takes turns",
                "They take turns in the order below. The ⋯ beside a name moves it."
                if len(form.order) > 1
                else "In the order in which you choose them; you can change it afterwards.",
                form.order,
                ids.ROTATION_FORM,
                revision=form.revision,
            ),
            *turns(form.order, known, ids.ROTATION_PEOPLE),
            *_times(form, zone),
            {"type": "divider", "block_id": "before_consequence"},
            *_told(form, consequence, reader),
        ],
        callback_id=ids.ROTATION_FORM_VIEW,
        submit="Add" if form.is_new else "Save",
        metadata=_metadata(form),
    )


def read_rotation(view: dict[str, Any]) -> RotationForm:
    """What was entered, so far or in the end."""
    carried = values.metadata(view)
    return RotationForm(
        schedule_id=UUID(carried["id"]),
        layer_id=UUID(carried["layer"]),
        is_new=bool(carried["new"]),
        seen=str(carried["seen"]),
        over_list=carried["list"],
        name=values.typed(view, "name"),
        order=read_order(view, carried["order"].split()),
        revision=int(carried["revision"]),
        rotation_type=values.chosen(view, "length") or RotationType.WEEKLY.value,
        days=values.typed(view, "days") or str(carried["days"]),
        handoff=values.clock(view, "handoff") or "09:00",
        first_day=values.day(view, "first_day") or str(carried["first"]),
        last_day=values.day(view, "last_day"),
    )


def consequence_blocks(consequence: Consequence, reader: ZoneInfo) -> list[Block]:
    """What would come of it: who is on call at once, the next shifts, the gaps."""
    if consequence.refusal:
        return [exact(f"⚠️ {consequence.refusal}")]
    if consequence.after is None:
        return []
    return [
        section(_at_once(consequence.before, consequence.after.on_call)),
        *shifts_and_gaps(consequence.after, reader),
    ]


def _metadata(form: RotationForm) -> str:
    carried = {
        "id": form.schedule_id.hex,
        "layer": form.layer_id.hex,
        "new": int(form.is_new),
        "seen": form.seen,
        "list": form.over_list,
        "order": " ".join(form.order),
        "revision": form.revision,
        "days": form.days,
        "first": form.first_day,
    }
    return json.dumps(carried, separators=(",", ":"))


def _times(form: RotationForm, zone: ZoneInfo) -> list[Block]:
    place = zone.key.rpartition("/")[2].replace("_", " ")

    def heard(kind: str, name: str, **more: Any) -> Block:
        return {"type": kind, "action_id": f"{ids.ROTATION_FORM}:{name}", **more}

    length = menu(list(_LENGTHS.items()), form.rotation_type,
                  action_id=f"{ids.ROTATION_FORM}:length")  # fmt: skip
    as_typed = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}
    days = heard("plain_text_input", "days", max_length=3, dispatch_action_config=as_typed)
    if form.days:
        days["initial_value"] = form.days
    last = {"initial_date": form.last_day} if form.last_day else {}
    blocks = [field("length", "A shift lasts", length, dispatch=True)]
    if form.rotation_type == RotationType.CUSTOM.value:
        hint = f"1 to {ROTATION_LENGTH_DAYS_MAX}."
        blocks.append(field("days", "Days in a shift", days, hint=hint, dispatch=True))
    return [
        *blocks,
        field(
            "handoff",
            f"Handoff at ({place} time)",
            heard("timepicker", "handoff", initial_time=form.handoff),
            dispatch=True,
        ),
        field(
            "first_day",
            "First shift begins on",
            heard("datepicker", "first_day", initial_date=form.first_day),
            hint="At the handoff time. In a weekly rotation, handoffs stay on this weekday.",
            dispatch=True,
        ),
        field(
            "last_day",
            "Ends on",
            heard("datepicker", "last_day", placeholder=plain("Never"), **last),
            hint="At the handoff time of that day. Leave it empty to go on for ever.",
            optional=True,
            dispatch=True,
        ),
    ]


def _told(form: RotationForm, consequence: Consequence, reader: ZoneInfo) -> list[Block]:
    if not form.order:
        told = [context(plain("Choose people, and read here who will be on call when."))]
    else:
        told = consequence_blocks(consequence, reader)
    title = context(mrkdwn("*If you save this*" if not form.is_new else "*If you add this*"))
    return [title, *told] if form.order else told


def _at_once(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Who is on call now by the draft and was not before, the owner first among them."""
    came, went = ([one for one in these if one not in those]
                  for these, those in ((after, before), (before, after)))  # fmt: skip
    new, old = (f"*{escape(names(one, 5))}*" for one in (came, went))
    are = "is" if len(came) == 1 else "are"
    if not after:
        return f"🚨 *Nobody is on call* at once, instead of {old}." if old != "*nobody*" else (
            "Nobody is on call now.")  # fmt: skip
    if came and went:
        return f"⚠️ At once {new} {are} on call instead of {old}."
    if came:
        return f"At once {new} {are} on call{', too' if before else ''}."
    if went:
        return f"⚠️ At once {old} {'is' if len(went) == 1 else 'are'} no longer on call."
    if before[0] != after[0]:
        first, second = (f"*{escape(name(one))}*" for one in (after[0], before[0]))
        return f"⚠️ At once {first} owns new incidents instead of {second}."
    return f"*{escape(names(after, 5))}* {'stays' if len(after) == 1 else 'stay'} on call now."
