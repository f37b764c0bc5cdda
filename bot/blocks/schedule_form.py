"""The form of a schedule's details: what it is called, and where it is."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.blocks import ids, values
from bot.blocks.build import field, modal, option, plain, text_input
from bot.blocks.declare import TYPED_MAX
from bot.blocks.rotation_form import Consequence, consequence_blocks
from bot.blocks.text import Block
from core.timezones import Zone
from storage.limits import NAME_MAX


@dataclass(frozen=True)
class ScheduleForm:
    """What the form holds, and what it carries along."""

    schedule_id: UUID
    is_new: bool
    seen: str
    over_list: int | None
    name: str = ""
    timezone: str | None = None
    description: str = ""


def schedule_modal(
    form: ScheduleForm,
    zone: Zone | None,
    reader: ZoneInfo,
    consequence: Consequence | None = None,
) -> dict[str, Any]:
    """The form; for a schedule that has layers, with what another zone would lead to."""
    chosen: Block = {
        "type": "external_select",
        "action_id": f"{ids.SCHEDULE_FORM}:timezone",
        "min_query_length": 0,
        "placeholder": plain("Type a city or a country"),
    }
    if zone:
        chosen["initial_option"] = zone_option(zone)
    told = consequence_blocks(consequence, reader) if consequence else []
    return modal(
        "New schedule" if form.is_new else "Edit schedule",
        [
            field(
                "name",
                "Name",
                text_input(form.name, NAME_MAX, placeholder=plain("Payments")),
            ),
            field(
                "timezone",
                "Time zone",
                chosen,
                hint="Shifts are handed over by the clock of this place. Type a city, a country, "
                "CET or UTC+2.",
                dispatch=True,
            ),
            field(
                "description",
                "Description",
                text_input(form.description, TYPED_MAX, multiline=True),
                optional=True,
            ),
            *([{"type": "divider", "block_id": "before_consequence"}] if told else []),
            *told,
        ],
        callback_id=ids.SCHEDULE_FORM_VIEW,
        submit="Create" if form.is_new else "Save",
        metadata=json.dumps(
            {
                "id": form.schedule_id.hex,
                "new": int(form.is_new),
                "seen": form.seen,
                "list": form.over_list,
            }
        ),
    )


def read_schedule(view: dict[str, Any]) -> ScheduleForm:
    """What was entered, so far or in the end."""
    carried = values.metadata(view)
    return ScheduleForm(
        schedule_id=UUID(carried["id"]),
        is_new=bool(carried["new"]),
        seen=str(carried["seen"]),
        over_list=carried["list"],
        name=values.typed(view, "name"),
        timezone=values.chosen(view, "timezone"),
        description=values.typed(view, "description"),
    )


def zone_option(zone: Zone) -> Block:
    """A time zone as the menu offers it."""
    return option(zone.label, zone.name, zone.note or None)
