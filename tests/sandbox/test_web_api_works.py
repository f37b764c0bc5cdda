"""The Web API at work: people, history, messages, channels, and the record of it all."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.shapes import section


async def test_people_have_time_zones_and_kinds(workspace: Workspace, api: AsyncWebClient) -> None:
    bob = (await api.users_lookupByEmail(email="BOB@acme.test"))["user"]
    assert (bob["name"], bob["tz"], bob["tz_offset"]) == ("bob", "America/New_York", -5 * 3600)
    gone = (await api.users_info(user=workspace.person("gone").id))["user"]
    assert gone["deleted"]
    assert "tz" not in gone


async def test_lists_come_in_pages(workspace: Workspace, api: AsyncWebClient) -> None:
    names: list[str] = []
    async for page in await api.users_list(limit=2):
        assert len(page["members"]) <= 2
        names += [user["name"] for user in page["members"]]
    assert sorted(names) == ["alice", "bell", "bob", "gone", "robot", "slackbot"]


async def test_history_is_newest_first_and_leaves_out_replies(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    first = await api.chat_postMessage(channel=general, text="first")
    await api.chat_postMessage(channel=general, text="reply", thread_ts=first["ts"])
    shouted = await api.chat_postMessage(
        channel=general, text="shouted", thread_ts=first["ts"], reply_broadcast=True
    )
    last = await api.chat_postMessage(channel=general, text="last")
    history = await api.conversations_history(channel=general)
    assert [each["text"] for each in history["messages"]] == ["last", "shouted", "first"]
    assert history["messages"][2]["reply_count"] == 2
    page = await api.conversations_history(channel=general, limit=1)
    assert page["has_more"]
    rest = await api.conversations_history(
        channel=general, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [each["text"] for each in rest["messages"]] == ["shouted", "first"]
    since = await api.conversations_history(channel=general, oldest=shouted["ts"])
    assert [each["text"] for each in since["messages"]] == ["last"]
    until = await api.conversations_history(channel=general, latest=last["ts"], inclusive=True)
    assert len(until["messages"]) == 3
    thread = await api.conversations_replies(channel=general, ts=first["ts"])
    assert [each["text"] for each in thread["messages"]] == ["first", "reply", "shouted"]


async def test_metadata_is_shown_only_on_request(workspace: Workspace, api: AsyncWebClient) -> None:
    general = workspace.channel("general").id
    metadata = {"event_type": "page", "event_payload": {"id": "7"}}
    await api.chat_postMessage(channel=general, text="x", metadata=metadata)
    hidden = await api.conversations_history(channel=general)
    shown = await api.conversations_history(channel=general, include_all_metadata=True)
    assert "metadata" not in hidden["messages"][0]
    assert shown["messages"][0]["metadata"] == metadata


async def test_a_person_s_id_opens_their_direct_message(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    posted = await api.chat_postMessage(channel=bob.id, text="psst")
    opened = await api.conversations_open(users=bob.id)
    assert posted["channel"] == opened["channel"]["id"]
    assert [message.plain for message in bob.dm()] == ["psst"]


async def test_an_edit_without_blocks_takes_the_blocks_away_and_keeps_metadata(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general")
    posted = await api.chat_postMessage(
        channel=general.id,
        text="x",
        blocks=[section("*rich*")],
        metadata={"event_type": "page", "event_payload": {}},
    )
    message = general.messages[0]
    # Not by chat_update(), which warns of the missing text.
    changed = {"channel": general.id, "ts": posted["ts"], "blocks": [section("other")]}
    await api.api_call("chat.update", json=changed)
    assert (message.text, message.plain) == ("x", "other")
    await api.chat_update(channel=general.id, ts=posted["ts"], text="plain")
    assert (message.plain, message.blocks) == ("plain", [])
    assert message.metadata is not None
    assert message.edited is not None


async def test_others_messages_can_t_be_edited_or_deleted(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general")
    said = await workspace.person("alice").say("mine", "general")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await api.chat_update(channel=general.id, ts=said.ts, text="x")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await api.chat_delete(channel=general.id, ts=said.ts)


async def test_an_edited_text_may_have_4000_characters(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    posted = await api.chat_postMessage(channel=general, text="x" * 40_000)
    await api.chat_update(channel=general, ts=posted["ts"], text="x" * 4000)
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await api.chat_update(channel=general, ts=posted["ts"], text="x" * 4001)


async def test_a_deleted_message_is_gone(workspace: Workspace, api: AsyncWebClient) -> None:
    general = workspace.channel("general")
    posted = await api.chat_postMessage(channel=general.id, text="x")
    await api.chat_delete(channel=general.id, ts=posted["ts"])
    assert general.messages == []


async def test_a_reply_needs_the_first_message_of_the_thread(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    first = await api.chat_postMessage(channel=general, text="x")
    reply = await api.chat_postMessage(channel=general, text="y", thread_ts=first["ts"])
    with pytest.raises(SlackApiError, match="cannot_reply_to_message"):
        await api.chat_postMessage(channel=general, text="z", thread_ts=reply["ts"])


async def test_an_ephemeral_message_is_only_for_its_reader(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general")
    alice, bob = workspace.person("alice"), workspace.person("bob")
    await api.chat_postEphemeral(channel=general.id, user=bob.id, text="only you")
    assert [each.plain for each in bob.ephemerals("general")] == ["only you"]
    assert alice.ephemerals() == []
    assert general.messages == []
    general.members.discard(bob.id)
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await api.chat_postEphemeral(channel=general.id, user=bob.id, text="x")
