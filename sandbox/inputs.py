"""What people type and choose: Slack's value objects, and how they outlive an update of a view."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.blockkit.elements import STATEFUL
from sandbox.errors import NotPossibleError
from sandbox.records import Values
from sandbox.rendered import elements_of

Json = dict[str, Any]

_KEYS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}


def key_of(element: Json) -> str:
    """The name under which Slack reports this element's value."""
    return _KEYS.get(str(element["type"]), "value")


def stateful_elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every block and element that holds a value."""
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in STATEFUL:
                yield block, element


def initial_values(blocks: list[Json], channel: str | None = None) -> Values:
    """What the fields hold before anybody has touched them."""
    values: Values = {}
    for block, element in stateful_elements(blocks):
        values.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element, channel)
    return values


def values_after_update(old: list[Json], held: Values, new: list[Json]) -> Values:
    """What the fields hold after an update: the typed where both ids stayed, else the initial."""
    values = initial_values(new)
    before = {
        (block["block_id"], element["action_id"]): element
        for block, element in stateful_elements(old)
    }
    for block, element in stateful_elements(new):
        place = block["block_id"], element["action_id"]
        if place in before and before[place]["type"] == element["type"]:
            values[place[0]][place[1]] = held[place[0]][place[1]]
    return values


def _initial(element: Json, channel: str | None) -> Json:
    kind, key = str(element["type"]), key_of(element)
    several = kind.startswith("multi_") or kind == "checkboxes"
    initial_name = {
        "selected_option": "initial_option",
        "selected_options": "initial_options",
        "value": "initial_value",
        "rich_text_value": "initial_value",
    }.get(key, key.replace("selected_", "initial_"))
    value = element.get(initial_name, [] if several or kind == "file_input" else None)
    if value is None and element.get("default_to_current_conversation"):
        value = channel
    return {"type": kind, key: value}


def is_blank(value: Json) -> bool:
    """Whether a field holds nothing."""
    held = next((each for name, each in value.items() if name != "type"), None)
    return held is None or held == [] or (isinstance(held, str) and not held.strip())


def complaint(block: Json, element: Json, value: Json) -> str | None:
    """What the Slack client itself says about a field before it sends a form."""
    if is_blank(value):
        return None if block.get("optional") else "Please complete this required field."
    held = value.get("value")
    if not isinstance(held, str):
        return None
    kind = element["type"]
    if kind == "plain_text_input":
        if len(held) < element.get("min_length", 0):
            return f"Please use at least {element['min_length']} characters."
        if len(held) > element.get("max_length", 3000):
            return f"Please use at most {element.get('max_length', 3000)} characters."
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", held):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.fullmatch(r"https?://\S+", held):
        return "Please enter a valid URL."
    return _number_complaint(element, held) if kind == "number_input" else None


def _number_complaint(element: Json, held: str) -> str | None:
    decimal = element["is_decimal_allowed"]
    if not re.fullmatch(r"-?\d+(\.\d+)?" if decimal else r"-?\d+", held):
        return "Please enter a number." if decimal else "Please enter a whole number."
    if "min_value" in element and float(held) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(held) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def options_of(element: Json) -> list[Json]:
    """All options of an element, from its groups too."""
    options = list(element.get("options", []))
    for group in element.get("option_groups", []):
        options.extend(group["options"])
    return options


def pick_option(options: list[Json], wanted: str) -> Json:
    """The option with this value or this visible text; LookupError names those there are."""
    for option in options:
        if option.get("value") == wanted:
            return dict(option)
    for option in options:
        if option["text"]["text"] == wanted:
            return dict(option)
    there = ", ".join(repr(option["text"]["text"]) for option in options) or "none"
    raise NotPossibleError(f"no option '{wanted}'; there are: {there}", code="option_not_found")


def rich_text_of(value: Any) -> Any:
    """What a rich text field holds after somebody typed plain words."""
    if not isinstance(value, str):
        return value
    pieces = [{"type": "text", "text": value}] if value else []
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": pieces}],
    }


def copy_of(value: Any) -> Any:
    """A deep copy of JSON, so that what was sent can't change what is stored."""
    return json.loads(json.dumps(value))
