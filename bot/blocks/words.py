"""How severities, statuses, channels, components and incidents are called, and their signs."""

from core.facts import IncidentFacts
from storage.vocabulary import Channel, ComponentStatus, Severity, Status

SEVERITY_SIGNS = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
}
STATUS_SIGNS = {
    Status.INVESTIGATING: "🔎",
    Status.IDENTIFIED: "💡",
    Status.MONITORING: "📈",
    Status.RESOLVED: "✅",
}
COMPONENT_SIGNS = {
    ComponentStatus.OPERATIONAL: "🟢",
    ComponentStatus.MAINTENANCE: "🔧",
    ComponentStatus.DEGRADED: "🟡",
    ComponentStatus.PARTIAL_OUTAGE: "🟠",
    ComponentStatus.MAJOR_OUTAGE: "🔴",
}
_CHANNELS = {
    Channel.SLACK_DM: "Slack DM",
    Channel.ALERTS: "the alerts channel",
    Channel.MAIL: "e-mail",
}


def severity(value: Severity | str) -> str:
    """A severity with its sign: `🔴 Critical`."""
    known = Severity(value)
    return f"{SEVERITY_SIGNS[known]} {known.value.capitalize()}"


def status(value: Status | str) -> str:
    """A status as it is read: `Investigating`."""
    return Status(value).value.capitalize()


def component_status(value: ComponentStatus) -> str:
    """How a component is, with its sign: `🟠 Partial outage`."""
    return f"{COMPONENT_SIGNS[value]} {value.value.replace('_', ' ').capitalize()}"


def transition(to: Status) -> str:
    """A step to a status, with its sign: `💡 Investigating → Identified`."""
    order = list(Status)
    before = order[max(order.index(to) - 1, 0)]
    return f"{STATUS_SIGNS[to]} {status(before)} → {status(to)}"


def channel(value: str | None) -> str:
    """Through what somebody is reached, in words."""
    return next((words for one, words in _CHANNELS.items() if one == value), value or "Slack DM")


def reference(facts: IncidentFacts) -> str:
    """An incident's number and title, not escaped: `#12 Checkout is down`."""
    return f"#{facts.number} {facts.title}"


def headline(facts: IncidentFacts) -> str:
    """An incident in one line, not escaped: `🔴 #12 Checkout is down`."""
    sign = STATUS_SIGNS[Status.RESOLVED] if facts.resolved else SEVERITY_SIGNS[facts.severity]
    return f"{sign} {reference(facts)}"
