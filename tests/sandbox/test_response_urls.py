"""response_url: five uses within half an hour, ephemeral unless said otherwise."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox import Workspace
from tests.sandbox.conftest import Bell, Clock
from tests.sandbox.shapes import actions, button


async def respond(bell: Bell, **body: Any) -> tuple[int, str]:
    asked = [each for each in bell.received if "response_url" in each]
    client = AsyncWebhookClient(asked[-1]["response_url"])
    client.retry_handlers.clear()
    answer = await client.send_dict(body)
    return answer.status_code, answer.body


async def test_five_answers_and_not_one_more(workspace: Workspace, bell: Bell) -> None:
    bob = workspace.person("bob")
    answer = await bob.command("/bell")
    for number in range(5):
        assert await respond(bell, text=f"answer {number}") == (200, "ok")
    assert await respond(bell, text="answer 6") == (404, "used_url")
    assert [each.plain for each in answer.messages] == [f"answer {n}" for n in range(5)]
    assert workspace.channel("general").messages == []


async def test_after_half_an_hour_it_is_too_late(
    workspace: Workspace, bell: Bell, clock: Clock
) -> None:
    await workspace.person("bob").command("/bell")
    clock.now += 30 * 60
    assert (await respond(bell, text="in time"))[0] == 200
    clock.now += 1
    assert await respond(bell, text="late") == (404, "expired_url")


async def test_an_answer_can_be_for_everybody_even_where_the_app_is_not(
    workspace: Workspace, bell: Bell
) -> None:
    await workspace.person("bob").command("/bell", "elsewhere")
    await respond(bell, text="hello all", response_type="in_channel")
    assert [each.plain for each in workspace.channel("elsewhere").messages] == ["hello all"]


async def test_a_press_can_replace_or_delete_its_message(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob, general = workspace.person("bob"), workspace.channel("general")
    await api.chat_postMessage(channel=general.id, text="x", blocks=[actions(button("Go"))])
    message = general.messages[0]
    await bob.click("Go", on=message)
    await respond(bell, text="gone by", replace_original=True)
    assert (message.plain, message.buttons) == ("gone by", [])
    await respond(bell, delete_original=True)
    assert general.messages == []


async def test_an_ephemeral_message_can_be_replaced_and_deleted(
    workspace: Workspace, bell: Bell, api: AsyncWebClient
) -> None:
    bob, general = workspace.person("bob"), workspace.channel("general")
    row = [actions(button("Go"))]
    await api.chat_postEphemeral(channel=general.id, user=bob.id, text="x", blocks=row)
    await bob.click("Go", on=bob.ephemerals()[0])
    await respond(bell, text="done", replace_original=True)
    assert [each.plain for each in bob.ephemerals()] == ["done"]
    await respond(bell, delete_original=True)
    assert bob.ephemerals() == []


async def test_a_malformed_answer_is_refused_and_recorded(workspace: Workspace, bell: Bell) -> None:
    await workspace.person("bob").command("/bell")
    assert await respond(bell, blocks=[{"type": "banner"}]) == (400, "invalid_blocks")
    assert await respond(bell, text="") == (400, "no_text")
    assert [each.where for each in workspace.faulty_payloads] == ["response_url"] * 2


@pytest.mark.parametrize("path", ["/response/unknown"])
async def test_an_invented_url_is_unknown(workspace: Workspace, path: str) -> None:
    client = AsyncWebhookClient(workspace.engine.base_url + path)
    client.retry_handlers.clear()
    assert (await client.send(text="x")).status_code == 404
