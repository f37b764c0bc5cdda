"""People at work: commands, presses and shortcuts, only of what is there to be pressed."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Message, Workspace
from tests.sandbox.conftest import Bell, make_workspace, manifest
from tests.sandbox.shapes import actions, button, mrkdwn, option, plain, section

CONFIRM = {
    "title": plain("Sure?"),
    "text": mrkdwn("?"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}


async def posted(workspace: Workspace, api: AsyncWebClient, *blocks: dict[str, Any]) -> Message:
    general = workspace.channel("general")
    await api.chat_postMessage(channel=general.id, text="x", blocks=list(blocks))
    return general.messages[-1]


async def test_a_command_carries_what_slack_sends(workspace: Workspace, bell: Bell) -> None:
    bob = workspace.person("bob")
    answer = await bob.command("/bell show 7", channel="incidents")
    assert (answer.ok, answer.status, answer.view, answer.messages) == (True, 200, None, [])
    sent = bell.of("command")[0]
    assert {name: sent[name] for name in ("command", "text", "user_id", "channel_name")} == {
        "command": "/bell", "text": "show 7", "user_id": bob.id, "channel_name": "incidents",
    }  # fmt: skip
    assert sent["response_url"].startswith(workspace.engine.base_url)


async def test_a_command_s_text_is_escaped_only_where_the_manifest_says_so(
    workspace: Workspace, bell: Bell
) -> None:
    alice, general = workspace.person("alice"), workspace.channel("general")
    typed = "a<b & @alice in #general"
    await alice.command(f"/bell {typed}")
    await alice.command(f"/raw {typed}")
    assert [each["text"] for each in bell.of("command")] == [
        f"a&lt;b &amp; <@{alice.id}|alice> in <#{general.id}|general>",
        typed,
    ]


@pytest.mark.parametrize(
    ("answer", "everybody", "alone"),
    [
        ("hello", [], ["hello"]),
        ({"text": "hello"}, [], ["hello"]),
        ({"text": "hello", "response_type": "in_channel"}, ["hello"], []),
        ({"text": "x", "blocks": [section("*hello*")]}, [], ["hello"]),
        ({}, [], []),
        (None, [], []),
    ],
)
async def test_the_answer_to_a_command_is_shown(
    workspace: Workspace, bell: Bell, answer: Any, everybody: list[str], alone: list[str]
) -> None:
    bell.answers("command", answer)
    bob = workspace.person("bob")
    seen = await bob.command("/bell")
    assert [each.plain for each in workspace.channel("general").messages] == everybody
    assert [each.plain for each in bob.ephemerals("general")] == alone
    assert [each.plain for each in seen.messages] == everybody + alone
    assert workspace.person("alice").ephemerals() == []


async def test_a_malformed_answer_to_a_command_fails_it(workspace: Workspace, bell: Bell) -> None:
    bell.answers("command", {"text": "x", "blocks": [{"type": "banner"}]})
    answer = await workspace.person("bob").command("/bell")
    assert answer.failed == "dispatch_failed"
    assert [each.where for each in workspace.faulty_payloads] == ["command answer"]


async def test_a_command_is_refused_where_it_can_t_be_typed(
    workspace: Workspace, bell: Bell
) -> None:
    bob = workspace.person("bob")
    with pytest.raises(LookupError, match="/gong is not a valid command"):
        await bob.command("/gong")
    with pytest.raises(LookupError, match="not in #secret"):
        await bob.command("/bell", "secret")
    with pytest.raises(LookupError, match="archived"):
        await bob.command("/bell", "old")
    with pytest.raises(LookupError, match="no human"):
        await workspace.person("gone").command("/bell")
    with pytest.raises(LookupError, match=r"there are: .*alice, bob"):
        workspace.person("carol")
    with pytest.raises(LookupError, match="there are: general"):
        workspace.channel("nowhere")
    assert bell.received == []


async def test_commands_need_their_scope() -> None:
    workspace = make_workspace(manifest=manifest(scopes=["chat:write"]))
    with pytest.raises(LookupError, match="not a valid command"):
        await workspace.person("bob").command("/bell")


async def test_a_press_carries_the_button_as_it_is_stored(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    row = actions(button("Acknowledge", value="7", style="primary"), block_id="row")
    message = await posted(workspace, api, row)
    await bob.click("Acknowledge", on=message)
    sent = bell.of("block_actions")[0]
    action = sent["actions"][0]
    assert action.pop("action_ts")
    assert action == {
        "type": "button", "action_id": "press", "block_id": "row", "value": "7",
        "style": "primary", "text": plain("Acknowledge"),
    }  # fmt: skip
    assert sent["user"]["id"] == bob.id
    assert sent["message"]["ts"] == message.ts
    assert sent["container"]["channel_id"] == workspace.channel("general").id
    assert sent["response_url"]


async def test_only_what_is_rendered_can_be_pressed(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    message = await posted(workspace, api, actions(button("Acknowledge")))
    with pytest.raises(LookupError, match="no button 'Resolve' here; there is: 'Acknowledge'"):
        await bob.click("Resolve", on=message)
    await api.chat_update(channel=message.channel, ts=message.ts, text="done")
    with pytest.raises(LookupError, match="nothing to press"):
        await bob.click("Acknowledge", on=message)
    await api.chat_delete(channel=message.channel, ts=message.ts)
    with pytest.raises(LookupError, match="deleted"):
        await bob.click("Acknowledge", on=message)
    with pytest.raises(LookupError, match="no modal open"):
        await bob.click("Acknowledge")
    assert bell.of("block_actions") == []


async def test_only_those_who_see_a_message_can_press_in_it(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    alice, bob = workspace.person("alice"), workspace.person("bob")
    row = actions(button("Mine"))
    await api.chat_postMessage(channel=alice.id, text="x", blocks=[row])
    with pytest.raises(LookupError, match="can't see it"):
        await bob.click("Mine", on=alice.dm()[0])
    general = workspace.channel("general").id
    await api.chat_postEphemeral(channel=general, user=alice.id, text="x", blocks=[row])
    with pytest.raises(LookupError, match="can't see it"):
        await bob.click("Mine", on=alice.ephemerals()[0])
    await alice.click("Mine", on=alice.ephemerals()[0])
    assert "message" not in bell.of("block_actions")[0]
    assert bell.of("block_actions")[0]["container"]["is_ephemeral"] is True


async def test_of_two_equal_buttons_one_must_be_meant(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    message = await posted(
        workspace,
        api,
        section("*#1* Checkout", block_id="one", accessory=button("View", value="1")),
        section("*#2* Search", block_id="two", accessory=button("View", value="2")),
    )
    with pytest.raises(LookupError, match="2 buttons 'View'"):
        await bob.click("View", on=message)
    await bob.click("View", on=message, near="#2 Search")
    await bob.click("View", on=message, block_id="one")
    assert [each["actions"][0]["value"] for each in bell.of("block_actions")] == ["2", "1"]


async def test_a_question_before_a_press_can_be_answered_no(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    message = await posted(workspace, api, actions(button("Resolve", confirm=CONFIRM)))
    await bob.click("Resolve", on=message, confirm=False)
    assert bell.of("block_actions") == []
    await bob.click("Resolve", on=message)
    assert len(bell.of("block_actions")) == 1


async def test_an_overflow_entry_is_pressed_by_its_text(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [option("Redact"), option("Copy")]}
    message = await posted(workspace, api, section("update", accessory=menu))
    assert message.menu == ["Redact", "Copy"]
    await workspace.person("bob").click("Redact", on=message)
    action = bell.of("block_actions")[0]["actions"][0]
    assert (action["type"], action["selected_option"]) == ("overflow", option("Redact"))


async def test_shortcuts_are_those_of_the_manifest(workspace: Workspace, bell: Bell) -> None:
    bob = workspace.person("bob")
    said = await bob.say("it burns", "general")
    await bob.shortcut("ring")
    await bob.shortcut("ring_about", said)
    assert "channel" not in bell.of("shortcut")[0]
    sent = bell.of("message_action")[0]
    assert (sent["message"]["text"], sent["message_ts"]) == ("it burns", said.ts)
    with pytest.raises(LookupError, match="no global shortcut 'ring_about'"):
        await bob.shortcut("ring_about")
    with pytest.raises(LookupError, match="no message shortcut 'gong'"):
        await bob.shortcut("gong", said)


async def test_without_interactivity_nothing_can_be_pressed(api: AsyncWebClient) -> None:
    deaf = manifest()
    deaf["settings"]["interactivity"]["is_enabled"] = False
    workspace = make_workspace(manifest=deaf)
    with pytest.raises(LookupError, match="does not enable interactivity"):
        await workspace.person("bob").shortcut("ring")


async def test_what_people_say_is_heard_where_the_app_is(workspace: Workspace, bell: Bell) -> None:
    bob = workspace.person("bob")
    await bob.say("in the direct message")
    await bob.say("hello @bell", "general")
    await bob.say("behind its back", "elsewhere")
    texts = [each["event"]["text"] for each in bell.of("message")]
    assert texts == ["in the direct message", f"hello <@{workspace.bot_id}|bell>"]
    assert len(bell.of("app_mention")) == 1
    with pytest.raises(LookupError, match="not in #secret"):
        await bob.say("x", "secret")
    with pytest.raises(LookupError, match="archived"):
        await workspace.person("alice").say("x", "old")


async def test_joining_and_moving_are_told(workspace: Workspace, bell: Bell) -> None:
    from sandbox import Person

    carol = await workspace.hire(Person("carol", "Carol Next", email="carol@acme.test"))
    await workspace.change_person("carol", tz="Asia/Tokyo")
    assert [each["event"]["user"]["id"] for each in bell.of("team_join")] == [carol.id]
    assert bell.of("user_change")[0]["event"]["user"]["tz"] == "Asia/Tokyo"


async def test_events_that_are_not_subscribed_are_not_told() -> None:
    workspace = make_workspace(manifest=manifest(events=[]))
    bell = Bell("shh")
    async with workspace.serve():
        workspace.deliver_with(bell)
        await workspace.person("bob").open_home()
        await workspace.person("bob").say("x")
    assert bell.received == []
