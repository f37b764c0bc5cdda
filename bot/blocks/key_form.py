"""The form of a new API key: its name, what it may do, and how long."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.blocks import ids, values
from bot.blocks.build import field, menu, modal, plain, text_input
from bot.blocks.text import Block
from bot.blocks.times import city
from core import key_ends
from core.key_ends import ENDS, LAST_DAY, NEVER
from storage.limits import NAME_MAX
from storage.vocabulary import Role

_ROLES = {Role.MEMBER: "Member", Role.ADMIN: "Admin"}


@dataclass(frozen=True)
class KeyForm:
    """What the form holds, and what it carries along."""

    key_id: UUID
    over_list: int | None
    name: str = ""
    role: Role = Role.MEMBER
    end: str = NEVER
    last_day: str | None = None

    def expires_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the key that is asked for expires; a last day ends on its maker's own clock.

        Raises ValidationFailed.
        """
        return key_ends.expires_at(self.end, self.last_day, now, zone)


def key_modal(form: KeyForm, timezone: str) -> dict[str, Any]:
    """The form, for a maker in this time zone. Its ids never change, so what was typed survives."""
    roles = [(role.value, label) for role, label in _ROLES.items()]
    return modal(
        "New API key",
        [
            field(
                "name",
                "Name",
                text_input(form.name, NAME_MAX, placeholder=plain("Deploys")),
                hint="What uses it. The audit trail names it.",
            ),
            field(
                "role",
                "Role",
                menu(roles, form.role.value),
                hint="An admin's key may do everything, even make other keys.",
            ),
            field(
                "end",
                "Expires",
                menu(list(ENDS.items()), form.end, action_id=f"{ids.KEY_FORM}:end"),
                dispatch=True,
            ),
            *([_last_day(form, timezone)] if form.end == LAST_DAY else []),
        ],
        callback_id=ids.KEY_FORM_VIEW,
        submit="Create",
        metadata=json.dumps({"id": form.key_id.hex, "list": form.over_list}),
    )


def read_key(view: dict[str, Any]) -> KeyForm:
    """What was entered, so far or in the end."""
    carried = values.metadata(view)
    return KeyForm(
        key_id=UUID(carried["id"]),
        over_list=carried["list"],
        name=values.typed(view, "name"),
        role=Role(values.chosen(view, "role") or Role.MEMBER),
        end=values.chosen(view, "end") or NEVER,
        last_day=values.day(view, "last_day"),
    )


def _last_day(form: KeyForm, timezone: str) -> Block:
    element: Block = {"type": "datepicker"}
    if form.last_day:
        element["initial_date"] = form.last_day
    hint = f"It works until the end of that day, on your clock ({city(timezone)})."
    return field("last_day", "Last day", element, hint=hint)
