"""PURE. What an event of the audit trail says, in a sentence for people."""

from collections.abc import Callable, Mapping
from typing import Any

from core.trail_facts import TrailLine
from storage.vocabulary import AuditType, Surface

SURFACES = {
    Surface.SLACK: "Slack",
    Surface.DASHBOARD: "Dashboard",
    Surface.API: "API",
    Surface.MCP: "MCP",
    Surface.MAIL: "E-mail",
    Surface.SYSTEM: "Tocsin itself",
}
_CHANNELS = {"slack_dm": "Slack DM", "alerts": "the alerts channel", "mail": "e-mail"}
_SETTINGS = {"alertsChannel": "Alerts channel", "lastResort": "Last resort"}
NAMES_SHOWN = 8


def type_words(type: AuditType) -> str:
    """A type as it is chosen: `Incident created`."""
    return type.value.replace("_", " ").capitalize().replace("Api ", "API ")


def sentence(line: TrailLine) -> str:
    """What happened. Texts of updates stand in no event, and so in no sentence."""
    try:
        said = _SAYS[line.type](line, line.data)
    except (KeyError, TypeError, AttributeError):  # as an older version wrote it
        said = type_words(line.type)
    return f"#{line.incident}: {said}" if line.incident else said


def _who(line: TrailLine, data: Mapping[str, Any], key: str = "memberId") -> str:
    return line.names.get(str(data.get(key)), str(data.get("name") or "somebody"))


def _targets(data: Mapping[str, Any]) -> str:
    names = [str(one.get("name") or "somebody") for one in data.get("targets") or ()]
    return _names(names) or "nobody"


def _names(names: list[str]) -> str:
    left = len(names) - NAMES_SHOWN
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {left:,} more" if left > 0 else shown


def _layer(data: Mapping[str, Any], key: str = "layer") -> str:
    of = f" of {data['of']}" if data.get("of") else ""
    return f"layer {data[key]}{of}" if data.get(key) else "nothing"


def _channel(data: Mapping[str, Any]) -> str:
    value = str(data.get("channel"))
    return _CHANNELS.get(value, value)


def _edited(_: TrailLine, data: Mapping[str, Any]) -> str:
    after = data["after"]
    title = f"called “{after['title']}”" if "title" in after else ""
    description = "its description edited" if "description" in after else ""
    return " and ".join(one for one in (title, description) if one)


def _failed(_: TrailLine, data: Mapping[str, Any]) -> str:
    who = str(data["name"]) if data.get("name") else "a message"
    error = data.get("error") or "unknown error"
    return f"{who} could not be reached through {_channel(data)}: {error}"


def _affects(_: TrailLine, data: Mapping[str, Any]) -> str:
    return f"affects {_names([str(one['name']) for one in data['after']]) or 'no component'}"


def _handed_off(_: TrailLine, data: Mapping[str, Any]) -> str:
    before = f" by {data['previousOwner']}" if data.get("previousOwner") else ""
    return f"handed off to {data.get('newOwner')}{before}"


def _named(data: Mapping[str, Any], *, before: bool = False) -> str:
    told = data["before" if before else "after"]
    return f"“{told.get('name') or told.get('title')}”"


def _changed(what: str) -> Callable[[TrailLine, Mapping[str, Any]], str]:
    def say(_: TrailLine, data: Mapping[str, Any]) -> str:
        before, after = data["before"], data["after"]
        changed = [key for key in after if before.get(key) != after[key]]
        told = _names([_field(key) for key in changed])
        return f"{what} {_named(data, before=True)} changed: {told or 'its order'}"

    return say


def _field(name: str) -> str:
    """A field's name in words: groupLabel is a group label."""
    return "".join(f" {one.lower()}" if one.isupper() else one for one in name)


def _component_changed(line: TrailLine, data: Mapping[str, Any]) -> str:
    if "statusOverride" not in data["after"]:
        return _changed("Component")(line, data)
    override = data["after"]["statusOverride"]
    if override is None:
        return "A component's status left to the incidents again"
    return f"A component's status set to {override.replace('_', ' ')}"


def _override(what: str) -> Callable[[TrailLine, Mapping[str, Any]], str]:
    def say(line: TrailLine, data: Mapping[str, Any]) -> str:
        told = data.get("after") or data["before"]
        schedule = line.names.get(str(data["scheduleId"]))
        on = f" on “{schedule}”" if schedule else ""
        span = f"{_instant(told['startAt'])} – {_instant(told['endAt'])}"
        return f"Override{on} {what}: {_who(line, told, 'userId')}, {span}"

    return say


def _instant(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]} UTC"


def _setting(_: TrailLine, data: Mapping[str, Any]) -> str:
    name = _SETTINGS.get(str(data["setting"]), str(data["setting"]))
    if isinstance(data.get("after"), str):
        return f"{name} set to “{data['after']}”"
    return f"{name} {'changed' if data.get('after') else 'removed'}"


def _calendar(what: str) -> Callable[[TrailLine, Mapping[str, Any]], str]:
    def say(line: TrailLine, data: Mapping[str, Any]) -> str:
        if data.get("scheduleId"):
            whose = line.names.get(str(data["scheduleId"]))
            return f"Address of the calendar of {f'“{whose}”' if whose else 'a schedule'} {what}"
        return f"Address of {_who(line, data)}'s calendar {what}"

    return say


def _key_made(_: TrailLine, data: Mapping[str, Any]) -> str:
    end = f"until {_instant(data['expiresAt'])}" if data.get("expiresAt") else "for ever"
    return f"API key “{data['name']}” made, {data['role']}, {end}"


def _signed_out(line: TrailLine, data: Mapping[str, Any]) -> str:
    return f"{_who(line, data)} signed out{' everywhere' if data.get('everywhere') else ''}"


_SAYS: dict[AuditType, Callable[[TrailLine, Mapping[str, Any]], str]] = {
    AuditType.INCIDENT_CREATED: lambda _, data: f"declared as {data['severity']}: {data['title']}",
    AuditType.INCIDENT_EDITED: _edited,
    AuditType.SEVERITY_CHANGED: lambda _, data: (
        f"severity changed from {data['before']} to {data['after']}"
    ),
    AuditType.NOBODY_PAGED: lambda _, data: "nobody was paged",
    AuditType.LAYER_PAGED: lambda _, data: f"{_layer(data)} pages {_targets(data)}",
    AuditType.OWNER_PAGED: lambda _, data: f"the owner is paged: {_targets(data)}",
    AuditType.RESPONDER_PAGED: lambda line, data: (
        f"{_who(line, data)} was paged by {_channel(data)}"
    ),
    AuditType.PAGE_SUPERSEDED: lambda line, data: (
        f"{_who(line, data)} needs no page by {_channel(data)} any more: {data['reason']}"
    ),
    AuditType.DELIVERY_FAILED: _failed,
    AuditType.LAYER_UNSTAFFED: lambda _, data: (
        f"{_layer(data)} ({data.get('target')}) pages nobody and is skipped"
    ),
    AuditType.ESCALATED: lambda _, data: (
        f"escalated from {_layer(data, 'fromLayer')} to {_layer(data, 'toLayer')}"
    ),
    AuditType.ESCALATION_EXHAUSTED: lambda _, data: (
        "nobody acknowledged; the escalation policy is exhausted"
    ),
    AuditType.ESCALATION_STOPPED: lambda _, data: f"the escalation stopped: {data['reason']}",
    AuditType.ESCALATION_STUMBLED: lambda _, data: (
        "the next layer could not be paged because of a fault; it is tried again"
    ),
    AuditType.LAST_RESORT_PAGED: lambda _, data: f"the last resort pages {_targets(data)}",
    AuditType.INCIDENT_ACKNOWLEDGED: lambda _, data: "acknowledged",
    AuditType.INCIDENT_HANDED_OFF: _handed_off,
    AuditType.OWNER_CHANGED: lambda _, data: f"owned by {data.get('newOwner')}",
    AuditType.STATUS_CHANGED: lambda _, data: (
        f"status changed from {data['before']} to {data['after']}"
    ),
    AuditType.UPDATE_POSTED: lambda _, data: (
        f"{'a public' if data['visibility'] == 'public' else 'an internal'} update posted"
    ),
    AuditType.UPDATE_REDACTED: lambda _, data: "an update's text removed",
    AuditType.COMPONENTS_CHANGED: _affects,
    AuditType.ORGANIZATION_CREATED: lambda _, data: f"“{data['name']}” began to use Tocsin",
    AuditType.MEMBER_ADDED: lambda line, data: f"{_who(line, data)} became a member",
    AuditType.MEMBER_MATCHED: lambda line, data: f"{_who(line, data)} was found in Slack",
    AuditType.MEMBER_REMOVED: lambda line, data: f"{_who(line, data)} was removed",
    AuditType.MEMBER_RESTORED: lambda line, data: f"{_who(line, data)} is a member again",
    AuditType.ROLE_CHANGED: lambda line, data: (
        f"{_who(line, data)} became {data['after']}, from {data['before']}"
    ),
    AuditType.SCHEDULE_CREATED: lambda _, data: f"Schedule {_named(data)} made",
    AuditType.SCHEDULE_CHANGED: _changed("Schedule"),
    AuditType.SCHEDULE_REMOVED: lambda _, data: f"Schedule {_named(data, before=True)} removed",
    AuditType.OVERRIDE_CREATED: _override("made"),
    AuditType.OVERRIDE_CHANGED: _override("changed"),
    AuditType.OVERRIDE_REMOVED: _override("removed"),
    AuditType.POLICY_CREATED: lambda _, data: f"Policy {_named(data)} made",
    AuditType.POLICY_CHANGED: _changed("Policy"),
    AuditType.POLICY_REMOVED: lambda _, data: f"Policy {_named(data, before=True)} removed",
    AuditType.COMPONENT_CREATED: lambda _, data: f"Component {_named(data)} made",
    AuditType.COMPONENT_CHANGED: _component_changed,
    AuditType.COMPONENT_REMOVED: lambda _, data: f"Component {_named(data, before=True)} removed",
    AuditType.STATUS_PAGE_CREATED: lambda _, data: (
        f"Status page {_named(data)} made, {_public(data['after'])}"
    ),
    AuditType.STATUS_PAGE_CHANGED: lambda line, data: (
        f"{_changed('status page')(line, data)}; {_public(data['after'])}"
    ),
    AuditType.STATUS_PAGE_REMOVED: lambda _, data: (
        f"Status page {_named(data, before=True)} removed"
    ),
    AuditType.SETTINGS_CHANGED: _setting,
    AuditType.CALENDAR_MADE: _calendar("made"),
    AuditType.CALENDAR_REVOKED: _calendar("made dead"),
    AuditType.API_KEY_CREATED: _key_made,
    AuditType.API_KEY_REVOKED: lambda _, data: f"API key “{data['name']}” revoked",
    AuditType.SIGNED_IN: lambda line, data: f"{_who(line, data)} signed in",
    AuditType.SIGNED_OUT: _signed_out,
}


def _public(page: Mapping[str, Any]) -> str:
    return "published" if page["published"] else "not published"
