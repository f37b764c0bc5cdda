"""What an incident needs around its messages: links, group messages, bookmarks, and rich text."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.shapes import plain, section


async def test_a_permalink_opens_in_the_sandbox(workspace: Workspace, api: AsyncWebClient) -> None:
    general = workspace.channel("general").id
    first = await api.chat_postMessage(channel=general, text="x")
    reply = await api.chat_postMessage(channel=general, text="y", thread_ts=first["ts"])
    link = await api.chat_getPermalink(channel=general, message_ts=first["ts"])
    assert link["permalink"] == (
        f"{workspace.engine.base_url}/archives/{general}/p{first['ts'].replace('.', '')}"
    )
    inner = await api.chat_getPermalink(channel=general, message_ts=reply["ts"])
    assert inner["permalink"].endswith(f"?thread_ts={first['ts']}&cid={general}")


async def test_a_group_message_is_the_same_for_the_same_people(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    people = [workspace.person("alice").id, workspace.person("bob").id]
    one = await api.conversations_open(users=people)
    two = await api.conversations_open(users=list(reversed(people)), return_im=True)
    assert one["channel"]["id"] == two["channel"]["id"]
    assert two["channel"]["is_mpim"]
    assert two["already_open"]
    await api.chat_postMessage(channel=one["channel"]["id"], text="both")
    assert workspace.person("bob").notifications[0].reason == "dm"


async def test_people_are_removed_and_the_app_leaves(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general, bob = workspace.channel("general"), workspace.person("bob").id
    await api.conversations_kick(channel=general.id, user=bob)
    assert bob not in general.members
    with pytest.raises(SlackApiError, match="cant_kick_self"):
        await api.conversations_kick(channel=general.id, user=workspace.bot_id)
    await api.conversations_leave(channel=general.id)
    assert (await api.conversations_leave(channel=general.id))["not_in_channel"]


async def test_an_archived_channel_can_be_opened_again(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    old = workspace.channel("old")
    await api.conversations_unarchive(channel=old.id)
    await api.chat_postMessage(channel=old.id, text="again")
    assert [each.text for each in old.messages] == ["again"]


async def test_the_team_has_a_name(api: AsyncWebClient) -> None:
    assert (await api.team_info())["team"]["name"] == "Acme"


async def test_bookmarks_are_listed_changed_and_removed(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    added = await api.bookmarks_add(
        channel_id=general, title="Run", type="link", link="https://x.test"
    )
    mark = added["bookmark"]["id"]
    await api.bookmarks_edit(bookmark_id=mark, channel_id=general, title="Walk")
    listed = (await api.bookmarks_list(channel_id=general))["bookmarks"]
    assert [each["title"] for each in listed] == ["Walk"]
    await api.bookmarks_remove(bookmark_id=mark, channel_id=general)
    with pytest.raises(SlackApiError, match="not_found"):
        await api.bookmarks_remove(bookmark_id=mark, channel_id=general)


async def test_a_reaction_is_taken_back(workspace: Workspace, api: AsyncWebClient) -> None:
    general = workspace.channel("general")
    ts = (await api.chat_postMessage(channel=general.id, text="x"))["ts"]
    await api.reactions_add(channel=general.id, timestamp=ts, name="eyes")
    await api.reactions_remove(channel=general.id, timestamp=ts, name="eyes")
    assert general.messages[0].reactions == {}
    with pytest.raises(SlackApiError, match="invalid_name"):
        await api.reactions_add(channel=general.id, timestamp=ts, name="not an emoji")


async def test_rich_text_tables_and_attachments_are_read(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    general, bob = workspace.channel("general"), workspace.person("bob").id
    pieces: list[dict[str, Any]] = [
        {"type": "text", "text": "ask "},
        {"type": "user", "user_id": bob},
        {"type": "channel", "channel_id": general.id},
        {"type": "link", "url": "https://x.test", "text": "here"},
        {"type": "emoji", "name": "fire"},
        {"type": "broadcast", "range": "here"},
    ]
    part = {"type": "rich_text_section", "elements": pieces}
    listed = {"type": "rich_text_list", "style": "bullet", "elements": [part]}
    blocks = [
        {"type": "rich_text", "elements": [listed]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 2]},
        {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a graph",
         "title": plain("Errors")},
        {"type": "markdown", "text": "**bold**"},
    ]  # fmt: skip
    attachments = [{"text": "*attached*", "blocks": [section("inside")]}]
    await api.chat_postMessage(channel=general.id, text="x", blocks=blocks, attachments=attachments)
    message = general.messages[0]
    assert message.plain.split("\n") == [
        "• ask @Bob Stone#generalhere:fire:@here", "a  a", "Errors", "a graph", "**bold**",
        "inside", "attached",
    ]  # fmt: skip
    assert message.mentions == {bob, "here"}


async def test_a_name_and_an_icon_of_one_s_own_need_their_scope() -> None:
    from tests.sandbox.conftest import SCOPES, client_of, make_workspace, manifest

    workspace = make_workspace(manifest=manifest(scopes=[*SCOPES, "chat:write.customize"]))
    async with workspace.serve():
        general = workspace.channel("general")
        await client_of(workspace).chat_postMessage(
            channel=general.id, text="x", username="Pager", icon_emoji=":fire:"
        )
        assert (general.messages[0].username, general.messages[0].icon) == ("Pager", ":fire:")


async def test_a_channel_may_be_named_instead_of_its_id(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    await api.chat_postMessage(channel="#general", text="x")
    assert len(workspace.channel("general").messages) == 1
