"""PURE. What the dashboard says of a page that was sent, and of an event of the audit trail."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from core.receipts import Attempt, PageReceipt
from core.targets import Why
from storage.vocabulary import AuditType, DeliveryState, Surface
from web.dashboard import words
from web.dashboard.incident_words import CHANNEL

STATE = {
    DeliveryState.PENDING: ("waiting", "Being sent"),
    DeliveryState.SENT: ("paged", "Sent"),
    DeliveryState.SUPERSEDED: ("stopped", "Not needed"),
    DeliveryState.FAILED: ("failed", "Not reached"),
}
OUTCOME = {
    "sent": "Sent",
    "found": "An earlier try had arrived",
    "superseded": "Not needed any more",
    "failed": "Failed",
    "unknown": "Unknown: looked up before it is tried again",
}
SURFACE = {
    Surface.SLACK: "Slack",
    Surface.DASHBOARD: "the dashboard",
    Surface.API: "the API",
    Surface.MCP: "MCP",
    Surface.MAIL: "e-mail",
    Surface.SYSTEM: "Tocsin itself",
}
_ENDLESS_YEAR = 9000
_DEPTH_MAX = 3
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,15}\+00:00\Z", re.ASCII)


def why(why: Why) -> str:
    """Why this person was paged; `until` is told apart, as a time."""
    match why.kind:
        case "schedule":
            rotation = f" ({why.rotation_layer})" if why.rotation_layer else ""
            instead = f", overriding {why.overriding}" if why.overriding else ""
            return f"On call for {why.schedule}{rotation}{instead}"
        case "handoff":
            return f"Handed off by {why.by or 'somebody'}"
        case "owner":
            return "Named as the owner"
        case "last_resort":
            return "The last resort"
        case _:
            return "Named in the policy"


def until(why: Why) -> datetime | None:
    """When a shift ends; None where it never does, or where there is none."""
    return why.until if why.until and why.until.year < _ENDLESS_YEAR else None


def took(span: timedelta) -> str:
    """How long something took: `0.3 s`."""
    seconds = max(span.total_seconds(), 0)
    return f"{seconds:.1f} s" if seconds < 100 else words.length(span)


def course(page: PageReceipt) -> str:
    """What there is to add to its state, in a few words; may be nothing."""
    if page.state is DeliveryState.SENT:
        return f"in {took(page.latency)}" if page.latency is not None else ""
    if page.state is DeliveryState.SUPERSEDED:
        return page.superseded or "nobody needed it any more"
    if page.state is DeliveryState.PENDING and page.failures:
        return f"{page.failures} {'tries' if page.failures > 1 else 'try'} failed"
    return ""


def outcome(attempt: Attempt) -> str:
    """What came of a try."""
    return OUTCOME.get(attempt.outcome, attempt.outcome)


def event(type: AuditType) -> str:
    """What an audit event says happened: `Layer paged`."""
    return type.value.replace("_", " ").capitalize()


def details(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What is known of an event, as pairs to be read: `previousOwner` is *Previous owner*."""
    return list(_flat("", data, 0))


def _flat(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEPTH_MAX:
        for key, one in value.items():
            yield from _flat(f"{name} {_spaced(key)}".strip(), one, depth + 1)
        return
    said = ", ".join(map(_told, value)) if isinstance(value, list) else _told(value)
    if said:
        yield name[:1].upper() + name[1:], said


def _spaced(key: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in key)


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or ", ".join(f"{key}: {one}" for key, one in value.items()))
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    said = str(value)
    if _INSTANT.match(said):
        return words.utc(datetime.fromisoformat(said))
    return next((name for one, name in CHANNEL.items() if one == said), said)
