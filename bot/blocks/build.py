"""Block Kit's pieces, as small functions that keep Slack's limits.

`plain` shows what it is given, character for character, so typed text goes there as it is;
`mrkdwn` wants text that is escaped already.
"""

from collections.abc import Sequence
from typing import Any

from bot.blocks.text import Block, beginning, cut

HEADER_MAX = 150
SECTION_MAX = 3_000
FIELD_MAX = 2_000
OPTION_MAX = 75
OPTION_LIST_MAX = 100
VIEW_TITLE_MAX = 24
METADATA_MAX = 3_000
CONFIRM_TITLE_MAX = 100
CONFIRM_TEXT_MAX = 300


def plain(text: str) -> Block:
    """A text shown exactly as it stands."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> Block:
    """A text with markup; nothing in it that merely looks like a link or a channel becomes one."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> Block:
    """A large line."""
    return {"type": "header", "text": plain(cut(text, HEADER_MAX))}


def section(text: str) -> Block:
    """A paragraph of mrkdwn."""
    return {"type": "section", "text": mrkdwn(text)}


def exact(text: str, *, accessory: Block | None = None) -> Block:
    """A paragraph shown exactly as it was typed, with a button beside it."""
    block = {"type": "section", "text": plain(cut(text, SECTION_MAX))}
    return {**block, "accessory": accessory} if accessory else block


def fields(texts: Sequence[str]) -> Block:
    """Up to ten short facts in two columns, exactly as they are."""
    return {"type": "section", "fields": [plain(cut(text, FIELD_MAX)) for text in texts]}


def context(*texts: Block) -> Block:
    """A small line of texts."""
    return {"type": "context", "elements": list(texts)}


def long_text(text: str, limit: int | None = None) -> list[Block]:
    """A long text exactly as it was typed, in as many paragraphs as it takes.

    With a limit it is cut there, and says how much more there is.
    """
    rest = beginning(text, limit) if limit else text
    pieces = []
    while rest:
        end = _good_break(rest)
        pieces.append(rest[:end])
        rest = rest[end:]
    return [{"type": "section", "text": plain(piece)} for piece in pieces if piece.strip()]


def actions(buttons: Sequence[Block]) -> list[Block]:
    """A row of buttons, or no row at all."""
    return [{"type": "actions", "elements": list(buttons)}] if buttons else []


def button(
    label: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """A button that says what it is for."""
    made = {"type": "button", "text": plain(label), "action_id": action_id, "value": value}
    return {
        **made,
        **({"style": style} if style else {}),
        **({"confirm": confirm} if confirm else {}),
    }


def overflow(action_id: str, choices: Sequence[tuple[str, str]]) -> Block:
    """The ⋯ beside something: up to five (value, label)."""
    options = [option(label, value) for value, label in choices]
    return {"type": "overflow", "action_id": action_id, "options": options}


def confirmation(title: str, text: str, confirm: str) -> Block:
    """The question that is asked before something that can't be taken back."""
    return {
        "title": plain(cut(title, CONFIRM_TITLE_MAX)),
        "text": plain(cut(text, CONFIRM_TEXT_MAX)),
        "confirm": plain(confirm),
        "deny": plain("Cancel"),
        "style": "danger",
    }


def option(label: str, value: str, description: str | None = None) -> Block:
    """A choice of a menu or of radio buttons."""
    made: Block = {"text": plain(cut(label, OPTION_MAX)), "value": value}
    return {**made, "description": plain(cut(description, OPTION_MAX))} if description else made


def menu(choices: Sequence[tuple[str, str]], chosen: str | None, **more: Any) -> Block:
    """A menu of (value, label), in groups where there are more than Slack lists at once."""
    options = [option(label, value) for value, label in choices[: OPTION_LIST_MAX**2]]
    made: Block = {"type": "static_select", **more}
    if len(options) <= OPTION_LIST_MAX:
        made["options"] = options
    else:
        made["option_groups"] = [
            _group(options[start : start + OPTION_LIST_MAX])
            for start in range(0, len(options), OPTION_LIST_MAX)
        ]
    initial = next((one for one in options if one["value"] == chosen), None)
    return {**made, "initial_option": initial} if initial else made


def field(
    block_id: str,
    label: str,
    element: Block,
    *,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """An input of a form. Its ids stay the same, so what was typed survives an update."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        "optional": optional,
    }
    if dispatch:
        made["dispatch_action"] = True
    return {**made, "hint": plain(hint)} if hint else made


def text_input(value: str, maximum: int, *, multiline: bool = False, **more: Any) -> Block:
    """A field to type in, holding `value`."""
    made: Block = {
        "type": "plain_text_input",
        "multiline": multiline,
        "max_length": maximum,
        **more,
    }
    return {**made, "initial_value": cut(value, maximum)} if value else made


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str | None = None,
    submit: str | None = None,
    metadata: str = "",
) -> Block:
    """A modal; without `submit` it is for reading."""
    view: Block = {
        "type": "modal",
        "title": plain(cut(title, VIEW_TITLE_MAX)),
        "blocks": list(blocks),
        "close": plain("Cancel" if submit else "Close"),
        "private_metadata": metadata,
    }
    return {
        **view,
        **({"callback_id": callback_id} if callback_id else {}),
        **({"submit": plain(submit)} if submit else {}),
    }


def _good_break(text: str) -> int:
    """Where to end a paragraph: after a line or a word if one ends late enough."""
    if len(text) <= SECTION_MAX:
        return len(text)
    late = SECTION_MAX * 2 // 3
    for mark in ("\n", " "):
        found = text.rfind(mark, late, SECTION_MAX)
        if found > 0:
            return found + 1
    return SECTION_MAX


def _group(options: Sequence[Block]) -> Block:
    first, last = (
        cut(one["text"]["text"], OPTION_MAX // 2 - 2) for one in (options[0], options[-1])
    )
    return {"label": plain(f"{first} – {last}"), "options": list(options)}
