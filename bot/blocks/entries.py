"""One line for each thing that happened to an incident, each kind told apart at a glance."""

from collections.abc import Sequence
from typing import Any

from bot.blocks import words
from bot.blocks.build import context, long_text, mrkdwn, plain
from bot.blocks.notices import ERROR_SHOWN, REMOVED, update_line
from bot.blocks.text import Block, cut, escape, name, names, when
from core.facts import UpdateFacts
from core.timeline import Entry
from storage.vocabulary import AuditType


def entry(one: Entry, *, body_limit: int | None = None) -> list[Block]:
    """When and what; an update's text below it, exactly as it was typed."""
    line = context(mrkdwn(when(one.at)), plain(sentence(one)))
    if one.update is None:
        return [line]
    if one.update.redacted:
        return [line, context(mrkdwn(_removed(one.update)))]
    return [line, *long_text(one.update.body or "", body_limit)]


def sentence(one: Entry) -> str:
    """What happened, with its sign; not escaped."""
    if one.update:
        return update_line(one.update)
    data, by = one.data, name(one.by)
    match one.type:
        case AuditType.INCIDENT_CREATED:
            return f"🆕 Declared by {by}"
        case AuditType.INCIDENT_EDITED:
            return f"✏️ {_edited(data)} · {by}"
        case AuditType.SEVERITY_CHANGED:
            change = f"{words.severity(data['before'])} → {words.severity(data['after'])}"
            return f"🎚️ {change} · {by}"
        case AuditType.COMPONENTS_CHANGED:
            return f"🧩 Affects {names([one['name'] for one in data['after']], 8)} · {by}"
        case AuditType.NOBODY_PAGED:
            return "🚨 Nobody was paged"
        case AuditType.LAYER_PAGED:
            return f"⏫ {_layer(data)}: paging {names(_targets(data), 8)}"
        case AuditType.RESPONDER_PAGED:
            return f"📟 {name(data.get('name'))} was paged by {words.channel(data.get('channel'))}"
        case AuditType.DELIVERY_FAILED:
            who = name(data["name"]) if data.get("name") else words.channel(data.get("channel"))
            error = cut(str(data.get("error") or "unknown error"), ERROR_SHOWN)
            return f"❌ {who} could not be reached: {error}"
        case AuditType.LAST_RESORT_PAGED:
            if not data.get("targets"):
                return "🚨 The last resort pages nobody either"
            return f"🛟 The last resort: paging {names(_targets(data), 8)}"
        case AuditType.LAYER_UNSTAFFED:
            return (
                f"🚨 Layer {data.get('layer')} ({name(data.get('target'))}) pages nobody: skipped"
            )
        case AuditType.ESCALATION_STUMBLED:
            return "🚨 The next layer could not be paged because of a fault; it is tried again"
        case AuditType.ESCALATION_EXHAUSTED:
            return "🚨 Nobody acknowledged; the escalation policy is exhausted"
        case AuditType.INCIDENT_ACKNOWLEDGED:
            return f"👀 Acknowledged by {by}"
        case AuditType.INCIDENT_HANDED_OFF:
            return f"🤝 Handed off to {name(data.get('newOwner'))} · {by}"
        case _:
            return f"▫️ {one.type.replace('_', ' ')} · {by}"


def _removed(update: UpdateFacts) -> str:
    if not update.redacted_by or not update.redacted_at:
        return REMOVED
    return f"{REMOVED} By {escape(name(update.redacted_by))}, {when(update.redacted_at)}."


def _edited(data: dict[str, Any]) -> str:
    title = data["after"].get("title")
    if title is None:
        return "Description edited"
    also = ", and the description edited" if "description" in data["after"] else ""
    return f"Now called “{title}”{also}"


def _layer(data: dict[str, Any]) -> str:
    of = f" of {data['of']}" if data.get("of") else ""
    return f"Layer {data.get('layer')}{of}"


def _targets(data: dict[str, Any]) -> Sequence[str]:
    return [str(one.get("name") or "") for one in data.get("targets") or ()]
