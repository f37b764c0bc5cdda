"""What a person entered into a view, read from its state; what is not there reads as nothing."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


def typed(view: dict[str, Any], block_id: str) -> str:
    """The text of an input."""
    return str(_element(view, block_id).get("value") or "")


def chosen(view: dict[str, Any], block_id: str) -> str | None:
    """The value that was chosen from a menu or from radio buttons."""
    selected = _element(view, block_id).get("selected_option") or {}
    return selected.get("value")


def several(view: dict[str, Any], block_id: str) -> list[str]:
    """The values that were ticked."""
    return [one["value"] for one in _element(view, block_id).get("selected_options") or ()]


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


def people(view: dict[str, Any], block_id: str) -> list[str]:
    """The Slack users who were chosen, in the order in which Slack tells them."""
    return list(_element(view, block_id).get("selected_users") or ())


def day(view: dict[str, Any], block_id: str) -> str | None:
    """The day that was picked, as YYYY-MM-DD."""
    return _element(view, block_id).get("selected_date")


def clock(view: dict[str, Any], block_id: str) -> str | None:
    """The time of day that was picked, as HH:MM."""
    return _element(view, block_id).get("selected_time")


def metadata(view: dict[str, Any]) -> dict[str, Any]:
    """What a view carries along for its next submission."""
    found = json.loads(view.get("private_metadata") or "{}")
    return found if isinstance(found, dict) else {}


def incident_of(view: dict[str, Any]) -> UUID:
    """The incident that a form is about."""
    return UUID(metadata(view)["id"])


def actual(view: dict[str, Any], block_id: str) -> str:
    """The id that a block has in this view: it may carry a number, to be shown afresh."""
    ids = (str(block.get("block_id")) for block in view.get("blocks", ()))
    return next((one for one in ids if one.partition(":")[0] == block_id), block_id)


def _element(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    values = (view.get("state") or {}).get("values") or {}
    return next(iter((values.get(block_id) or {}).values()), {})
