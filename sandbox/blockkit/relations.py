"""What must be right between fields: unique ids, initial values among the options, totals."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.blockkit import limits
from sandbox.blockkit.layout import Surface, check_picture
from sandbox.blockkit.schema import Findings, Json


def check_relations(findings: Findings, blocks: list[Json], surface: Surface) -> None:
    """Check a whole list of blocks that are each right by themselves."""
    seen = Counter(block["block_id"] for block in blocks if isinstance(block.get("block_id"), str))
    for block_id, count in seen.items():
        if count > 1:
            findings.add("/blocks", f"block_id '{block_id}' is used {count} times")
    focused = 0
    for position, block in enumerate(blocks):
        placed = list(_elements(f"/blocks/{position}", block))
        for action_id, count in Counter(
            element["action_id"]
            for _, element in placed
            if isinstance(element.get("action_id"), str)
        ).items():
            if count > 1:
                findings.add(
                    f"/blocks/{position}", f"action_id '{action_id}' is used {count} times"
                )
        for path, element in placed:
            focused += element.get("focus_on_load") is True
            _check_element(findings, path, element, block, surface)
    if focused > 1:
        findings.add("/blocks", "only one element can have focus_on_load")
    markdown = sum(len(block["text"]) for block in blocks if block.get("type") == "markdown")
    if markdown > limits.MARKDOWN_CHARACTERS:
        findings.add("/blocks", f"markdown blocks hold {markdown} characters in all")
    if sum(block.get("type") == "table" for block in blocks) > 1:
        findings.add("/blocks", "only one table is allowed in a message")


def characters(blocks: Any) -> int:
    """How much text blocks hold in all, as Slack counts for msg_blocks_too_long."""
    if isinstance(blocks, list):
        return sum(characters(each) for each in blocks)
    if isinstance(blocks, dict):
        own = len(blocks["text"]) if isinstance(blocks.get("text"), str) else 0
        return own + sum(characters(each) for each in blocks.values())
    return 0


def _elements(path: str, block: Json) -> Iterator[tuple[str, Json]]:
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield f"{path}/{name}", block[name]
    if block.get("type") in {"actions", "context", "context_actions"}:
        for position, element in enumerate(block["elements"]):
            yield f"{path}/elements/{position}", element


def _check_element(
    findings: Findings, path: str, element: Json, block: Json, surface: Surface
) -> None:
    kind = element.get("type")
    if kind == "image":
        check_picture(findings, path, element)
    if kind in {"static_select", "multi_static_select"}:
        if ("options" in element) == ("option_groups" in element):
            findings.add(path, "a menu needs either options or option_groups")
        groups = element.get("option_groups", [])
        if sum(len(group["options"]) for group in groups) > limits.OPTIONS * limits.OPTION_GROUPS:
            findings.add(path, "too many options in all groups")
    if kind in {"static_select", "multi_static_select", "radio_buttons", "checkboxes"}:
        _check_initial(findings, path, element)
    if kind == "file_input" and surface != "modal":
        findings.add(path, "a file_input can only be used in a modal")
    if element.get("response_url_enabled") and (surface != "modal" or block["type"] != "input"):
        findings.add(path, "response_url_enabled needs an input block of a modal")
    if kind == "plain_text_input":
        _check_lengths(findings, path, element)
    maximum = element.get("max_selected_items")
    if maximum is not None and len(element.get("initial_options", ())) > maximum:
        findings.add(path, f"more than max_selected_items ({maximum}) are selected")


def _check_initial(findings: Findings, path: str, element: Json) -> None:
    options = list(element.get("options", []))
    for group in element.get("option_groups", []):
        options.extend(group["options"])
    chosen = list(element.get("initial_options", []))
    if "initial_option" in element:
        chosen.append(element["initial_option"])
    shapes = [_plain(option) for option in options]
    for option in chosen:
        if _plain(option) not in shapes:
            findings.add(path, f"the initial option '{option['value']}' is not among the options")


def _plain(option: Json) -> Json:
    # Slack fills in `emoji` and `verbatim` by itself, so they make no difference.
    return {
        name: (value["type"], value["text"]) if isinstance(value, dict) else value
        for name, value in option.items()
    }


def _check_lengths(findings: Findings, path: str, element: Json) -> None:
    minimum = element.get("min_length", 0)
    maximum = element.get("max_length", limits.INPUT_CHARACTERS)
    if minimum > maximum:
        findings.add(path, f"min_length {minimum} is more than max_length {maximum}")
    initial = element.get("initial_value")
    if initial and len(initial) > maximum:
        findings.add(path, f"initial_value is {len(initial)} characters, allowed are {maximum}")
