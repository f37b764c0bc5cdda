"""Who is on call, why, and until when: on the reader's clock, with the schedule's beside it."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, mrkdwn, section
from bot.blocks.lists import fitting, more
from bot.blocks.shifts import UNOWNED
from bot.blocks.text import Block, Rendered, escape, fallback, name, names, when
from bot.blocks.times import both
from core.targets import OnDuty, Target, Why

SCHEDULES_SHOWN = 40
PEOPLE_SHOWN = 8
_LAST_YEAR_MEANT = 9000
NO_SCHEDULES = "There are no schedules yet. Make the first one: it takes a minute."


def on_call(
    schedules: Sequence[OnDuty], *, at: datetime | None, reader: str | None = None
) -> Rendered:
    """Who is on call at an instant (None: now), and until when; `reader` is the reader's zone."""
    if not schedules:
        new = actions([button("New schedule", ids.SCHEDULE_NEW, "new", style="primary")])
        return Rendered(NO_SCHEDULES, [exact(NO_SCHEDULES), *new])
    told = "; ".join(
        f"{name(one.schedule)}: {names([who.person.name for who in one.people])}"
        for one in schedules[:8]
    )
    title = f"*On call {when(at)}*" if at else "*On call now*"
    heading = f"On call at {at:%Y-%m-%d %H:%M} UTC" if at else "On call now"
    rows = fitting([on_call_row(one, reader, at=at) for one in schedules[:SCHEDULES_SHOWN]])
    return Rendered(
        fallback(f"{heading}: {told}"),
        [section(title), *rows, *more(len(schedules) - len(rows)), *_ways_on(schedules)],
    )


def on_call_row(one: OnDuty, reader: str | None = None, *, at: datetime | None = None) -> Block:
    """A schedule, and who answers for it, why and until when, with a button to take it over.

    Of another instant than now (`at`) it takes over the shift that runs then.
    """
    title = f"*{escape(name(one.schedule))}*"
    if not one.people:
        again = f" until {both(one.until, one.timezone, reader=reader)}" if one.until else ""
        block = section(f"{title}\n🚨 Nobody is on call{again}.")
    else:
        lines = [_line(one, who, reader) for who in one.people[:PEOPLE_SHOWN]]
        while len("\n".join(lines)) > 2_400:
            lines.pop()
        if left := len(one.people) - len(lines):
            lines.append(f"and {left:,} more")
        if not one.is_owned:
            lines.append(UNOWNED)
        block = section("\n".join([title, *lines]))
    return {**block, "accessory": button("Cover…", ids.COVER, _what_to_cover(one, at))}


def _what_to_cover(one: OnDuty, at: datetime | None) -> str:
    until = one.people[0].why.until if one.people else one.until
    if at is None or until is None or until.year >= _LAST_YEAR_MEANT:
        return str(one.schedule_id)
    return f"{one.schedule_id}:{int(at.timestamp())}:{int(until.timestamp())}"


def reason(why: Why) -> str:
    """Why somebody is on call, in a few words that are not escaped."""
    if why.by_override:
        instead = f" for {name(why.overriding)}" if why.overriding else ""
        return f"covering{instead}"
    return name(why.rotation_layer) if why.rotation_layer else ""


def _line(one: OnDuty, who: Target, reader: str | None) -> str:
    why = who.why
    endless = why.until is None or why.until.year >= _LAST_YEAR_MEANT
    until = "" if endless else f" until {both(why.until, one.timezone, reader=reader)}"  # type: ignore[arg-type]  # not None here
    because = reason(why)
    return f"{escape(name(who.person.name))}{until}{f' · {escape(because)}' if because else ''}"


def _ways_on(schedules: Sequence[OnDuty]) -> list[Block]:
    hint = "“Cover…” takes a shift or a part of it, or gives it to somebody."
    return [context(mrkdwn(hint))] if schedules else []
