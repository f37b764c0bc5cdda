"""Delivery: signatures, the three seconds, and events that are told again."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from sandbox import Workspace
from tests.sandbox.conftest import Bell, Clock, make_workspace


async def test_requests_are_signed_with_real_time_whatever_the_workspace_s_clock_says(
    workspace: Workspace, bell: Bell
) -> None:
    await workspace.person("bob").command("/bell")
    headers = bell.headers[0]
    assert abs(int(headers["X-Slack-Request-Timestamp"]) - workspace.engine.clock()) > 3600
    assert headers["X-Slack-Signature"].startswith("v0=")


async def test_another_secret_does_not_verify(workspace: Workspace, bell: Bell) -> None:
    signed = workspace.engine.delivery.sign(b"body")
    assert SignatureVerifier("shh").is_valid_request(b"body", signed)
    assert not SignatureVerifier("other").is_valid_request(b"body", signed)
    assert not SignatureVerifier("shh").is_valid_request(b"changed", signed)


async def test_a_late_answer_is_a_timeout_and_the_app_goes_on() -> None:
    workspace = make_workspace(ack_timeout=0.02)
    bell, done = Bell("shh"), asyncio.Event()

    @bell.on("command")
    async def slow(_: dict[str, Any]) -> str:
        await asyncio.sleep(0.04)
        done.set()
        return "too late"

    async with workspace.serve():
        workspace.deliver_with(bell)
        bob = workspace.person("bob")
        answer = await bob.command("/bell")
        assert (answer.failed, answer.messages) == ("operation_timeout", [])
        shown = [each.plain for each in bob.ephemerals("general")]
        assert shown == ['/bell failed with the error "operation_timeout"']
        await done.wait()


@pytest.mark.parametrize("status", [201, 404, 500])
async def test_any_answer_but_200_fails_a_command(
    workspace: Workspace, bell: Bell, status: int
) -> None:
    bell.answers("command", (status, {}, b""))
    bob = workspace.person("bob")
    answer = await bob.command("/bell")
    assert (answer.failed, answer.status) == ("dispatch_failed", status)
    assert [each.plain for each in bob.ephemerals()] == [
        '/bell failed with the error "dispatch_failed"'
    ]


async def test_without_an_app_a_command_fails(workspace: Workspace) -> None:
    assert (await workspace.person("bob").command("/bell")).failed == "dispatch_failed"


async def test_an_app_that_is_down_fails_a_command(workspace: Workspace) -> None:
    workspace.deliver_to("http://127.0.0.1:9/slack/events")
    assert (await workspace.person("bob").command("/bell")).failed == "dispatch_failed"


async def test_an_app_is_reached_over_http_and_cut_off(workspace: Workspace) -> None:
    bell = Bell("shh")

    async def receive(request: web.Request) -> web.Response:
        status, headers, body = await bell(dict(request.headers), await request.read())
        return web.Response(status=status, headers=headers, body=body)

    application = web.Application()
    application.router.add_post("/slack/events", receive)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        workspace.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        bell.answers("command", "over the wire")
        answer = await workspace.person("bob").command("/bell")
        assert [each.plain for each in answer.messages] == ["over the wire"]

        @bell.on("command")
        async def slow(_: dict[str, Any]) -> None:
            await asyncio.sleep(0.05)

        workspace.engine.delivery.ack_timeout = 0.01
        assert (await workspace.person("bob").command("/bell")).failed == "operation_timeout"
    finally:
        await runner.cleanup()


async def test_an_event_is_told_up_to_four_times_with_the_same_id(
    workspace: Workspace, bell: Bell
) -> None:
    bell.answers("app_home_opened", (500, {}, b""))
    await workspace.person("bob").open_home()
    assert len({each["event_id"] for each in bell.received}) == 1
    retries = [
        (each.get("X-Slack-Retry-Num"), each.get("X-Slack-Retry-Reason")) for each in bell.headers
    ]
    assert retries == [
        (None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error"),
    ]  # fmt: skip


async def test_a_late_event_is_told_again_until_it_is_heard() -> None:
    workspace = make_workspace(Clock(), ack_timeout=0.02)
    bell, tries = Bell("shh"), []

    @bell.on("app_home_opened")
    async def slow_at_first(_: dict[str, Any]) -> None:
        tries.append(1)
        if len(tries) == 1:
            await asyncio.sleep(0.05)

    async with workspace.serve():
        workspace.deliver_with(bell)
        await workspace.person("bob").open_home()
        assert [each.get("X-Slack-Retry-Reason") for each in bell.headers] == [
            None, "http_timeout",
        ]  # fmt: skip
        assert workspace.events.told[0].attempts == ["operation_timeout", None]


async def test_an_app_can_refuse_retries(workspace: Workspace, bell: Bell) -> None:
    bell.answers("app_home_opened", (500, {"X-Slack-No-Retry": "1"}, b""))
    await workspace.person("bob").open_home()
    assert len(bell.received) == 1


async def test_any_2xx_is_enough_for_an_event(workspace: Workspace, bell: Bell) -> None:
    bell.answers("app_home_opened", (202, {}, b""))
    await workspace.person("bob").open_home()
    assert len(bell.received) == 1


async def test_an_event_can_be_told_twice(workspace: Workspace, bell: Bell) -> None:
    await workspace.person("bob").open_home()
    await workspace.events.repeat(workspace.events.told[0])
    assert len({each["event_id"] for each in bell.received}) == 1
    assert len(bell.received) == 2


async def test_the_app_s_own_messages_come_back_to_it(workspace: Workspace, bell: Bell) -> None:
    from tests.sandbox.conftest import client_of

    posted = await client_of(workspace).chat_postMessage(
        channel=workspace.person("bob").id, text="x"
    )
    await workspace.until(lambda: bell.of("message"))
    event = bell.of("message")[0]["event"]
    assert (event["bot_id"], event["ts"]) == ("B0SANDBOX", posted["ts"])
