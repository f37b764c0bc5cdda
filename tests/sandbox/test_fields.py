"""Fields: the shape each kind reports, its checks, and menus that ask the app."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.conftest import Bell
from tests.sandbox.shapes import (
    actions,
    button,
    choice,
    modal,
    option,
    plain,
    section,
    select,
    typed,
)  # fmt: skip


async def test_every_kind_of_field_reports_its_own_shape(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob, general = workspace.person("bob"), workspace.channel("general")
    kinds: dict[str, tuple[dict[str, Any], Any, Any]] = {
        "Who": ({"type": "users_select"}, "alice", {"selected_user": workspace.person("alice").id}),
        "Whom": (
            {"type": "multi_users_select"},
            ["alice"],
            {"selected_users": [workspace.person("alice").id]},
        ),
        "Where": ({"type": "channels_select"}, "general", {"selected_channel": general.id}),
        "Day": ({"type": "datepicker"}, "2024-02-29", {"selected_date": "2024-02-29"}),
        "Time": ({"type": "timepicker"}, "07:30", {"selected_time": "07:30"}),
        "At": (
            {"type": "datetimepicker"},
            1_700_000_000,
            {"selected_date_time": 1_700_000_000},
        ),
        "Parts": (
            {"type": "checkboxes", "options": [option("A"), option("B")]},
            ["A", "b"],
            {"selected_options": [option("A"), option("B")]},
        ),
        "One": (
            {"type": "radio_buttons", "options": [option("A")]},
            "A",
            {"selected_option": option("A")},
        ),
        "Count": ({"type": "number_input", "is_decimal_allowed": False}, 7, {"value": "7"}),
        "Words": (
            {"type": "rich_text_input"},
            "hello",
            {
                "rich_text_value": {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "text", "text": "hello"}],
                        }
                    ],
                }
            },
        ),
    }
    blocks = [typed(label, element=element) for label, (element, _, _) in kinds.items()]

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(trigger_id=payload["trigger_id"], view=modal(*blocks))

    view = (await bob.command("/bell")).view
    assert view is not None
    await bob.fill(view, {label: raw for label, (_, raw, _) in kinds.items()})
    assert (await bob.submit(view)).ok
    values = bell.of("view_submission")[0]["view"]["state"]["values"]
    for label, (element, _, expected) in kinds.items():
        assert values[label.lower()]["text"] == {"type": element["type"], **expected}


@pytest.mark.parametrize(
    ("element", "raw"),
    [
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "3"),
        ({"type": "email_text_input"}, "nobody"),
        ({"type": "url_text_input"}, "nowhere"),
        ({"type": "plain_text_input"}, "   "),
    ],
)
async def test_the_client_checks_formats(
    workspace: Workspace, bell: Bell, api: AsyncWebClient, element: dict[str, Any], raw: str
) -> None:
    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(
            trigger_id=payload["trigger_id"], view=modal(typed("Field", element=element))
        )

    bob = workspace.person("bob")
    view = (await bob.command("/bell")).view
    assert view is not None
    await bob.fill(view, {"Field": raw})
    assert list((await bob.submit()).errors) == ["Field"]
    assert bell.of("view_submission") == []


async def test_a_field_with_dispatch_action_tells_at_once_and_the_form_adapts(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    schedule = choice("Schedule", "Payments", "Search", dispatch_action=True)

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(trigger_id=payload["trigger_id"], view=modal(typed("Title"), schedule))

    @bell.on("block_actions")
    async def adapts(payload: dict[str, Any]) -> None:
        assert payload["view"]["state"]["values"]["title"]["text"]["value"] == "Fire"
        chosen = payload["actions"][0]["selected_option"]["value"]
        await api.views_update(
            view_id=payload["view"]["id"],
            view=modal(typed("Title"), schedule, section(f"Bob is on call for {chosen}")),
        )

    view = (await bob.command("/bell")).view
    assert view is not None
    await bob.fill(view, {"Title": "Fire"})
    answer = await bob.choose("Schedule", "Payments", on=view)
    assert answer.status == 200
    assert "on call for payments" in view.plain
    assert view.values["title"]["text"]["value"] == "Fire"


async def test_an_external_menu_offers_what_the_app_says(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    external = {"type": "external_select", "min_query_length": 1, "options": None}
    field = typed("Component", element=external)
    field["element"].pop("options")

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(trigger_id=payload["trigger_id"], view=modal(field))

    bell.answers("block_suggestion", {"options": [option("Checkout"), option("Chat")]})
    view = (await bob.command("/bell")).view
    assert view is not None
    assert await bob.suggest("Component", "ch") == ["Checkout", "Chat"]
    assert bell.of("block_suggestion")[0]["value"] == "ch"
    await bob.fill(view, {"Component": "Checkout"})
    assert len(bell.of("block_suggestion")) == 1, "what was offered is remembered"
    assert (await bob.submit()).ok
    bell.answers("block_suggestion", {"options": [{"text": plain("x" * 76), "value": "x"}]})
    view = (await bob.command("/bell")).view
    with pytest.raises(LookupError, match="did not load"):
        await bob.suggest("Component", "ch")
    assert [each.where for each in workspace.faulty_payloads] == ["block_suggestion"]


async def test_a_menu_in_a_message_remembers_each_person_s_choice(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    general = workspace.channel("general")
    blocks = [actions(select("A", "B"), button("Go"), block_id="row")]
    await api.chat_postMessage(channel=general.id, text="x", blocks=blocks)
    message = general.messages[0]
    await workspace.person("bob").choose("pick", "B", on=message)
    await workspace.person("alice").click("Go", on=message)
    await workspace.person("bob").click("Go", on=message)
    chosen = [
        each["state"]["values"]["row"]["pick"]["selected_option"]
        for each in bell.of("block_actions")
    ]
    assert chosen == [option("B"), None, option("B")]


async def test_enter_tells_of_a_text_at_once_where_the_app_asked_for_it(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    heard = {**typed("Days"), "dispatch_action": True}

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        await api.views_open(trigger_id=payload["trigger_id"], view=modal(typed("Title"), heard))

    view = (await bob.command("/bell")).view
    assert view is not None
    await bob.fill(view, {"Days": "3"})
    await bob.enter("Title", "Fire", on=view)
    assert bell.of("block_actions") == []

    await bob.enter("Days", "4", on=view)
    (told,) = bell.of("block_actions")
    assert told["actions"][0]["value"] == "4"
