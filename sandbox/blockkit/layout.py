"""Every block that this sandbox knows, with its fields and the surfaces it may stand on."""

from collections.abc import Mapping
from typing import Any, Literal

from sandbox.blockkit import limits
from sandbox.blockkit.elements import (
    ELEMENTS,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from sandbox.blockkit.rich import RICH_TEXT, check_cell
from sandbox.blockkit.schema import (
    Check,
    Field,
    Findings,
    boolean,
    list_of,
    one_of,
    optional,
    required,
    shape,
    string,
    typed,
    url,
)
from sandbox.blockkit.texts import slack_file, text

Surface = Literal["message", "modal", "home"]


def _element(kinds: frozenset[str]) -> Check:
    return typed({kind: ELEMENTS[kind] for kind in kinds}, "element")


def _context_element(findings: Findings, path: str, value: Any) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        _element(frozenset({"image"}))(findings, path, value)
    else:
        text(limits.SECTION_TEXT)(findings, path, value)


BLOCKS: Mapping[str, Mapping[str, Field]] = {
    "section": {
        "text": optional(text(limits.SECTION_TEXT)),
        "fields": optional(list_of(text(limits.SECTION_FIELD), 1, limits.SECTION_FIELDS)),
        "accessory": optional(_element(IN_SECTION)),
        "expand": optional(boolean),
    },
    "header": {"text": required(text(limits.HEADER, plain=True))},
    "divider": {},
    "context": {"elements": required(list_of(_context_element, 1, limits.CONTEXT_ELEMENTS))},
    "context_actions": {
        "elements": required(
            list_of(_element(IN_CONTEXT_ACTIONS), 1, limits.CONTEXT_ACTIONS_ELEMENTS)
        )
    },
    "actions": {"elements": required(list_of(_element(IN_ACTIONS), 1, limits.ACTIONS_ELEMENTS))},
    "input": {
        "label": required(text(limits.INPUT_LABEL, plain=True)),
        "element": required(_element(IN_INPUT)),
        "hint": optional(text(limits.INPUT_LABEL, plain=True)),
        "optional": optional(boolean),
        "dispatch_action": optional(boolean),
    },
    "image": {
        "image_url": optional(url(limits.URL)),
        "slack_file": optional(slack_file),
        "alt_text": required(string(limits.ALT_TEXT, 1)),
        "title": optional(text(limits.IMAGE_TITLE, plain=True)),
    },
    "markdown": {"text": required(string(limits.MARKDOWN_CHARACTERS, 1))},
    "rich_text": RICH_TEXT,
    "table": {
        "rows": required(
            list_of(list_of(check_cell, 1, limits.TABLE_COLUMNS), 1, limits.TABLE_ROWS)
        ),
        "column_settings": optional(
            list_of(
                shape(
                    {
                        "align": optional(one_of("left", "center", "right")),
                        "is_wrapped": optional(boolean),
                    }
                ),
                0,
                limits.TABLE_COLUMNS,
            )
        ),
    },
    "video": {
        "alt_text": required(string(minimum=1)),
        "title": required(text(199, plain=True)),
        "thumbnail_url": required(url()),
        "video_url": required(url()),
        "title_url": optional(url()),
        "description": optional(text(200, plain=True)),
        "provider_icon_url": optional(url()),
        "provider_name": optional(string()),
        "author_name": optional(string(49)),
    },
    "alert": {
        "text": required(text(200)),
        "level": optional(one_of("default", "info", "warning", "error", "success")),
    },
}

# Only these have a surface they may not stand on; Slack refuses inputs in messages from apps
# whose messages predate 2025, and a bot must not depend on which side of that it is.
_NOT_ON: Mapping[str, frozenset[Surface]] = {
    "input": frozenset({"message"}),
    "markdown": frozenset({"modal", "home"}),
    "table": frozenset({"modal", "home"}),
    "context_actions": frozenset({"modal", "home"}),
}


def check_block(findings: Findings, path: str, block: Any, surface: Surface) -> None:
    """Check one block by itself: type, fields, limits and surface."""
    identified = {
        kind: {"block_id": optional(string(limits.IDENTIFIER, 1)), **fields}
        for kind, fields in BLOCKS.items()
    }
    before = len(findings.faults)
    typed(identified, "block type")(findings, path, block)
    if len(findings.faults) > before and (
        not isinstance(block, dict) or block.get("type") not in BLOCKS
    ):
        return
    kind = block["type"]
    if surface in _NOT_ON.get(kind, ()):
        findings.add(path, f"a block of type {kind} can't be used in a {surface}")
    if kind == "section" and not block.get("text") and not block.get("fields"):
        findings.add(path, "a section needs text or fields")
    if kind == "image":
        check_picture(findings, path, block)


def check_picture(findings: Findings, path: str, value: Mapping[str, Any]) -> None:
    """An image has one source."""
    if ("image_url" in value) == ("slack_file" in value):
        findings.add(path, "an image needs either image_url or slack_file")
