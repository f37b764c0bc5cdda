"""The Web API refuses what Slack refuses, in Slack's words, and asks for each method's scope."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.conftest import SCOPES, client_of, make_workspace, manifest
from tests.sandbox.shapes import section


async def refusal(workspace: Workspace, method: str, **arguments: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await client_of(workspace).api_call(method, json=arguments)
    return caught.value.response


Make = Callable[[Workspace], dict[str, Any]]
LONG = [section("x" * 3000)] * 5


def to(channel: str, **more: Any) -> Make:
    return lambda workspace: {"channel": workspace.channel(channel).id, **more}


def about(person: str, name: str = "user", **more: Any) -> Make:
    return lambda workspace: {name: workspace.person(person).id, **more}


def just(**arguments: Any) -> Make:
    return lambda workspace: arguments


REFUSALS: list[tuple[str, Make, str]] = [
    ("chat.postMessage", just(text="x"), "invalid_arguments"),
    ("chat.postMessage", just(channel="C404", text="x"), "channel_not_found"),
    ("chat.postMessage", to("secret", text="x"), "channel_not_found"),
    ("chat.postMessage", to("elsewhere", text="x"), "not_in_channel"),
    ("chat.postMessage", to("old", text="x"), "is_archived"),
    ("chat.postMessage", to("general"), "no_text"),
    ("chat.postMessage", to("general", text=""), "no_text"),
    ("chat.postMessage", to("general", text="x" * 40_001), "msg_too_long"),
    ("chat.postMessage", to("general", blocks="[{"), "invalid_blocks_format"),
    ("chat.postMessage", to("general", blocks={"type": "divider"}), "invalid_blocks_format"),
    ("chat.postMessage", to("general", blocks=[{"type": "x"}], text="x"), "invalid_blocks"),
    ("chat.postMessage", to("general", blocks=LONG, text="x"), "msg_blocks_too_long"),
    ("chat.postMessage", to("general", text="x", thread_ts="1.1"), "thread_not_found"),
    ("chat.postMessage", to("general", text="x", attachments=[{}] * 101), "too_many_attachments"),
    ("chat.postMessage", to("general", text="x", attachments="x"), "invalid_attachments"),
    ("chat.postMessage", to("general", text="x", metadata={"a": 1}), "invalid_metadata_schema"),
    ("chat.postMessage", to("general", text="x", metadata="{"), "invalid_metadata_format"),
    (
        "chat.postMessage",
        to("general", text="x", metadata={"event_type": "a", "event_payload": {"x": "y" * 9000}}),
        "metadata_too_large",
    ),
    ("chat.postMessage", to("general", text="x", markdown_text="y"), "markdown_text_conflict"),
    ("chat.postMessage", to("general", text="x", username="Boss"), "missing_scope"),
    ("chat.postMessage", about("gone", "channel", text="x"), "user_disabled"),
    ("chat.postMessage", about("robot", "channel", text="x"), "cannot_dm_bot"),
    ("chat.postEphemeral", to("general", user="U404", text="x"), "user_not_found"),
    ("chat.update", to("general", ts="1.1", text="x"), "message_not_found"),
    ("chat.delete", to("general", ts="1.1"), "message_not_found"),
    ("chat.getPermalink", to("general", message_ts="1.1"), "message_not_found"),
    ("conversations.create", just(name=""), "invalid_name_required"),
    ("conversations.create", just(name="x" * 81), "invalid_name_maxlength"),
    ("conversations.create", just(name="Upper"), "invalid_name_specials"),
    ("conversations.create", just(name="a b"), "invalid_name_specials"),
    ("conversations.create", just(name="--"), "invalid_name_punctuation"),
    ("conversations.create", just(name="general"), "name_taken"),
    ("conversations.create", just(name="old"), "name_taken"),
    ("conversations.info", just(channel="C404"), "channel_not_found"),
    ("conversations.history", to("elsewhere"), "not_in_channel"),
    ("conversations.history", to("general", cursor="?"), "invalid_cursor"),
    ("conversations.history", to("general", limit=1001), "invalid_limit"),
    ("conversations.history", to("general", oldest="noon"), "invalid_ts_oldest"),
    ("conversations.replies", to("general", ts="1.1"), "thread_not_found"),
    ("conversations.list", just(types="channel"), "invalid_types"),
    ("conversations.join", to("old"), "is_archived"),
    ("conversations.archive", to("general"), "cant_archive_general"),
    ("conversations.archive", to("old"), "already_archived"),
    ("conversations.archive", to("elsewhere"), "not_in_channel"),
    ("conversations.unarchive", to("general"), "not_archived"),
    ("conversations.rename", to("general", name="new"), "not_authorized"),
    ("conversations.setTopic", to("general", topic="x" * 251), "too_long"),
    ("conversations.setTopic", to("elsewhere", topic="x"), "not_in_channel"),
    ("conversations.setPurpose", to("general", purpose="x" * 251), "too_long"),
    ("conversations.invite", to("general"), "no_user"),
    ("conversations.invite", to("general", users="U404"), "user_not_found"),
    ("conversations.invite", to("elsewhere", users="U404"), "not_in_channel"),
    ("conversations.invite", to("general", users=",".join(["U"] * 101)), "too_many_users"),
    ("conversations.open", just(), "users_list_not_supplied"),
    ("conversations.open", just(users="U404"), "user_not_found"),
    ("conversations.open", about("gone", "users"), "user_disabled"),
    ("conversations.open", about("robot", "users"), "cannot_dm_bot"),
    ("conversations.open", just(users=",".join(f"U{n}" for n in range(9))), "too_many_users"),
    ("users.info", just(user="U404"), "user_not_found"),
    ("users.lookupByEmail", just(email="nobody@acme.test"), "users_not_found"),
    ("users.lookupByEmail", just(email="gone@acme.test"), "users_not_found"),
    ("pins.add", to("general", timestamp="1.1"), "message_not_found"),
    ("pins.add", to("general"), "no_item_specified"),
    ("reactions.add", to("general", timestamp="1.1", name="eyes"), "message_not_found"),
    ("views.open", just(view={}), "invalid_arguments"),
    ("views.update", just(view={}), "invalid_arguments"),
    ("views.publish", just(user_id="U404", view={"type": "home", "blocks": []}), "user_not_found"),
    ("team.infos", just(), "unknown_method"),
    ("api.test", just(error="because"), "because"),
]


@pytest.mark.parametrize(
    ("method", "make", "code"), REFUSALS, ids=[f"{method}: {code}" for method, _, code in REFUSALS]
)
async def test_slack_refuses(workspace: Workspace, method: str, make: Make, code: str) -> None:
    assert (await refusal(workspace, method, **make(workspace)))["error"] == code


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "not_authed"),
        ("xoxb-other", "invalid_auth"),
        ("xapp-sandbox", "not_allowed_token_type"),
    ],
)
async def test_a_wrong_token_is_refused(workspace: Workspace, token: str, code: str) -> None:
    with pytest.raises(SlackApiError, match=code):
        await client_of(workspace, token).auth_test()


async def test_a_token_may_stand_in_the_form_but_not_in_a_json_body(workspace: Workspace) -> None:
    url = f"{workspace.engine.base_url}/api/auth.test"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data={"token": "xoxb-sandbox"}) as answer:
            assert (await answer.json())["ok"] is True
        async with session.post(url, json={"token": "xoxb-sandbox"}) as answer:
            assert (await answer.json())["error"] == "not_authed"


async def test_auth_test_says_who_and_which_scopes_are_granted(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    answer = await api.auth_test()
    assert (answer["user_id"], answer["team"]) == (workspace.bot_id, "Acme")
    assert set(answer.headers["x-oauth-scopes"].split(",")) == set(SCOPES)


@pytest.mark.parametrize(
    ("method", "needed", "make"),
    [
        ("chat.postMessage", "chat:write", to("general", text="x")),
        ("conversations.history", "channels:history", to("general")),
        ("conversations.info", "channels:read", to("general")),
        ("conversations.list", "channels:read", just()),
        ("conversations.create", "channels:manage", just(name="x")),
        ("conversations.create", "groups:write", just(name="x", is_private=True)),
        ("conversations.open", "im:write", about("bob", "users")),
        ("conversations.join", "channels:join", to("elsewhere")),
        ("users.info", "users:read", about("bob")),
        ("users.lookupByEmail", "users:read.email", just(email="bob@acme.test")),
        ("team.info", "team:read", just()),
        ("pins.add", "pins:write", to("general", timestamp="1.1")),
    ],
)
async def test_each_method_needs_its_scope(method: str, needed: str, make: Make) -> None:
    granted = [scope for scope in SCOPES if scope != needed]
    workspace = make_workspace(manifest=manifest(scopes=granted))
    async with workspace.serve():
        answer = await refusal(workspace, method, **make(workspace))
    assert (answer["error"], answer["needed"]) == ("missing_scope", needed)
    assert answer["provided"] == ",".join(sorted(granted))


async def test_a_direct_message_is_read_with_im_history(api: AsyncWebClient) -> None:
    workspace = make_workspace(
        manifest=manifest(scopes=[scope for scope in SCOPES if scope != "im:history"])
    )
    async with workspace.serve():
        client = client_of(workspace)
        posted = await client.chat_postMessage(channel=workspace.person("bob").id, text="x")
        with pytest.raises(SlackApiError, match="missing_scope"):
            await client.conversations_history(channel=posted["channel"])


async def test_the_narrower_scope_for_invitations_is_enough() -> None:
    scopes = ["channels:write.invites"]
    workspace = make_workspace(manifest=manifest(scopes=scopes))
    async with workspace.serve():
        general = workspace.channel("general")
        general.members.discard(workspace.person("bob").id)
        await client_of(workspace).conversations_invite(
            channel=general.id, users=workspace.person("bob").id
        )
        assert workspace.person("bob").id in general.members


async def test_chat_write_public_reaches_public_channels_unjoined() -> None:
    workspace = make_workspace(manifest=manifest(scopes=[*SCOPES, "chat:write.public"]))
    async with workspace.serve():
        client = client_of(workspace)
        await client.chat_postMessage(channel=workspace.channel("elsewhere").id, text="x")
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await client.chat_postMessage(channel=workspace.channel("secret").id, text="x")


async def test_addresses_are_hidden_without_their_scope() -> None:
    workspace = make_workspace(manifest=manifest(scopes=["users:read"]))
    async with workspace.serve():
        answer = await client_of(workspace).users_info(user=workspace.person("bob").id)
        assert "email" not in answer["user"]["profile"]
