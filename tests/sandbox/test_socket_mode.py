"""Socket Mode: slack_sdk's and Bolt's own clients connect, answer, and come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.conftest import client_of
from tests.sandbox.shapes import modal, typed


@asynccontextmanager
async def connected(
    workspace: Workspace, answers: dict[str, Any]
) -> AsyncIterator[tuple[SocketModeClient, list[SocketModeRequest]]]:
    client = SocketModeClient(
        "xapp-sandbox", web_client=client_of(workspace, "xapp-sandbox"), ping_interval=0.05
    )
    received: list[SocketModeRequest] = []

    async def listen(_: Any, request: SocketModeRequest) -> None:
        received.append(request)
        if request.type in answers:
            response = SocketModeResponse(request.envelope_id, answers[request.type])
            await client.send_socket_mode_response(response)

    client.socket_mode_request_listeners.append(listen)  # type: ignore[arg-type]
    before = len(workspace.socket.connections)
    await client.connect()
    await workspace.until(lambda: len(workspace.socket.connections) > before)
    try:
        yield client, received
    finally:
        await client.close()


async def test_commands_and_events_come_through_the_socket(workspace: Workspace) -> None:
    answers: dict[str, Any] = {"slash_commands": {"text": "heard"}, "events_api": None}
    async with connected(workspace, answers) as (_, received):
        bob = workspace.person("bob")
        answer = await bob.command("/bell 7")
        await bob.open_home()
    assert [each.plain for each in answer.messages] == ["heard"]
    assert [each.type for each in received] == ["slash_commands", "events_api"]
    assert received[0].payload["text"] == "7"
    assert received[1].payload["event"]["type"] == "app_home_opened"


async def test_an_envelope_that_nobody_acknowledges_times_out(workspace: Workspace) -> None:
    workspace.engine.delivery.ack_timeout = 0.02
    async with connected(workspace, {}):
        answer = await workspace.person("bob").command("/bell")
    assert answer.failed == "operation_timeout"


async def test_an_unheard_event_is_told_again_with_its_attempt(workspace: Workspace) -> None:
    workspace.engine.delivery.ack_timeout = 0.02
    async with connected(workspace, {}) as (_, received):
        await workspace.person("bob").open_home()
        await asyncio.sleep(0.01)
    assert [each.retry_attempt for each in received] == [0, 1, 2, 3]


async def test_each_envelope_goes_to_one_connection(workspace: Workspace) -> None:
    answers = {"slash_commands": None}
    async with connected(workspace, answers) as (_, one), connected(workspace, answers) as (_, two):
        for _ in range(4):
            await workspace.person("bob").command("/bell")
    assert (len(one), len(two)) == (2, 2)


async def test_a_client_told_to_go_comes_back(workspace: Workspace) -> None:
    async with connected(workspace, {"slash_commands": {"text": "back"}}):
        first = workspace.socket.connections[0]
        await workspace.socket.disconnect()
        await workspace.until(
            lambda: workspace.socket.connections and first not in workspace.socket.connections
        )
        answer = await workspace.person("bob").command("/bell")
    assert [each.plain for each in answer.messages] == ["back"]


async def test_bolt_works_over_the_socket(workspace: Workspace, api: AsyncWebClient) -> None:
    app = AsyncApp(client=api, signing_secret="shh")

    @app.command("/bell")
    async def opens(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(typed("Title")))

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(response_action="errors", errors={"title": "No"})

    handler = AsyncSocketModeHandler(app, "xapp-sandbox", ping_interval=1)
    handler.client.web_client = client_of(workspace, "xapp-sandbox")
    await handler.connect_async()
    try:
        await workspace.until(lambda: workspace.socket.connected)
        bob = workspace.person("bob")
        answer = await bob.command("/bell")
        view = await workspace.until(lambda: answer.view)
        await bob.fill(view, {"Title": "Fire"})
        assert (await bob.submit(view)).errors == {"Title": "No"}
    finally:
        await handler.close_async()


async def test_only_the_app_token_opens_a_connection(workspace: Workspace) -> None:
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client_of(workspace).apps_connections_open(app_token="xoxb-sandbox")


async def test_a_ticket_is_good_for_one_connection(workspace: Workspace) -> None:
    url = workspace.socket.open_url()
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
