"""Who is notified: unread counts, badges, and what shows on a lock screen."""

from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.shapes import section


async def test_a_direct_message_notifies_with_its_text_not_its_blocks(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    await api.chat_postMessage(channel=bob.id, text="Wake &amp; up", blocks=[section("details")])
    assert [(each.reason, each.text) for each in bob.notifications] == [("dm", "Wake & up")]
    assert (bob.unread(), bob.mentions()) == (1, 1)
    bob.read()
    assert (bob.unread(), bob.mentions()) == (0, 0)


async def test_a_channel_message_is_unread_but_pings_only_whom_it_mentions(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    alice, bob = workspace.person("alice"), workspace.person("bob")
    general = workspace.channel("general").id
    await api.chat_postMessage(channel=general, text=f"hello <@{bob.id}>")
    assert (alice.unread("general"), alice.mentions("general")) == (1, 0)
    assert (bob.unread("general"), bob.mentions("general")) == (1, 1)
    await api.chat_postMessage(channel=general, text="<!channel>")
    assert [each.reason for each in alice.notifications] == ["channel"]


async def test_an_edit_notifies_nobody(workspace: Workspace, api: AsyncWebClient) -> None:
    bob, general = workspace.person("bob"), workspace.channel("general").id
    posted = await api.chat_postMessage(channel=general, text="quiet")
    await api.chat_update(channel=general, ts=posted["ts"], text=f"<@{bob.id}> <!channel>")
    assert bob.notifications == []


async def test_a_thread_notifies_those_in_it(workspace: Workspace, api: AsyncWebClient) -> None:
    alice, bob = workspace.person("alice"), workspace.person("bob")
    general = workspace.channel("general").id
    question = await alice.say("what is up?", "general")
    await api.chat_postMessage(channel=general, text="<!channel> this", thread_ts=question.ts)
    assert [each.reason for each in alice.notifications] == ["thread"]
    assert bob.notifications == []
    assert bob.unread("general") == 1, "the question; replies are counted in their thread"


async def test_a_reply_in_a_direct_message_is_seen_only_when_it_is_broadcast(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    bob = workspace.person("bob")
    first = await api.chat_postMessage(channel=bob.id, text="page")
    await api.chat_postMessage(channel=first["channel"], text="hidden", thread_ts=first["ts"])
    await api.chat_postMessage(
        channel=first["channel"], text="again", thread_ts=first["ts"], reply_broadcast=True
    )
    assert [each.text for each in bob.notifications] == ["page", "again"]
    assert bob.unread() == 2


async def test_ephemeral_messages_and_strangers_to_the_channel_count_for_nothing(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    bob, general = workspace.person("bob"), workspace.channel("general")
    await api.chat_postEphemeral(channel=general.id, user=bob.id, text="x")
    assert bob.unread("general") == 0
    general.members.discard(bob.id)
    await api.chat_postMessage(channel=general.id, text=f"<@{bob.id}>")
    assert (bob.notifications, bob.unread("general")) == ([], 0)
