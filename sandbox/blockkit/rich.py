"""Rich text: the sections, lists, quotes and pieces it may be made of."""

from collections.abc import Mapping
from typing import Any

from sandbox.blockkit.schema import (
    Field,
    Findings,
    anything,
    boolean,
    integer,
    list_of,
    one_of,
    optional,
    required,
    shape,
    string,
    typed,
)

_STYLE = shape(
    {
        name: optional(boolean)
        for name in (
            "bold", "italic", "strike", "code", "underline", "highlight",
            "client_highlight", "unlink",
        )
    }
)  # fmt: skip
_STYLED = {"style": optional(_STYLE)}
_ID = required(string(minimum=1))

_PIECES: Mapping[str, Mapping[str, Field]] = {
    "text": {**_STYLED, "text": required(string(minimum=1))},
    "link": {
        **_STYLED,
        "url": required(string(minimum=1)),
        "text": optional(string()),
        "unsafe": optional(boolean),
    },
    "emoji": {"name": _ID, "unicode": optional(string()), "skin_tone": optional(integer(1, 6))},
    "user": {**_STYLED, "user_id": _ID},
    "usergroup": {**_STYLED, "usergroup_id": _ID},
    "channel": {**_STYLED, "channel_id": _ID},
    "broadcast": {"range": required(one_of("here", "channel", "everyone"))},
    "color": {"value": _ID},
    "team": {**_STYLED, "team_id": _ID},
    "date": {
        "timestamp": required(integer(0)),
        "format": required(string(minimum=1)),
        "url": optional(string()),
        "fallback": optional(string()),
    },
}
_pieces = list_of(typed(_PIECES, "rich text element"))
_SECTION: Mapping[str, Field] = {"elements": required(_pieces)}

_PARTS: Mapping[str, Mapping[str, Field]] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": {**_SECTION, "border": optional(integer(0, 1))},
    "rich_text_preformatted": {
        **_SECTION,
        "border": optional(integer(0, 1)),
        "language": optional(string()),
    },
    "rich_text_list": {
        "elements": required(
            list_of(typed({"rich_text_section": _SECTION}, "rich text list item"))
        ),
        "style": required(one_of("bullet", "ordered")),
        "indent": optional(integer(0, 8)),
        "offset": optional(integer(0)),
        "border": optional(integer(0, 1)),
    },
}

RICH_TEXT: Mapping[str, Field] = {
    "elements": required(list_of(typed(_PARTS, "rich text part"), 1)),
}


def check_cell(findings: Findings, path: str, value: Any) -> None:
    """A table's cell: raw text, a number or rich text."""
    typed(
        {
            "raw_text": {"text": required(string(minimum=1))},
            "raw_number": {"value": required(anything), "text": optional(string())},
            "rich_text": {**RICH_TEXT, "block_id": optional(string(255, 1))},
        },
        "table cell",
    )(findings, path, value)
