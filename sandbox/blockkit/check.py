"""The judge of everything an app shows: message blocks, attachments, metadata and views."""

import json
from typing import Any

from sandbox.blockkit import limits
from sandbox.blockkit.layout import Surface, check_block
from sandbox.blockkit.relations import check_relations
from sandbox.blockkit.schema import (
    Field,
    Findings,
    Json,
    boolean,
    check_object,
    list_of,
    one_of,
    optional,
    required,
    string,
)
from sandbox.blockkit.schema import (
    anything as unchecked,
)
from sandbox.blockkit.sdk import second_opinion_on_blocks, second_opinion_on_view
from sandbox.blockkit.texts import check_options, text


def check_blocks(blocks: Any, surface: Surface = "message") -> list[str]:
    """Every fault of a list of blocks on this surface, as readable sentences."""
    findings = Findings()
    maximum = limits.MESSAGE_BLOCKS if surface == "message" else limits.VIEW_BLOCKS
    list_of(unchecked, 0 if surface == "message" else 1, maximum)(findings, "/blocks", blocks)
    if not isinstance(blocks, list):
        return findings.faults
    for position, block in enumerate(blocks):
        check_block(findings, f"/blocks/{position}", block, surface)
    if not findings.faults:
        check_relations(findings, blocks, surface)
    return findings.faults or second_opinion_on_blocks(blocks)


_VIEW: dict[str, Field] = {
    "type": required(one_of("modal", "home")),
    "blocks": required(unchecked),
    "private_metadata": optional(string(limits.PRIVATE_METADATA)),
    "callback_id": optional(string(limits.IDENTIFIER)),
    "external_id": optional(string(limits.IDENTIFIER)),
}
_MODAL: dict[str, Field] = {
    **_VIEW,
    "title": required(text(limits.VIEW_LABEL, plain=True)),
    "submit": optional(text(limits.VIEW_LABEL, plain=True)),
    "close": optional(text(limits.VIEW_LABEL, plain=True)),
    "clear_on_close": optional(boolean),
    "notify_on_close": optional(boolean),
    "submit_disabled": optional(boolean),
}


def check_view(view: Any) -> list[str]:
    """Every fault of a view, as readable sentences; its size is judged by `view_too_large`."""
    findings = Findings()
    kind = view.get("type") if isinstance(view, dict) else None
    if check_object(findings, "view", view, _VIEW if kind == "home" else _MODAL) is None:
        return findings.faults
    surface: Surface = "home" if kind == "home" else "modal"
    findings.faults.extend(check_blocks(view.get("blocks", []), surface))
    if (
        surface == "modal"
        and not view.get("submit")
        and isinstance(view.get("blocks"), list)
        and any(isinstance(each, dict) and each.get("type") == "input" for each in view["blocks"])
    ):
        findings.add("view", "a modal with input blocks needs a submit")
    return findings.faults or second_opinion_on_view(view)


def view_too_large(view: Any) -> bool:
    """Whether a view is over Slack's 250 kB."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > limits.VIEW_BYTES


def check_suggestions(answer: Any) -> list[str]:
    """Every fault of the answer to a block_suggestion."""
    findings = Findings()
    check_options(findings, "options", answer)
    return findings.faults


def check_attachments(attachments: Any) -> list[str]:
    """Every fault of attachments; their blocks are judged like a message's."""
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        return ["/attachments: must be a list of objects"]
    faults = []
    for position, attachment in enumerate(attachments):
        if "blocks" in attachment:
            faults += [
                f"/attachments/{position}{each}" for each in check_blocks(attachment["blocks"])
            ]
    return faults


def check_metadata(metadata: Any) -> list[str]:
    """Every fault of message metadata: scalars, objects and lists of objects one level deep."""
    findings = Findings()
    fields = {
        "event_type": required(string(limits.IDENTIFIER, 1, r"[A-Za-z0-9_.:-]+")),
        "event_payload": required(_payload),
    }
    check_object(findings, "metadata", metadata, fields)
    return findings.faults


def _payload(findings: Findings, path: str, value: Any) -> None:
    if not isinstance(value, dict):
        findings.add(path, "must be an object")
        return
    for name, each in value.items():
        if isinstance(each, list):
            if not all(_is_scalar(item) or _is_flat(item) for item in each):
                findings.add(f"{path}/{name}", "a list may hold scalars and flat objects only")
        elif not _is_scalar(each) and not _is_flat(each):
            findings.add(f"{path}/{name}", "must be a string, number, boolean or a flat object")


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _is_flat(value: Json | Any) -> bool:
    return isinstance(value, dict) and all(_is_scalar(each) for each in value.values())
