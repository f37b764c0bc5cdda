"""JSON schemas as clients read them: arguments without references, and no needless words."""

from typing import Any

from pydantic import BaseModel


def schema_of_given(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of arguments, whole in itself: not every model follows a reference."""
    schema = model.model_json_schema(mode="validation")
    defined = schema.pop("$defs", {})
    return dict(_whole(schema, defined))


def schema_of_shown(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of an answer, each part defined once."""
    schema = model.model_json_schema(mode="serialization")
    for one in schema.get("$defs", {}).values():
        if "enum" in one:
            one.pop("description", None)  # written for those who read the code
    return dict(_whole(schema, None))


def _whole(part: Any, defined: dict[str, Any] | None) -> Any:
    """PURE. The same without titles, and with each reference replaced by what was defined."""
    if isinstance(part, list):
        return [_whole(one, defined) for one in part]
    if not isinstance(part, dict):
        return part
    if defined is not None and (reference := part.get("$ref")):
        meant = dict(defined[reference.rpartition("/")[2]])
        meant.pop("description", None)
        beside = {name: value for name, value in part.items() if name != "$ref"}
        return _whole({**meant, **beside}, defined)
    by_name = ("properties", "$defs")
    return {
        name: (
            {key: _whole(one, defined) for key, one in value.items()}
            if name in by_name
            else _whole(value, defined)
        )
        for name, value in part.items()
        if not (name == "title" and isinstance(value, str))
    }
