"""Channels, their marks, the record of calls, and the pace of posts."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.conftest import client_of, make_workspace, manifest
from tests.sandbox.shapes import actions, button


async def test_a_channel_is_created_named_filled_and_archived(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    alice, bob = workspace.person("alice").id, workspace.person("bob").id
    created = (await api.conversations_create(name="inc-1-checkout"))["channel"]
    channel = workspace.channel("inc-1-checkout")
    assert (created["is_member"], created["num_members"]) == (True, 1)
    await api.conversations_setTopic(channel=channel.id, topic="on fire")
    await api.conversations_setPurpose(channel=channel.id, purpose="put it out")
    await api.conversations_invite(channel=channel.id, users=[alice, bob])
    members = (await api.conversations_members(channel=channel.id))["members"]
    assert set(members) == {alice, bob, workspace.bot_id}
    await api.conversations_rename(channel=channel.id, name="inc-1-payments")
    await api.conversations_archive(channel=channel.id)
    assert (channel.name, channel.topic, channel.archived) == ("inc-1-payments", "on fire", True)
    with pytest.raises(SlackApiError, match="is_archived"):
        await api.chat_postMessage(channel=channel.id, text="x")


async def test_one_bad_id_fails_an_invitation_unless_it_is_forced(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    channel = (await api.conversations_create(name="inc-1"))["channel"]["id"]
    bob, gone = workspace.person("bob").id, workspace.person("gone").id
    with pytest.raises(SlackApiError) as caught:
        await api.conversations_invite(channel=channel, users=[bob, gone])
    assert caught.value.response["errors"] == [
        {"user": gone, "ok": False, "error": "user_not_found"}
    ]
    await api.conversations_invite(channel=channel, users=[bob, gone], force=True)
    with pytest.raises(SlackApiError, match="already_in_channel"):
        await api.conversations_invite(channel=channel, users=[bob])
    with pytest.raises(SlackApiError, match="cant_invite_self"):
        await api.conversations_invite(channel=channel, users=[workspace.bot_id])


async def test_conversations_are_listed_by_type(workspace: Workspace, api: AsyncWebClient) -> None:
    def names(answer: Any) -> list[str]:
        return [each["name"] for each in answer["channels"]]

    assert names(await api.conversations_list()) == ["general", "incidents", "elsewhere", "old"]
    current = await api.conversations_list(exclude_archived=True, types="public_channel")
    assert "old" not in names(current)
    assert names(await api.conversations_list(types="private_channel")) == []
    assert "elsewhere" not in names(await api.users_conversations())


async def test_joining_twice_is_a_warning(workspace: Workspace, api: AsyncWebClient) -> None:
    elsewhere = workspace.channel("elsewhere").id
    assert "warning" not in (await api.conversations_join(channel=elsewhere)).data
    assert (await api.conversations_join(channel=elsewhere))["warning"] == "already_in_channel"


async def test_pins_reactions_and_bookmarks(workspace: Workspace, api: AsyncWebClient) -> None:
    general = workspace.channel("general").id
    ts = (await api.chat_postMessage(channel=general, text="x"))["ts"]
    await api.pins_add(channel=general, timestamp=ts)
    with pytest.raises(SlackApiError, match="already_pinned"):
        await api.pins_add(channel=general, timestamp=ts)
    assert len((await api.pins_list(channel=general))["items"]) == 1
    await api.pins_remove(channel=general, timestamp=ts)
    with pytest.raises(SlackApiError, match="no_pin"):
        await api.pins_remove(channel=general, timestamp=ts)
    await api.reactions_add(channel=general, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await api.reactions_add(channel=general, timestamp=ts, name="eyes")
    await api.bookmarks_add(channel_id=general, title="Run", type="link", link="https://x.test")
    with pytest.raises(SlackApiError, match="invalid_link"):
        await api.bookmarks_add(channel_id=general, title="Run", type="link", link="x.test")


async def test_every_call_is_recorded_and_malformed_payloads_apart(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    await api.chat_postMessage(channel=general, text="fine")
    assert workspace.faulty_payloads == []
    bad = [actions(button("x" * 76))]
    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel=general, text="x", blocks=bad)
    assert "at most 75" in caught.value.response["response_metadata"]["messages"][0]
    assert [(call.method, call.ok) for call in workspace.calls] == [
        ("chat.postMessage", True),
        ("chat.postMessage", False),
    ]
    assert workspace.calls[0].arguments["text"] == "fine"
    assert workspace.calls[0].at == workspace.engine.clock()
    assert [(each.where, each.code) for each in workspace.faulty_payloads] == [
        ("chat.postMessage", "invalid_blocks")
    ]


async def test_form_bodies_with_json_inside_are_understood(workspace: Workspace) -> None:
    general = workspace.channel("general")
    fields = {"channel": general.id, "text": "x", "blocks": '[{"type":"divider"}]'}
    await client_of(workspace).api_call("chat.postMessage", data=fields)
    assert [block["type"] for block in general.messages[0].blocks] == ["divider"]


async def test_posts_are_paced_on_request(workspace: Workspace, clock: Any) -> None:
    workspace.limits.messages_per_second = 1
    api, general = client_of(workspace), workspace.channel("general").id
    await api.chat_postMessage(channel=general, text="one")
    await api.chat_postMessage(channel=workspace.channel("incidents").id, text="elsewhere")
    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel=general, text="two")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    clock.now += 1
    await api.chat_postMessage(channel=general, text="two")


async def test_a_message_to_an_app_without_messages_tab_is_refused() -> None:
    closed = manifest()
    closed["features"]["app_home"]["messages_tab_enabled"] = False
    workspace = make_workspace(manifest=closed)
    async with workspace.serve():
        with pytest.raises(SlackApiError, match="messages_tab_disabled"):
            await client_of(workspace).chat_postMessage(
                channel=workspace.person("bob").id, text="x"
            )
