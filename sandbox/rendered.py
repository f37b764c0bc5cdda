"""What people see of blocks: the visible text, the labels of buttons, and whom the blocks ping."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Any

from sandbox import markup
from sandbox.markup import Names

Json = dict[str, Any]


def visible_text(
    blocks: list[Json], names: Names, zone: tzinfo = UTC, now: float | None = None
) -> str:
    """All text that a reader sees, one line for each piece, from top to bottom."""
    return "\n".join(line for block in blocks for line in _lines(block, names, zone, now) if line)


def text_seen(text: Any, names: Names, zone: tzinfo = UTC, now: float | None = None) -> str:
    """A text object as it is read: plain text is shown as it stands, mrkdwn is interpreted."""
    if not isinstance(text, dict):
        return ""
    if text.get("type") == "mrkdwn":
        return markup.seen(str(text.get("text", "")), names, zone, now)
    return str(text.get("text", ""))


def elements_of(block: Json) -> list[Json]:
    """The interactive and other elements of a block, in order."""
    kind = block.get("type")
    if kind == "section":
        return [block["accessory"]] if block.get("accessory") else []
    if kind == "input":
        return [block["element"]]
    if kind in {"actions", "context_actions"}:
        return list(block.get("elements", []))
    return []


def button_labels(blocks: list[Json]) -> list[str]:
    """The labels of all buttons, from top to bottom."""
    return [
        str(element["text"]["text"])
        for block in blocks
        for element in elements_of(block)
        if element.get("type") in {"button", "workflow_button"}
    ]


def overflow_labels(blocks: list[Json]) -> list[str]:
    """The labels of all overflow menus' options, from top to bottom."""
    return [
        str(option["text"]["text"])
        for block in blocks
        for element in elements_of(block)
        if element.get("type") == "overflow"
        for option in element["options"]
    ]


def pinged(text: str, blocks: list[Json]) -> set[str]:
    """Everybody a message mentions, in its text or in any mrkdwn or rich text of its blocks."""
    found = markup.mentions(text)
    for piece in _walk(blocks):
        if piece.get("type") == "mrkdwn":
            found |= markup.mentions(str(piece.get("text", "")))
        elif piece.get("type") == "user" and "user_id" in piece:
            found.add(str(piece["user_id"]))
        elif piece.get("type") == "usergroup" and "usergroup_id" in piece:
            found.add(str(piece["usergroup_id"]))
        elif piece.get("type") == "broadcast":
            found.add(str(piece.get("range", "channel")))
        elif piece.get("type") == "markdown":
            found |= markup.mentions(str(piece.get("text", "")))
    return found


def _walk(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each)


def _lines(block: Json, names: Names, zone: tzinfo, now: float | None) -> Iterator[str]:
    def seen(text: Any) -> str:
        return text_seen(text, names, zone, now)

    kind = block.get("type")
    if kind in {"section", "header", "alert"}:
        yield seen(block.get("text"))
        for each in block.get("fields", []):
            yield seen(each)
    elif kind == "markdown":
        yield str(block.get("text", ""))
    elif kind == "context":
        yield " ".join(
            str(each.get("alt_text", "")) if each.get("type") == "image" else seen(each)
            for each in block.get("elements", [])
        )
    elif kind == "image":
        yield seen(block.get("title"))
        yield str(block.get("alt_text", ""))
    elif kind == "input":
        yield seen(block.get("label"))
        yield seen(block.get("hint"))
    elif kind == "rich_text":
        yield _rich(block.get("elements", []), names)
    elif kind == "table":
        for row in block.get("rows", []):
            yield "  ".join(_cell(cell, names) for cell in row)
    for element in elements_of(block):
        yield from _element_lines(element, names, zone, now)


def _element_lines(element: Json, names: Names, zone: tzinfo, now: float | None) -> Iterator[str]:
    if element.get("type") == "image":
        yield str(element.get("alt_text", ""))
    elif "text" in element:
        yield text_seen(element["text"], names, zone, now)
    elif element.get("type") in {"checkboxes", "radio_buttons"}:
        for option in element.get("options", []):
            yield text_seen(option["text"], names, zone, now)
            yield text_seen(option.get("description"), names, zone, now)
    elif element.get("initial_options"):
        yield ", ".join(
            text_seen(one["text"], names, zone, now) for one in element["initial_options"]
        )
    elif element.get("initial_option"):
        yield text_seen(element["initial_option"]["text"], names, zone, now)
    else:
        yield text_seen(element.get("placeholder"), names, zone, now)


def _cell(cell: Json, names: Names) -> str:
    return _rich(cell["elements"], names) if cell.get("type") == "rich_text" else str(cell["text"])


def _rich(elements: list[Json], names: Names) -> str:
    pieces: list[str] = []
    for each in elements:
        kind = each.get("type")
        if kind == "rich_text_list":
            pieces.extend(f"• {_rich([item], names)}\n" for item in each["elements"])
        elif str(kind).startswith("rich_text"):
            pieces.append(_rich(each["elements"], names) + "\n")
        elif kind == "user":
            pieces.append(f"@{names.user_name(each['user_id']) or each['user_id']}")
        elif kind == "channel":
            pieces.append(f"#{names.channel_name(each['channel_id']) or each['channel_id']}")
        elif kind == "broadcast":
            pieces.append(f"@{each['range']}")
        elif kind == "emoji":
            pieces.append(f":{each['name']}:")
        elif kind == "link":
            pieces.append(str(each.get("text") or each["url"]))
        else:
            pieces.append(str(each.get("text", each.get("fallback", ""))))
    return "".join(pieces).rstrip("\n")
