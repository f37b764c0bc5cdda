"""PURE. Drafts as the YAML that people write by hand: in their order, short lists on one line."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

from cli.values import say_instant, say_shift
from core.components import ComponentDraft
from core.covering import OverrideDraft
from core.durations import say_minutes
from core.policies import PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft
from core.status_pages import StatusPageDraft
from storage.vocabulary import RotationType

HEADER = """\
# Who is on call, who is paged when they don't answer, and what customers read, as
# `python app.py export` wrote it.
#
#     python app.py apply FILE --dry-run    says what would change
#     python app.py apply FILE              does it; twice changes nothing
#
# What it says at its end is not in it. What each key means stands in tocsin.example.yaml.
"""
LINE_MAX = 80
"""Beyond it a list has a line for each of its items."""

_NAMED = {1: RotationType.DAILY, 7: RotationType.WEEKLY}

Emails = Mapping[UUID, str]


def file(
    head: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]], left_out: Sequence[str]
) -> str:
    """The whole file, in sections; what is left out stands at its end, in comments."""
    sections = [HEADER, *(_yaml({key: value}) for key, value in head.items())]
    for key, section in by_name.items():
        sections.append(_yaml({key: {_text(name): one for name, one in section.items()}}))
    if left_out:
        sections.append("".join(f"# {one}\n" for one in ("Left out:", *left_out)))
    return "\n".join(sections)


def schedule(
    draft: ScheduleDraft, emails: Emails, overrides: Sequence[OverrideDraft] = ()
) -> dict[str, Any]:
    """A schedule, as it stands under its name."""
    shown: dict[str, Any] = {"timezone": draft.timezone}
    if draft.description:
        shown["description"] = _text(draft.description)
    shown["rotation"] = [_rotation_layer(one, draft.timezone, emails) for one in draft.layers]
    if overrides:
        shown["overrides"] = [
            {
                "person": emails[one.member_id],
                "from": _instant(say_instant(one.start_at, draft.timezone)),
                "until": _instant(say_instant(one.end_at, draft.timezone)),
            }
            for one in overrides
        ]
    return shown


def policy(draft: PolicyDraft, emails: Emails, schedules: Mapping[UUID, str]) -> dict[str, Any]:
    """A policy, as it stands under its name."""
    shown: dict[str, Any] = {}
    if draft.description:
        shown["description"] = _text(draft.description)
    shown["layers"] = [
        {
            "page": target(layer.schedule_id, layer.member_ids, emails, schedules),
            "timeout": say_minutes(layer.ack_timeout_minutes),
        }
        for layer in draft.layers
    ]
    return shown


def component(draft: ComponentDraft) -> dict[str, Any]:
    """A component, as it stands under its name."""
    shown = {"group": draft.group_label, "description": draft.description}
    return {key: _text(text) for key, text in shown.items() if text}


def page(draft: StatusPageDraft, components: Sequence[str]) -> dict[str, Any]:
    """A status page, as it stands under its slug."""
    return {
        "title": _text(draft.title),
        "components": _names(components),
        "published": draft.published,
    }


def target(
    schedule_id: UUID | None,
    member_ids: Sequence[UUID],
    emails: Emails,
    schedules: Mapping[UUID, str],
) -> dict[str, Any]:
    """A schedule or people, in braces where they fit on a line."""
    if schedule_id:
        shown = CommentedMap(schedule=_in_braces(schedules[schedule_id]))
        shown.fa.set_flow_style()
        return shown
    named = people([emails[one] for one in member_ids])
    shown = CommentedMap(people=named)
    if named.fa.flow_style():
        shown.fa.set_flow_style()
    return shown


def people(emails: Sequence[str]) -> CommentedSeq:
    """E-mail addresses in their order."""
    return _names(emails)


def one_line(text: str) -> str:
    """A text as a comment can hold it."""
    return "".join(one if one.isprintable() else " " for one in text)


def _names(names: Sequence[str]) -> CommentedSeq:
    """Names in brackets, or if that is too long each on a line."""
    if len(", ".join(names)) > LINE_MAX:
        return CommentedSeq([_text(one) for one in names])
    shown = CommentedSeq([_in_braces(one) for one in names])
    shown.fa.set_flow_style()
    return shown


def _rotation_layer(draft: RotationDraft, zone: str, emails: Emails) -> dict[str, Any]:
    rotation_type = _NAMED.get(draft.length_days, RotationType.CUSTOM)
    shown: dict[str, Any] = {
        "name": _text(draft.name),
        "shift": say_shift(rotation_type, draft.length_days),
        "handoff": DoubleQuotedScalarString(draft.handoff_time.strftime("%H:%M")),
        "from": _instant(say_instant(draft.effective_from, zone)),
    }
    if draft.effective_until:
        shown["until"] = _instant(say_instant(draft.effective_until, zone))
    return {**shown, "people": people([emails[one] for one in draft.participant_ids])}


def _instant(text: str) -> Any:
    return DoubleQuotedScalarString(text)


def _text(text: str) -> Any:
    """A name or a description: lines as a block, and in quotation marks what would not survive."""
    lines = text.split("\n")
    if text != text.strip() or not all(one.isprintable() and one == one.rstrip() for one in lines):
        return DoubleQuotedScalarString(text)
    return LiteralScalarString(text) if len(lines) > 1 else text


def _in_braces(text: str) -> Any:
    """A name within braces, where YAML means something by more characters than elsewhere."""
    shown = _text(text)
    needs_marks = type(shown) is str and not re.fullmatch(r"\w[\w .@/+-]*", text)
    return SingleQuotedScalarString(text) if needs_marks else shown


def _yaml(value: Mapping[str, Any]) -> str:
    yaml = YAML()
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.default_flow_style = False
    stream = io.StringIO()
    yaml.dump(dict(value), stream)
    return stream.getvalue()
