"""Trouble on demand: rate limits, errors, and time-outs before and after having acted."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Fault, Workspace
from sandbox.faults import Faults


async def post(workspace: Workspace, api: AsyncWebClient, channel: str = "general") -> Any:
    return await api.chat_postMessage(channel=workspace.channel(channel).id, text="x")


async def test_a_rate_limit_says_when_to_come_back_and_is_over_after_its_times(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    workspace.faults.add(Fault("chat.postMessage", "rate_limited", times=2, retry_after=7))
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await post(workspace, api)
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "7"
    await post(workspace, api)
    assert len(workspace.channel("general").messages) == 1


@pytest.mark.parametrize(("kind", "acted"), [("server_error", 0), ("server_error_after", 1)])
async def test_a_server_error_has_acted_or_not(
    workspace: Workspace, api: AsyncWebClient, kind: Any, acted: int
) -> None:
    workspace.faults.add(Fault("chat.postMessage", kind))
    with pytest.raises(SlackApiError) as caught:
        await post(workspace, api)
    assert caught.value.response.status_code == 500
    assert len(workspace.channel("general").messages) == acted


@pytest.mark.parametrize(("kind", "acted"), [("timeout_before", 0), ("timeout_after", 1)])
async def test_a_dropped_connection_has_acted_or_not(
    workspace: Workspace, api: AsyncWebClient, kind: Any, acted: int
) -> None:
    workspace.faults.add(Fault("chat.postMessage", kind, delay=0.01))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(workspace, api)
    assert len(workspace.channel("general").messages) == acted
    assert [(call.answer, call.fault) for call in workspace.calls] == [(None, kind)]


async def test_a_silence_outlasts_the_client_s_patience_but_not_the_workspace(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    workspace.faults.add(Fault("chat.postMessage", "timeout_after", hang_seconds=30))
    api.timeout = 0.05  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        await post(workspace, api)
    assert len(workspace.channel("general").messages) == 1


async def test_any_error_can_be_had(workspace: Workspace, api: AsyncWebClient) -> None:
    workspace.faults.add(Fault("*", "error", error="token_revoked", times=None))
    for call in (api.auth_test(), post(workspace, api)):
        with pytest.raises(SlackApiError, match="token_revoked"):
            await call
    workspace.faults.clear()
    await api.auth_test()


async def test_a_fault_can_be_meant_for_one_channel(
    workspace: Workspace, api: AsyncWebClient
) -> None:
    workspace.faults.add(Fault("chat.postMessage", "server_error", channel="general"))
    await post(workspace, api, "incidents")
    with pytest.raises(SlackApiError):
        await post(workspace, api, "general")


async def test_a_slow_answer_comes_all_the_same(workspace: Workspace, api: AsyncWebClient) -> None:
    workspace.faults.add(Fault("chat.postMessage", "slow", delay=0.02))
    assert (await post(workspace, api))["ok"]


def test_chance_is_the_same_in_every_run() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault("x", "error", times=None, probability=0.5))
        return [faults.strike("x", set()) is not None for _ in range(20)]

    assert strikes(1) == strikes(1)
    assert 0 < sum(strikes(1)) < 20
