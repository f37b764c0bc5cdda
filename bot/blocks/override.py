"""The form in which a shift, or a part of it, is taken or given to somebody."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.blocks import ids, values
from bot.blocks.build import (
    SECTION_MAX,
    actions,
    button,
    context,
    exact,
    field,
    menu,
    modal,
    mrkdwn,
    plain,
    section,
)
from bot.blocks.text import Block, cut_escaped, escape, name
from bot.blocks.times import both, city
from core.cover_ahead import Turn

SHIFTS_SHOWN = 7
AHEAD_SHOWN = 10


@dataclass(frozen=True)
class OverrideForm:
    """What the form holds. `person` is a Slack user id."""

    schedule_id: str | None = None
    person: str | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    changing: str | None = None
    """The id of the override that it changes; None: it makes one."""


@dataclass(frozen=True)
class Ahead:
    """An override that has not ended."""

    id: UUID
    person: str
    start_at: datetime
    end_at: datetime


def override_modal(
    form: OverrideForm,
    schedules: Sequence[tuple[str, str]],
    *,
    timezone: str,
    reader: str,
    turns: Sequence[Turn],
    trouble: str | None,
    ahead: Sequence[Ahead],
) -> dict[str, Any]:
    """The form over schedules given as (id, name), with what will be; `trouble` is why it can't.

    Its ids depend on the schedule alone: what was typed survives, and another schedule starts
    with its own shift.
    """
    key = form.schedule_id or "none"
    carried = {"schedule": form.schedule_id, "override": form.changing}
    person: Block = {"type": "users_select", "action_id": ids.OVERRIDE_FORM}
    if form.person:
        person["initial_user"] = form.person
    return modal(
        "Change an override" if form.changing else "Cover a shift",
        [
            _schedule(form, schedules),
            field("person", "Who covers", person, dispatch=True),
            field(f"start_at:{key}", "From", _instant(form.start_at), dispatch=True),
            field(
                f"end_at:{key}",
                "Until",
                _instant(form.end_at),
                dispatch=True,
                hint=f"Your own time. The schedule's clock is {city(timezone)}'s.",
            ),
            *_consequence(turns, trouble, timezone, reader),
            *([] if form.changing else _ahead(ahead, key, timezone, reader)),
        ],
        callback_id=ids.OVERRIDE_VIEW,
        submit="Change" if form.changing else "Cover",
        metadata=json.dumps(carried) if form.changing else "",
    )


def _schedule(form: OverrideForm, schedules: Sequence[tuple[str, str]]) -> Block:
    if form.changing:
        return exact(f"On {name(dict(schedules).get(form.schedule_id or ''))}")
    chosen = menu(schedules, form.schedule_id, action_id=ids.OVERRIDE_FORM)
    return field("schedule", "Schedule", chosen, dispatch=True)


def read_override(view: dict[str, Any]) -> OverrideForm:
    """What was entered, so far or in the end."""
    carried = values.metadata(view)
    schedule_id = carried.get("schedule") or values.chosen(view, "schedule")
    key = values.ending(view, "start_at:")
    return OverrideForm(
        schedule_id=schedule_id,
        person=values.person(view, "person"),
        start_at=values.instant(view, f"start_at:{key}") if key == schedule_id else None,
        end_at=values.instant(view, f"end_at:{key}") if key == schedule_id else None,
        changing=carried.get("override"),
    )


def _instant(at: datetime | None) -> Block:
    made: Block = {"type": "datetimepicker", "action_id": ids.OVERRIDE_FORM}
    return {**made, "initial_date_time": int(at.timestamp())} if at else made


def _consequence(
    turns: Sequence[Turn], trouble: str | None, timezone: str, reader: str
) -> list[Block]:
    if trouble:
        return [{**section(f"⚠️ {cut_escaped(trouble, 2_000)}"), "block_id": "consequence"}]
    if not turns:
        return []
    lines = [_turn(one, timezone, reader) for one in turns[:SHIFTS_SHOWN]]
    if left := len(turns) - SHIFTS_SHOWN:
        lines += [f"and {left:,} more"] if left > 0 else []
    while len("\n".join(lines)) > SECTION_MAX - 100:
        lines[-2:] = ["and more"]
    told = "\n".join(["*How it will be*", *lines])
    both_told = context(mrkdwn("Everybody whom it concerns gets a message about it."))
    return [{**section(told), "block_id": "consequence"}, both_told]


def _turn(one: Turn, timezone: str, reader: str) -> str:
    who = escape(name(one.person)) if one.person else "🚨 nobody"
    who = f"➡️ *{who}*" if one.is_new else who
    since = both(one.start_at, timezone, reader=reader) if one.start_at else ""
    until = both(one.end_at, timezone, reader=reader) if one.end_at else ""
    if since and until:
        return f"{who}: {since} – {until}"
    return f"{who}: {f'from {since}' if since else f'until {until}'}"


def _ahead(ahead: Sequence[Ahead], schedule_id: str, timezone: str, reader: str) -> list[Block]:
    if not ahead:
        return []
    rows: list[Block] = []
    for one in ahead[:AHEAD_SHOWN]:
        span = (
            f"{escape(name(one.person))}: {both(one.start_at, timezone, reader=reader)} – "
            f"{both(one.end_at, timezone, reader=reader)}"
        )
        change = button("Change…", ids.CHANGE_OVERRIDE, f"{schedule_id}:{one.id}")
        back = button("Take back", ids.REMOVE_OVERRIDE, str(one.id), confirm=_confirm(one))
        rows += [section(span), *actions([change, back])]
    left = len(ahead) - AHEAD_SHOWN
    more = [context(mrkdwn(f"and {left:,} more"))] if left > 0 else []
    return [exact("Overrides ahead"), *rows, *more]


def _confirm(one: Ahead) -> Block:
    return {
        "title": plain("Take this override back?"),
        "text": plain(f"{name(one.person)} no longer covers; the rotation counts again."),
        "confirm": plain("Take back"),
        "deny": plain("Keep"),
        "style": "danger",
    }
