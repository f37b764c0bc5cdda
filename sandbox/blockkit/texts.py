"""Block Kit's composition objects: texts, options, confirmations and the like."""

from typing import Any

from sandbox.blockkit import limits
from sandbox.blockkit.schema import (
    Check,
    Field,
    Findings,
    anything,
    boolean,
    check_object,
    integer,
    list_of,
    one_of,
    optional,
    required,
    shape,
    string,
    url,
)


def text(maximum: int, *, plain: bool = False) -> Check:
    """A text object that is not empty; `plain` refuses mrkdwn."""

    def check(findings: Findings, path: str, value: Any) -> None:
        if not isinstance(value, dict):
            findings.add(path, "must be a text object")
            return
        kind = value.get("type")
        if kind not in {"plain_text", "mrkdwn"}:
            findings.add(path, f"unsupported text type '{kind}'")
            return
        if plain and kind != "plain_text":
            findings.add(path, "must be plain_text")
            return
        check_object(
            findings,
            path,
            value,
            {
                "type": required(anything),
                "text": required(string(maximum, 1)),
                # Slack refuses emoji beside mrkdwn and verbatim beside plain_text.
                **(
                    {"emoji": optional(boolean)}
                    if kind == "plain_text"
                    else {"verbatim": optional(boolean)}
                ),
            },
        )

    return check


def option(*, plain: bool = True, with_url: bool = False) -> Check:
    """An option of a menu; radio buttons and checkboxes may use mrkdwn, overflow menus a url."""
    fields: dict[str, Field] = {
        "text": required(text(limits.OPTION_TEXT, plain=plain)),
        "value": required(string(limits.OPTION_VALUE, 1)),
        "description": optional(text(limits.OPTION_DESCRIPTION, plain=plain)),
    }
    if with_url:
        fields["url"] = optional(url(limits.URL))
    return shape(fields)


option_group = shape(
    {
        "label": required(text(limits.OPTION_TEXT, plain=True)),
        "options": required(list_of(option(), 1, limits.OPTIONS)),
    }
)

confirm = shape(
    {
        "title": required(text(limits.CONFIRM_TITLE, plain=True)),
        "text": required(text(limits.CONFIRM_TEXT)),
        "confirm": required(text(limits.CONFIRM_BUTTON, plain=True)),
        "deny": required(text(limits.CONFIRM_BUTTON, plain=True)),
        "style": optional(one_of("primary", "danger")),
    }
)

conversation_filter = shape(
    {
        "include": optional(list_of(one_of("im", "mpim", "private", "public"), 1)),
        "exclude_external_shared_channels": optional(boolean),
        "exclude_bot_users": optional(boolean),
    }
)

dispatch_config = shape(
    {"trigger_actions_on": required(list_of(one_of("on_enter_pressed", "on_character_entered"), 1))}
)

slack_file = shape({"id": optional(string(minimum=1)), "url": optional(url())})

placeholder = text(limits.PLACEHOLDER, plain=True)

selected_maximum = integer(1)


def check_options(findings: Findings, path: str, options: Any) -> None:
    """The answer to a block_suggestion: `options` or `option_groups`, at most 100 of them."""
    value = check_object(
        findings,
        path,
        options,
        {
            "options": optional(list_of(option(), 0, limits.OPTIONS)),
            "option_groups": optional(list_of(option_group, 0, limits.OPTION_GROUPS)),
        },
    )
    if value is not None and ("options" in value) == ("option_groups" in value):
        findings.add(path, "needs either options or option_groups")
