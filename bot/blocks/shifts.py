"""How coming shifts and gaps read: in the reader's own time, with the schedule's beside it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks.build import context, plain, section
from bot.blocks.text import Block, cut_escaped, escape, moment, names, when
from core.foresight import SHIFTS_TOLD, ComingShift, Foresight
from core.staffing import Unowned

GAPS_SHOWN = 4
UNOWNED = "⚠️ *Nobody owns incidents:* the first layer has nobody."
NAME_SHOWN = 160


def on_call_now(ahead: Foresight) -> str:
    """Who is on call and until when, as mrkdwn."""
    if not ahead.on_call:
        return "🚨 *Nobody is on call.*"
    until = f" until {when(ahead.until)}" if ahead.until else ""
    said = f"🟢 On call now: *{escape(names(ahead.on_call, 5))}*{until}"
    return said if ahead.owner else f"{said}\n{UNOWNED}"


def shifts_and_gaps(ahead: Foresight, reader: ZoneInfo) -> list[Block]:
    """The shifts to come, and when nobody is on call or owns incidents."""
    blocks: list[Block] = []
    if ahead.shifts:
        more = ahead.shifts[-1].end_at if len(ahead.shifts) == SHIFTS_TOLD else None
        following = (*(one.start_at for one in ahead.shifts[1:]), more)
        lines = [
            _shift(one, next_at, ahead, reader)
            for one, next_at in zip(ahead.shifts, following, strict=True)
        ]
        blocks.append(section("\n".join(lines)))
    return [*blocks, gaps(ahead, reader)]


def gaps(ahead: Foresight, reader: ZoneInfo) -> Block:
    """When nobody owns incidents within the next thirty days, as one paragraph."""
    if not ahead.gaps:
        return context(plain("✅ No gaps in the next 30 days."))
    shown = [_gap(one, ahead, reader) for one in ahead.gaps[:GAPS_SHOWN]]
    if left := len(ahead.gaps) - len(shown):
        shown.append(f"and {left:,} more gaps in the next 30 days")
    return section("\n".join(shown))


def both(at: datetime, ahead: Foresight, reader: ZoneInfo) -> str:
    """An instant as each reads it; beside it the schedule's wall clock, or at least its weekday."""
    if _same_clocks(reader, ahead.zone, at):
        return f"{at.astimezone(ahead.zone):%a} {moment(at)}"
    return f"{moment(at)}  ·  {day_and_time(at, ahead.zone)} {place(ahead.zone)}"


def place(zone: ZoneInfo) -> str:
    """A zone in a word: its city."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def day_and_time(at: datetime, zone: ZoneInfo) -> str:
    """An instant on the wall clock of a zone: `Mon 16 Nov 09:00`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def day(at: datetime, zone: ZoneInfo) -> str:
    """The day of an instant in a zone: `Mon 16 Nov 2026`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y}"


def _shift(one: ComingShift, next_at: datetime | None, ahead: Foresight, reader: ZoneInfo) -> str:
    """A shift in a line. Where the next one begins as it ends, only its beginning is told."""
    who = f"*{cut_escaped(one.person, NAME_SHOWN)}*{' (override)' if one.overrides else ''}"
    begins = "now" if one.runs else f"from {both(one.start_at, ahead, reader)}"
    if one.end_at is None or one.end_at == next_at:
        return f"{who}  {begins}"
    if one.runs:
        return f"{who}  now, until {both(one.end_at, ahead, reader)}"
    return f"{who}  {_span(one.start_at, one.end_at, ahead, reader)}"


def _gap(gap: Unowned, ahead: Foresight, reader: ZoneInfo) -> str:
    endless = ahead.lasts_beyond(gap)
    said = "⚠️ *Nobody owns incidents*" if gap.pages_others else "🚨 *Nobody is on call*"
    also = "; the other layers are paged" if gap.pages_others else ""
    if gap.start_at <= ahead.at:
        rest = "for the next 30 days" if endless else f"until {both(gap.end_at, ahead, reader)}"
        return f"{said} now, {rest}{also}"
    if endless:
        return f"{said} from {both(gap.start_at, ahead, reader)} on{also}"
    return f"{said}  {_span(gap.start_at, gap.end_at, ahead, reader)}{also}"


def _span(start: datetime, end: datetime, ahead: Foresight, reader: ZoneInfo) -> str:
    if _same_clocks(reader, ahead.zone, start, end):
        return f"{both(start, ahead, reader)} → {both(end, ahead, reader)}"
    there = f"{day_and_time(start, ahead.zone)} → {day_and_time(end, ahead.zone)}"
    return f"{moment(start)} → {moment(end)}  ·  {there} {place(ahead.zone)}"


def _same_clocks(one: ZoneInfo, other: ZoneInfo, *instants: datetime) -> bool:
    return all(
        at.astimezone(one).utcoffset() == at.astimezone(other).utcoffset() for at in instants
    )
