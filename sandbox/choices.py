"""Turning what a person types or picks into Slack's value objects, by kind of element."""

from collections.abc import Sequence
from typing import Any

from sandbox.engine import Engine
from sandbox.errors import NotPossibleError
from sandbox.inputs import key_of, options_of, pick_option, rich_text_of

Json = dict[str, Any]


def value_object(engine: Engine, element: Json, raw: Any, offered: Sequence[Json] = ()) -> Json:
    """The value of an element after this was put into it; refused if it can't be.

    Options are named by value or visible text, people and channels by id or name. `offered` are
    the options that an external menu has shown.
    """
    kind, key = str(element["type"]), key_of(element)
    several = kind.startswith("multi_") or kind == "checkboxes"
    if several:
        picked = [_one(engine, element, each, offered) for each in _as_list(raw)]
        maximum = element.get("max_selected_items")
        if maximum is not None and len(picked) > maximum:
            raise NotPossibleError(f"at most {maximum} can be selected", code="too_many_selected")
        return {"type": kind, key: picked}
    if raw is None or raw == "":
        return {"type": kind, key: None}
    return {"type": kind, key: _one(engine, element, raw, offered)}


def _one(engine: Engine, element: Json, raw: Any, offered: Sequence[Json]) -> Any:
    key = key_of(element)
    if key in {"selected_option", "selected_options"}:
        initial = [element["initial_option"]] if "initial_option" in element else []
        initial += element.get("initial_options", [])
        external = "external" in element["type"]
        options = [*offered, *initial] if external else options_of(element)
        return pick_option(options, str(raw))
    if key in {"selected_user", "selected_users"}:
        return _found(engine.store.user, raw, "user_not_found")
    if key in {"selected_channel", "selected_channels"}:
        return _found(engine.store.channel, raw, "channel_not_found")
    if key in {"selected_conversation", "selected_conversations"}:
        return _found(engine.store.channel, raw, "channel_not_found")
    if key == "selected_date_time":
        return int(raw)
    if key == "rich_text_value":
        return rich_text_of(raw)
    return str(raw)


def _found(find: Any, raw: Any, code: str) -> str:
    try:
        return str(find(str(raw)).id)
    except LookupError as nobody:
        raise NotPossibleError(str(nobody.args[0]), code=code) from None


def _as_list(raw: Any) -> list[Any]:
    if raw is None:
        return []
    return list(raw) if isinstance(raw, list | tuple | set) else [raw]
