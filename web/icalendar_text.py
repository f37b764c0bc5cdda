"""PURE. A calendar as RFC 5545 text, which Google, Apple and Outlook read alike.

Every event is an instant in UTC to an instant in UTC, so no reader reckons with clock changes.
"""

import re
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import icalendar

from core.calendar_events import ShiftEvent
from core.calendars import Calendar

REFRESH = timedelta(hours=1)
"""How often a reader is asked to look again. Google takes its own time, up to a day."""

_KEPT_OUT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What iCalendar can't hold: control characters, but for a line's end."""
_STAMP = re.compile(rb"\r\nDTSTAMP:[^\r]*")


def render(calendar: Calendar) -> bytes:
    """The text, in UTF-8, with CRLF and lines folded at 75 octets."""
    shown = icalendar.Calendar()
    shown.add("version", "2.0")
    shown.add("prodid", "-//Tocsin//On call//EN")
    shown.add("calscale", "GREGORIAN")
    shown.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        shown.add(name, icalendar.vText(_plain(calendar.name)))  # the library knows neither
    shown.add("x-wr-timezone", calendar.timezone)
    shown.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    shown.add("x-published-ttl", icalendar.vDuration(REFRESH))
    for event in calendar.events:
        shown.add_component(_event(event, calendar))
    return bytes(shown.to_ical())


def without_stamps(text: bytes) -> bytes:
    """The text without when it was written: the same as long as it says the same."""
    return _STAMP.sub(b"", text)


def _event(event: ShiftEvent, calendar: Calendar) -> icalendar.Event:
    shown = icalendar.Event()
    whose = "person" if calendar.member else "schedule"
    shown.add("uid", str(uuid5(NAMESPACE_URL, f"tocsin:{whose}:{event.key}")))
    shown.add("dtstamp", calendar.at)
    shown.add("dtstart", event.start_at)
    shown.add("dtend", event.end_at)
    shown.add("summary", _plain(_summary(event, of_person=calendar.member is not None)))
    shown.add("description", _plain(_description(event)))
    # Being on call is no appointment: who is may still be invited to a meeting.
    shown.add("transp", "TRANSPARENT")
    shown.add("x-microsoft-cdo-busystatus", "FREE")
    return shown


def _summary(event: ShiftEvent, *, of_person: bool) -> str:
    where = event.schedule
    if event.position and event.layer:
        where = f"{event.schedule}, {event.layer}"
    if event.person is None:
        nobody = "Nobody owns incidents" if event.pages_others else "Nobody is on call"
        return f"{nobody} ({event.schedule})"
    return f"On call: {where}" if of_person else f"{event.person} ({where})"


def _description(event: ShiftEvent) -> str:
    since, until = (_local(at, event.timezone) for at in (event.start_at, event.end_at))
    return f"{_why(event)}\n{since} to {until} ({event.timezone.key})"


def _why(event: ShiftEvent) -> str:
    if event.person is None and event.pages_others:
        return f"The first layer of {event.schedule} has nobody in this time. Others are paged."
    if event.person is None:
        return f"No layer and no override of {event.schedule} has anybody in this time."
    if not event.is_override:
        return f"Rotation layer {event.layer} of {event.schedule}."
    instead = f", instead of {', '.join(event.stands_in_for)}" if event.stands_in_for else ""
    return f"Override on {event.schedule}{instead}."


def _local(at: datetime, zone: ZoneInfo) -> str:
    """An instant on the wall clock: `Mon 2 Nov 2026 09:00 UTC+01:00`."""
    local = at.astimezone(zone)
    offset = local.isoformat()[-6:]
    return f"{local:%a} {local.day} {local:%b %Y %H:%M} UTC{offset}"


def _plain(text: str) -> str:
    return _KEPT_OUT.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
