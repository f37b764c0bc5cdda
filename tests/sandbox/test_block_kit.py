"""The validator: every planted fault is found, and nothing that is right is refused."""

# ruff: noqa: E501  (one row of a table is one fault)

from typing import Any

import pytest

from sandbox import check_blocks, check_view
from sandbox.blockkit import check_metadata, check_suggestions, view_too_large
from tests.sandbox.shapes import (
    actions,
    button,
    choice,
    home,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    select,
    typed,
)

CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("Really"), "confirm": plain("Yes"), "deny": plain("No")}  # fmt: skip
IMAGE = {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a"}

MESSAGE_FAULTS: dict[str, list[Any]] = {
    "a block of an unknown type": [{"type": "banner"}],
    "a block without a type": [{"text": mrkdwn("x")}],
    "a block that is a string": ["hello"],
    "an unknown field in a block": [section("x", colour="red")],
    "an unknown field in a button": [actions(button(colour="red"))],
    "a misspelt action_id": [actions(button(actionid="x"))],
    "a section of nothing": [{"type": "section"}],
    "an empty section text": [section("")],
    "a section text over 3000": [section("x" * 3001)],
    "a section of 11 fields": [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    "a section without any of its fields": [{"type": "section", "fields": []}],
    "a section field over 2000": [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
    "a text without its text": [{"type": "section", "text": {"type": "mrkdwn"}}],
    "a text of an unknown type": [{"type": "section", "text": {"type": "html", "text": "x"}}],
    "a text that is null": [{"type": "section", "text": {"type": "mrkdwn", "text": None}}],
    "emoji beside mrkdwn": [{"type": "section", "text": {**mrkdwn("x"), "emoji": True}}],
    "verbatim beside plain_text": [{"type": "section", "text": {**plain("x"), "verbatim": True}}],
    "a header of mrkdwn": [{"type": "header", "text": mrkdwn("x")}],
    "a header over 150": [{"type": "header", "text": plain("x" * 151)}],
    "a header without text": [{"type": "header"}],
    "an empty context": [{"type": "context", "elements": []}],
    "a context of 11": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "a button in a context": [{"type": "context", "elements": [button()]}],
    "no actions": [actions()],
    "26 actions": [actions(*[button(action_id=f"a{n}") for n in range(26)])],
    "an input among actions": [actions({"type": "plain_text_input", "action_id": "a"})],
    "an unknown element": [actions({"type": "slider", "action_id": "a"})],
    "a button text over 75": [actions(button("x" * 76))],
    "an empty button text": [actions(button(""))],
    "a button of mrkdwn": [actions({**button(), "text": mrkdwn("x")})],
    "a button value over 2000": [actions(button(value="x" * 2001))],
    "a button value that is a number": [actions(button(value=7))],
    "a button style of its own": [actions(button(style="warning"))],
    "a button url over 3000": [actions(button(url="https://x.test/" + "x" * 3000))],
    "a button url that is no url": [actions(button(url="javascript:alert(1)"))],
    "an action_id over 255": [actions(button(action_id="x" * 256))],
    "a block_id over 255": [section("x", block_id="x" * 256)],
    "one block_id twice": [section("x", block_id="a"), section("y", block_id="a")],
    "one action_id twice in a block": [actions(button("A"), button("B"))],
    "a confirm title over 100": [actions(button(confirm={**CONFIRM, "title": plain("x" * 101)}))],
    "a confirm text over 300": [actions(button(confirm={**CONFIRM, "text": mrkdwn("x" * 301)}))],
    "a confirm button over 30": [actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)}))],
    "a confirm without deny": [actions(button(confirm={k: v for k, v in CONFIRM.items() if k != "deny"}))],
    "a menu of 101 options": [actions(select(*[f"o{n}" for n in range(101)]))],
    "a menu of no options": [actions(select())],
    "options and option_groups": [actions(select("A", option_groups=[{"label": plain("G"), "options": [option("A")]}]))],
    "neither options nor option_groups": [actions({"type": "static_select", "action_id": "a"})],
    "an option text over 75": [actions(select("x" * 76))],
    "an option value over 150": [actions({**select("A"), "options": [option("A", "x" * 151)]})],
    "an option description over 75": [actions({**select("A"), "options": [{**option("A"), "description": plain("x" * 76)}]})],
    "an option of mrkdwn in a menu": [actions({**select("A"), "options": [{"text": mrkdwn("A"), "value": "a"}]})],
    "an option without value": [actions({**select("A"), "options": [{"text": plain("A")}]})],
    "an initial option that is none": [actions(select("A", initial_option=option("B")))],
    "an initial option of another text": [actions(select("A", initial_option=option("Other", "a")))],
    "a placeholder over 150": [actions(select("A", placeholder=plain("x" * 151)))],
    "an overflow of 6": [actions({"type": "overflow", "action_id": "o", "options": [option(f"o{n}") for n in range(6)]})],
    "11 checkboxes": [actions({"type": "checkboxes", "action_id": "c", "options": [option(f"o{n}") for n in range(11)]})],
    "11 radio buttons": [actions({"type": "radio_buttons", "action_id": "c", "options": [option(f"o{n}") for n in range(11)]})],
    "initial checkboxes that are none": [actions({"type": "checkboxes", "action_id": "c", "options": [option("A")], "initial_options": [option("B")]})],
    "a date that is none": [actions({"type": "datepicker", "action_id": "d", "initial_date": "2024-13-01"})],
    "a time that is none": [actions({"type": "timepicker", "action_id": "d", "initial_time": "25:00"})],
    "a moment in milliseconds": [actions({"type": "datetimepicker", "action_id": "d", "initial_date_time": 1_700_000_000_000})],
    "max_selected_items of 0": [actions({"type": "multi_users_select", "action_id": "m", "max_selected_items": 0})],
    "an input in a message": [typed()],
    "an image without alt_text": [{"type": "image", "image_url": "https://x.test/a.png"}],
    "an image without a source": [{"type": "image", "alt_text": "a"}],
    "an image element without a source": [section("x", accessory={"type": "image", "alt_text": "a"})],
    "an image alt_text over 2000": [{**IMAGE, "alt_text": "x" * 2001}],
    "an empty markdown": [{"type": "markdown", "text": ""}],
    "markdown over 12000 in all": [{"type": "markdown", "text": "x" * 6001}] * 2,
    "51 blocks": [{"type": "divider"}] * 51,
    "two elements with focus": [actions(select("A", focus_on_load=True)), actions(select("A", focus_on_load=True))],
    "rich text of an unknown piece": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "shout", "text": "x"}]}]}],
    "rich text of nothing": [{"type": "rich_text", "elements": []}],
    "a table of 101 rows": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}],
    "a table of 21 columns": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}],
    "two accessories": [section("x", accessory=[button(), button()])],
    "a response_url_enabled in a message": [actions({"type": "channels_select", "action_id": "c", "response_url_enabled": True})],
}  # fmt: skip

VIEW_FAULTS: dict[str, Any] = {
    "no object": "modal",
    "an unknown type": {**modal(), "type": "drawer"},
    "an unknown field": modal(colour="red"),
    "no title": {"type": "modal", "blocks": []},
    "a title over 24": modal(title=plain("x" * 25)),
    "a title of mrkdwn": modal(title=mrkdwn("x")),
    "a submit over 24": modal(submit=plain("x" * 25)),
    "a close over 24": modal(close=plain("x" * 25)),
    "no blocks": {"type": "modal", "title": plain("x")},
    "101 blocks": modal(*[{"type": "divider"}] * 101),
    "a private_metadata over 3000": modal(private_metadata="x" * 3001),
    "a private_metadata that is no string": modal(private_metadata={"a": 1}),
    "a callback_id over 255": modal(callback_id="x" * 256),
    "an external_id over 255": modal(external_id="x" * 256),
    "an input without submit": {k: v for k, v in modal(typed()).items() if k != "submit"},
    "a submit on a Home tab": home(submit=plain("x")),
    "a title on a Home tab": home(title=plain("x")),
    "markdown in a modal": modal({"type": "markdown", "text": "x"}),
    "a table in a modal": modal({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}),
    "a file_input on a Home tab": home(typed(element={"type": "file_input"})),
    "an input without label": modal({k: v for k, v in typed().items() if k != "label"}),
    "an input label over 2000": modal(typed("x" * 2001)),
    "an input of a button": modal(typed(element=button())),
    "an input label of mrkdwn": modal({**typed(), "label": mrkdwn("x")}),
    "a hint over 2000": modal(typed(hint=plain("x" * 2001))),
    "a max_length over 3000": modal(typed(element={"max_length": 3001})),
    "a min_length over max_length": modal(typed(element={"max_length": 3, "min_length": 4})),
    "an initial_value over max_length": modal(typed(element={"max_length": 3, "initial_value": "four"})),
    "an initial_value that is null": modal(typed(element={"initial_value": None})),
    "a number_input that does not say decimal": modal(typed(element={"type": "number_input"})),
    "initial options over max_selected_items": modal(
        typed(element={
            "type": "multi_static_select", "options": [option("A"), option("B")],
            "initial_options": [option("A"), option("B")], "max_selected_items": 1,
        })
    ),
}  # fmt: skip


@pytest.mark.parametrize("blocks", MESSAGE_FAULTS.values(), ids=MESSAGE_FAULTS.keys())
def test_a_message_is_refused_for(blocks: list[Any]) -> None:
    assert check_blocks(blocks) != []


@pytest.mark.parametrize("view", VIEW_FAULTS.values(), ids=VIEW_FAULTS.keys())
def test_a_view_is_refused_for(view: Any) -> None:
    assert check_view(view) != []


def test_more_than_a_hundred_kinds_of_fault_are_planted() -> None:
    assert len(MESSAGE_FAULTS) + len(VIEW_FAULTS) > 100


def test_a_fault_names_its_place() -> None:
    faults = check_blocks([section("fine"), actions(button("x" * 76))])
    assert faults == ["/blocks/1/elements/0/text/text: must be at most 75 characters, is 76"]


def test_all_faults_are_named_at_once() -> None:
    assert len(check_blocks([section(""), {"type": "banner"}])) == 2


def test_a_rich_message_at_its_limits_passes() -> None:
    blocks = [
        {"type": "header", "text": {**plain("x" * 150), "emoji": True}},
        {"type": "section", "fields": [mrkdwn("x" * 2000)] * 5, "accessory": IMAGE},
        section("x" * 3000, accessory={"type": "overflow", "options": [option("A")]}),
        {"type": "context", "elements": [mrkdwn("x"), IMAGE, plain("y")]},
        {"type": "divider"},
        actions(
            button("x" * 75, value="v" * 2000, style="danger", confirm=CONFIRM),
            select("A", "B", initial_option={"text": {**plain("B"), "emoji": True}, "value": "b"}),
            {"type": "users_select", "action_id": "u", "placeholder": plain("Who")},
            {"type": "datepicker", "action_id": "d", "initial_date": "2024-02-29"},
            {"type": "datetimepicker", "action_id": "t", "initial_date_time": 1_700_000_000},
            button("Other", action_id="link", url="https://x.test"),
        ),
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "x", "style": {"bold": True}},
                        {"type": "user", "user_id": "U1"},
                        {"type": "link", "url": "https://x.test", "text": "x"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [{"type": "rich_text_section", "elements": []}],
                },
            ],
        },
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
        {"type": "markdown", "text": "**x**"},
    ]
    assert check_blocks(blocks) == []


def test_a_modal_of_every_field_passes() -> None:
    kinds: list[dict[str, Any]] = [
        {"type": "plain_text_input", "multiline": True, "max_length": 3000, "initial_value": "x"},
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
        {"type": "email_text_input"},
        {"type": "url_text_input"},
        {"type": "rich_text_input"},
        {"type": "file_input", "filetypes": ["png"]},
        {"type": "checkboxes", "options": [{"text": mrkdwn("*A*"), "value": "a"}]},
        {"type": "radio_buttons", "options": [option("A")], "initial_option": option("A")},
        {"type": "external_select", "min_query_length": 0, "initial_option": option("A")},
        {"type": "multi_external_select", "max_selected_items": 2},
        {
            "type": "conversations_select",
            "response_url_enabled": True,
            "filter": {"include": ["im"]},
        },
        {"type": "multi_channels_select", "initial_channels": ["C1"]},
        {"type": "timepicker", "initial_time": "23:59"},
    ]
    blocks = [typed(f"Field {number}", element=kind) for number, kind in enumerate(kinds)]
    assert check_view(modal(choice("Severity", "High", "Low"), *blocks)) == []


def test_the_same_action_id_in_two_blocks_is_fine() -> None:
    assert check_blocks([actions(button()), actions(button())]) == []


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    assert view_too_large(modal(*[section("é" * 1500)] * 90))
    assert not view_too_large(modal(*[section("e" * 1500)] * 90))


@pytest.mark.parametrize(
    "metadata",
    [
        {"event_type": "paged"},
        {"event_type": "", "event_payload": {}},
        {"event_type": "paged", "event_payload": "text"},
        {"event_type": "paged", "event_payload": {"deep": {"deeper": {"deepest": 1}}}},
        {"event_type": "paged", "event_payload": {"nothing": None}},
        {"event_type": "paged", "event_payload": {}, "more": 1},
    ],
)
def test_metadata_is_refused(metadata: Any) -> None:
    assert check_metadata(metadata) != []


def test_metadata_of_scalars_and_flat_objects_passes() -> None:
    payload = {"id": "x", "n": 1, "ok": True, "who": {"id": "U1"}, "list": [{"id": "a"}, "b"]}
    assert check_metadata({"event_type": "tocsin.page", "event_payload": payload}) == []


def test_suggestions_are_options_or_groups_and_at_most_100() -> None:
    group = {"label": plain("G"), "options": [option("A")]}
    assert check_suggestions({"options": [option("A")]}) == []
    assert check_suggestions({"option_groups": [group]}) == []
    assert check_suggestions({"options": [option(f"o{n}") for n in range(101)]}) != []
    assert check_suggestions({"options": [], "option_groups": [group]}) != []
    assert check_suggestions({}) != []
    assert check_suggestions(None) != []
