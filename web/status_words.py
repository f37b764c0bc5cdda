"""PURE. Every word that a status page says of a state, and how it writes times, once for all forms.

Customers read these: none of them needs to know what a severity or a transition is.
"""

from datetime import date, datetime, timedelta

from core.public_page import (
    REMOVED,
    PublicComponent,
    PublicIncident,
    PublicStatusPage,
    PublicUpdate,
)
from storage.vocabulary import ComponentStatus, Severity, Status

BANNER = {
    ComponentStatus.OPERATIONAL: "All systems operational",
    ComponentStatus.MAINTENANCE: "All systems operational",
    ComponentStatus.DEGRADED: "Degraded performance",
    ComponentStatus.PARTIAL_OUTAGE: "Partial outage",
    ComponentStatus.MAJOR_OUTAGE: "Major outage",
}
NOTHING_LISTED = "Nothing to report"
"""What the banner says of a page on which no component is."""

COMPONENT = {
    ComponentStatus.OPERATIONAL: "Operational",
    ComponentStatus.MAINTENANCE: "Under maintenance",
    ComponentStatus.DEGRADED: "Degraded performance",
    ComponentStatus.PARTIAL_OUTAGE: "Partial outage",
    ComponentStatus.MAJOR_OUTAGE: "Major outage",
}
SEVERITY = {
    Severity.CRITICAL: "Major outage",
    Severity.HIGH: "Partial outage",
    Severity.MEDIUM: "Degraded performance",
    Severity.LOW: "Minor problem",
}
STATUS = {
    Status.INVESTIGATING: "Investigating",
    Status.IDENTIFIED: "Identified",
    Status.MONITORING: "Monitoring",
    Status.RESOLVED: "Resolved",
}
COUNTED = (
    "Uptime is the share of the last 90 days without a partial or major outage. Degraded "
    "performance and maintenance don't count as an outage. Days are in UTC."
)
_MINUTES_A_DAY = 24 * 60
_UNBROKEN = "\N{NO-BREAK SPACE}"


def banner(page: PublicStatusPage) -> str:
    """The page in a word or two."""
    return BANNER[page.banner] if page.components else NOTHING_LISTED


def uptime(component: PublicComponent) -> str:
    """`99.98 % over 90 days`, or over fewer if it is newer. Never rounded up to 100 %."""
    known = sum(one.worst is not None for one in component.days)
    if component.uptime is None or not known:
        return "No data yet"
    if component.uptime >= 1:
        hundredths = 10_000
    else:  # what a float lacks of 0.9997 does not make it 99.96 %
        hundredths = min(int(component.uptime * 10_000 + 1e-6), 9_999)
    said = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
    return f"{said}{_UNBROKEN}% {'today' if known == 1 else f'over {known} days'}"


def duration(length: timedelta) -> str:
    """How long something took, in its two largest units, never broken: `2 h 5 min`."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    days, rest = divmod(minutes, _MINUTES_A_DAY)
    hours, rest = divmod(rest, 60)
    units = [(days, "day" if days == 1 else "days"), (hours, "h"), (rest, "min")]
    said = [f"{count}{_UNBROKEN}{unit}" for count, unit in units if count]
    return _UNBROKEN.join(said[:2])


def moment(at: datetime) -> str:
    """An instant for people: `18 Nov 2026, 12:05 UTC`."""
    return f"{day(at.date())}, {at:%H:%M} UTC"


def instant(at: datetime) -> str:
    """An instant for programs: `2026-11-18T12:05:00.000Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def day(on: date) -> str:
    """A day for people: `18 Nov 2026`."""
    return f"{on.day} {on:%b %Y}"


def month(on: date) -> str:
    """A month for people: `November 2026`."""
    return f"{on:%B %Y}"


def heading(update: PublicUpdate) -> str:
    """What an entry is: the step that it took, or that it is an update."""
    return STATUS[update.status_change] if update.status_change else "Update"


def text(update: PublicUpdate) -> str | None:
    """What stands in an entry's slot; None for a bare transition."""
    return REMOVED if update.is_removed else update.body


def excerpt(incident: PublicIncident, length: int) -> str:
    """The beginning of the last text that customers were told, on one line; may be empty."""
    said = next((one.body for one in incident.updates if one.body), "")
    line = " ".join(said.split())
    if len(line) <= length:
        return line
    cut = line[:length]
    return f"{cut.rpartition(' ')[0] or cut}…"
