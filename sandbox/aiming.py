"""Finding what a person means among what was really rendered, and saying what is there instead."""

from dataclasses import dataclass
from typing import Any

from sandbox import rendered
from sandbox.blockkit.elements import STATEFUL
from sandbox.errors import NotPossibleError
from sandbox.records import Message, View

Json = dict[str, Any]
Surface = Message | View


@dataclass(frozen=True)
class Target:
    """An element in its block; `option` is the entry of an overflow menu that was meant."""

    block: Json
    element: Json
    option: Json | None = None


def blocks_of(surface: Surface) -> list[Json]:
    """The blocks that are on a surface now."""
    if isinstance(surface, Message):
        if surface.deleted:
            raise NotPossibleError("the message was deleted", code="message_not_found")
        return surface.shown_blocks
    if not surface.open:
        raise NotPossibleError("the view was closed", code="view_not_found")
    return surface.blocks


def find_button(
    surface: Surface, what: str, *, near: str | None = None, block_id: str | None = None
) -> Target:
    """The button or overflow entry with this visible text or action_id.

    `near` is a text in the same block or above: of several, the first at or below it is meant.
    """
    found: list[Target] = []
    labels: list[str] = []
    for block in _from(surface, near):
        for element in rendered.elements_of(block):
            if element["type"] in {"button", "workflow_button", "icon_button"}:
                labels.append(element["text"]["text"])
                if what in {element["text"]["text"], element["action_id"]}:
                    found.append(Target(block, element))
            elif element["type"] == "overflow":
                for option in element["options"]:
                    labels.append(f"… {option['text']['text']}")
                    if what in {option["text"]["text"], option.get("value")}:
                        found.append(Target(block, element, option))
    if block_id is not None:
        found = [target for target in found if target.block["block_id"] == block_id]
    if not found:
        there = ", ".join(repr(label) for label in labels) or "nothing to press"
        raise NotPossibleError(f"no button '{what}' here; there is: {there}", code="no_such_action")
    if len(found) > 1 and near is None:
        message = f"{len(found)} buttons '{what}' here; say which by `near` or `block_id`"
        raise NotPossibleError(message, code="ambiguous_action")
    return found[0]


def find_field(surface: Surface, what: str, *, near: str | None = None) -> Target:
    """The input, menu or picker with this label, placeholder, block_id or action_id."""
    labels: list[str] = []
    for block in _from(surface, near):
        for element in rendered.elements_of(block):
            if element["type"] not in STATEFUL:
                continue
            called = _called(block, element)
            if what in called or what in {element["action_id"], block["block_id"]}:
                return Target(block, element)
            labels.append(called[0] if called else element["action_id"])
    there = ", ".join(repr(label) for label in labels) or "no fields"
    raise NotPossibleError(f"no field '{what}' here; there is: {there}", code="no_such_action")


def find_exactly(surface: Surface, block_id: str, action_id: str) -> Target:
    """The element with these two ids."""
    for block in blocks_of(surface):
        for element in rendered.elements_of(block):
            if block.get("block_id") == block_id and element.get("action_id") == action_id:
                return Target(block, element)
    raise NotPossibleError(
        f"nothing with block_id '{block_id}' and action_id '{action_id}' is shown there",
        code="no_such_action",
    )


def _from(surface: Surface, near: str | None) -> list[Json]:
    blocks = blocks_of(surface)
    if near is None:
        return blocks
    for position, block in enumerate(blocks):
        if near in rendered.visible_text([block], surface.names):
            return blocks[position:]
    raise NotPossibleError(f"nothing there reads '{near}'", code="no_such_action")


def _called(block: Json, element: Json) -> list[str]:
    texts = [block.get("label"), element.get("placeholder")]
    if block["type"] == "section":
        texts.insert(0, block.get("text"))
    return [str(text["text"]) for text in texts if text]
