"""What a person entered into a view, read from its state; what is not there reads as nothing."""

from datetime import UTC, datetime
from typing import Any


def typed(view: dict[str, Any], block_id: str) -> str:
    """The text of an input."""
    return str(_element(view, block_id).get("value") or "")


def chosen(view: dict[str, Any], block_id: str) -> str | None:
    """The value that was chosen from a menu or from radio buttons."""
    selected = _element(view, block_id).get("selected_option") or {}
    return selected.get("value")


def person(view: dict[str, Any], block_id: str) -> str | None:
    """The Slack user who was chosen."""
    return _element(view, block_id).get("selected_user")


def instant(view: dict[str, Any], block_id: str) -> datetime | None:
    """The instant that was chosen."""
    seconds = _element(view, block_id).get("selected_date_time")
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def ending(view: dict[str, Any], beginning: str) -> str | None:
    """What follows `beginning` in the id of the input that begins so."""
    values = (view.get("state") or {}).get("values") or {}
    found = (one.removeprefix(beginning) for one in values if one.startswith(beginning))
    return next(found, None)


def _element(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    values = (view.get("state") or {}).get("values") or {}
    return next(iter((values.get(block_id) or {}).values()), {})
