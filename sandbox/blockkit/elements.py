"""Every block element that Slack knows, with its fields and where it may stand."""

from collections.abc import Mapping

from sandbox.blockkit import limits
from sandbox.blockkit.schema import (
    Field,
    anything,
    boolean,
    integer,
    list_of,
    one_of,
    optional,
    required,
    shape,
    string,
    url,
)
from sandbox.blockkit.texts import (
    confirm,
    conversation_filter,
    dispatch_config,
    option,
    option_group,
    placeholder,
    selected_maximum,
    slack_file,
    text,
)

_ID = {"action_id": optional(string(limits.IDENTIFIER, 1))}
_ASKED = {**_ID, "confirm": optional(confirm), "focus_on_load": optional(boolean)}
_MENU = {**_ASKED, "placeholder": optional(placeholder)}
_SEVERAL = {"max_selected_items": optional(selected_maximum)}
_STATIC = {
    "options": optional(list_of(option(), 1, limits.OPTIONS)),
    "option_groups": optional(list_of(option_group, 1, limits.OPTION_GROUPS)),
}
_TYPING = {
    **_ID,
    "placeholder": optional(placeholder),
    "focus_on_load": optional(boolean),
    "dispatch_action_config": optional(dispatch_config),
}
_STYLE = {"style": optional(one_of("primary", "danger"))}
_SPOKEN = {"accessibility_label": optional(string(limits.BUTTON_TEXT))}
_CHOICES = {"options": required(list_of(option(plain=False), 1, limits.CHOICES))}
_IDS = optional(list_of(string(minimum=1)))
_DATE = string(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = string(pattern=r"([01]\d|2[0-3]):[0-5]\d")
_NUMBER = optional(string(pattern=r"-?\d+(\.\d+)?"))
_FEEDBACK = shape(
    {
        "text": required(text(limits.BUTTON_TEXT, plain=True)),
        "value": required(string(limits.BUTTON_VALUE, 1)),
        **_SPOKEN,
    }
)

ELEMENTS: Mapping[str, Mapping[str, Field]] = {
    "button": {
        **_ID,
        **_STYLE,
        **_SPOKEN,
        "text": required(text(limits.BUTTON_TEXT, plain=True)),
        "value": optional(string(limits.BUTTON_VALUE)),
        "url": optional(url(limits.URL)),
        "confirm": optional(confirm),
    },
    "workflow_button": {
        **_ID,
        **_STYLE,
        **_SPOKEN,
        "text": required(text(limits.BUTTON_TEXT, plain=True)),
        "workflow": required(anything),
    },
    "feedback_buttons": {
        **_ID,
        "positive_button": required(_FEEDBACK),
        "negative_button": required(_FEEDBACK),
    },
    "icon_button": {
        **_ID,
        **_SPOKEN,
        "icon": required(one_of("trash")),
        "text": required(text(limits.BUTTON_TEXT, plain=True)),
        "value": optional(string(limits.BUTTON_VALUE)),
        "visible_to_user_ids": _IDS,
        "confirm": optional(confirm),
    },
    "image": {
        "image_url": optional(url(limits.URL)),
        "slack_file": optional(slack_file),
        "alt_text": required(string(limits.ALT_TEXT, 1)),
    },
    "overflow": {
        **_ID,
        "options": required(list_of(option(with_url=True), 1, limits.OVERFLOW_OPTIONS)),
        "confirm": optional(confirm),
    },
    "checkboxes": {
        **_ASKED,
        **_CHOICES,
        "initial_options": optional(list_of(option(plain=False), 1, limits.CHOICES)),
    },
    "radio_buttons": {**_ASKED, **_CHOICES, "initial_option": optional(option(plain=False))},
    "static_select": {**_MENU, **_STATIC, "initial_option": optional(option())},
    "multi_static_select": {
        **_MENU,
        **_STATIC,
        **_SEVERAL,
        "initial_options": optional(list_of(option(), 1, limits.OPTIONS)),
    },
    "external_select": {
        **_MENU,
        "min_query_length": optional(integer(0)),
        "initial_option": optional(option()),
    },
    "multi_external_select": {
        **_MENU,
        **_SEVERAL,
        "min_query_length": optional(integer(0)),
        "initial_options": optional(list_of(option(), 1, limits.OPTIONS)),
    },
    "users_select": {**_MENU, "initial_user": optional(string(minimum=1))},
    "multi_users_select": {**_MENU, **_SEVERAL, "initial_users": _IDS},
    "conversations_select": {
        **_MENU,
        "initial_conversation": optional(string(minimum=1)),
        "default_to_current_conversation": optional(boolean),
        "response_url_enabled": optional(boolean),
        "filter": optional(conversation_filter),
    },
    "multi_conversations_select": {
        **_MENU,
        **_SEVERAL,
        "initial_conversations": _IDS,
        "default_to_current_conversation": optional(boolean),
        "filter": optional(conversation_filter),
    },
    "channels_select": {
        **_MENU,
        "initial_channel": optional(string(minimum=1)),
        "response_url_enabled": optional(boolean),
    },
    "multi_channels_select": {**_MENU, **_SEVERAL, "initial_channels": _IDS},
    "datepicker": {**_MENU, "initial_date": optional(_DATE)},
    "timepicker": {**_MENU, "initial_time": optional(_TIME), "timezone": optional(string())},
    "datetimepicker": {
        **_ASKED,
        "initial_date_time": optional(integer(1_000_000_000, 9_999_999_999)),
    },
    "plain_text_input": {
        **_TYPING,
        "initial_value": optional(string(limits.INPUT_CHARACTERS)),
        "multiline": optional(boolean),
        "min_length": optional(integer(0, limits.INPUT_CHARACTERS)),
        "max_length": optional(integer(1, limits.INPUT_CHARACTERS)),
    },
    "email_text_input": {**_TYPING, "initial_value": optional(string())},
    "url_text_input": {**_TYPING, "initial_value": optional(string())},
    "number_input": {
        **_TYPING,
        "is_decimal_allowed": required(boolean),
        "initial_value": _NUMBER,
        "min_value": _NUMBER,
        "max_value": _NUMBER,
    },
    "rich_text_input": {
        **_TYPING,
        "initial_value": optional(anything),
        "min_lines": optional(integer(1)),
        "max_lines": optional(integer(1)),
    },
    "file_input": {
        **_ID,
        "filetypes": optional(list_of(string(minimum=1), 1)),
        "max_files": optional(integer(1, limits.FILES)),
    },
}

_MENUS = frozenset(
    f"{prefix}{kind}_select"
    for prefix in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
_CHOOSING = _MENUS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
TEXT_INPUTS = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
)

IN_SECTION = _CHOOSING | {"button", "workflow_button", "overflow", "image"}
IN_ACTIONS = _CHOOSING | {
    "button", "workflow_button", "overflow", "datetimepicker", "rich_text_input",
}  # fmt: skip
IN_INPUT = _CHOOSING | TEXT_INPUTS | {"datetimepicker", "file_input"}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
STATEFUL = _CHOOSING | TEXT_INPUTS | {"datetimepicker", "file_input"}
