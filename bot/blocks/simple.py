"""The plain answers: a refusal, a modal that waits, one that says what was done or why not.

They are given text as it is meant to be read, never escaped.
"""

from typing import Any

from bot.blocks.build import SECTION_MAX, exact, long_text, modal
from bot.blocks.text import Block, Rendered, cut, fallback

_INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
}
_KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata")
_ERROR = "error"


def refusal(text: str) -> Rendered:
    """A sentence for the one who acted."""
    return Rendered(fallback(text), [exact(text or "…")])


def loading_view(title: str) -> dict[str, Any]:
    """A modal that is there before its data is."""
    return modal(title, [exact("⏳ One moment…")])


def message_view(title: str, text: str) -> dict[str, Any]:
    """A modal that says what was done or refused."""
    return modal(title, long_text(text, SECTION_MAX * 2) or [exact("…")])


def working_view(view: dict[str, Any]) -> dict[str, Any]:
    """What stands in the place of a submitted form while it takes longer than Slack waits."""
    return modal(_title(view), [exact("⏳ Still working on it. You can close this.")])


def form_again(view: dict[str, Any], text: str) -> dict[str, Any]:
    """A submitted form as it was filled in, and why it is shown again."""
    values = (view.get("state") or {}).get("values") or {}
    blocks = [
        _filled_in(block, values.get(str(block.get("block_id"))) or {})
        for block in view.get("blocks", ())
        if block.get("block_id") != _ERROR
    ]
    kept = {key: view[key] for key in _KEPT if view.get(key)}
    told = {**exact(f"⚠️ {text}"), "block_id": _ERROR}
    return {"type": "modal", **kept, "blocks": [told, *blocks]}


def _filled_in(block: Block, entered: dict[str, Any]) -> Block:
    if block.get("type") != "input":
        return block
    element = {
        key: value for key, value in block["element"].items() if key not in _INITIAL.values()
    }
    state = entered.get(str(element.get("action_id"))) or {}
    initial = {at: state[key] for key, at in _INITIAL.items() if state.get(key)}
    return {**block, "element": {**element, **initial}}


def _title(view: dict[str, Any]) -> str:
    return cut(str((view.get("title") or {}).get("text") or "Tocsin"), 24)
