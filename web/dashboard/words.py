"""PURE. How the dashboard writes what is the same on every page: words, and instants."""

from datetime import UTC, datetime, timedelta

from storage.vocabulary import EscalationState, Severity, Status

SEVERITY = {one: one.value.capitalize() for one in Severity}
STATUS = {one: one.value.capitalize() for one in Status}
ESCALATION = {
    EscalationState.IDLE: "No policy",
    EscalationState.WAITING: "Waiting for an acknowledgement",
    EscalationState.ACKNOWLEDGED: "Acknowledged",
    EscalationState.EXHAUSTED: "Exhausted",
    EscalationState.STOPPED: "Stopped",
}


def iso(instant: datetime) -> str:
    """For a `<time>` that the script writes in its reader's zone."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc(instant: datetime) -> str:
    """For whoever reads it without a script: 21 Nov 2026, 09:30 UTC."""
    return f"{instant.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def length(span: timedelta) -> str:
    """A span in its two largest units: 3 d 4 h, 5 min 20 s."""
    seconds = max(int(span.total_seconds()), 0)
    parts: list[str] = []
    for name, each in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, each)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
