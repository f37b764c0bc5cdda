"""Short ways to write Block Kit in tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(label: str = "Press", **more: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": "press", **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str, value: str | None = None) -> Json:
    return {"text": plain(text), "value": value or text.lower()}


def select(*options: str, **more: Any) -> Json:
    chosen = [option(each) for each in options]
    return {"type": "static_select", "action_id": "pick", "options": chosen, **more}


def typed(label: str = "Title", **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "text", **more.pop("element", {})}
    return {
        "type": "input", "block_id": label.lower(), "label": plain(label), "element": element,
        **more,
    }  # fmt: skip


def choice(label: str, *options: str, **more: Any) -> Json:
    return {
        "type": "input", "block_id": label.lower(), "label": plain(label),
        "element": select(*options), **more,
    }  # fmt: skip


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal", "title": plain("Form"), "submit": plain("Send"),
        "callback_id": "form", "blocks": list(blocks) or [{"type": "divider"}], **more,
    }  # fmt: skip


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [{"type": "divider"}], **more}
