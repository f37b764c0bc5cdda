"""A call that is repeated under its idempotency_key is done once, and gets its first answer."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from core import redaction
from storage.vocabulary import Role
from tests.web.mcp.desk import Desk
from web.api import Api

DOWN = {"title": "Down", "severity": "low", "schedule": "Payments", "idempotency_key": "a"}


async def _numbers(desk: Desk) -> list[int]:
    found = await desk.member.call("list_incidents")
    return [one["number"] for one in found["incidents"]]


async def test_the_same_call_is_done_once_and_gets_its_first_answer(desk: Desk) -> None:
    first = await desk.member.ask("create_incident", **DOWN)
    await desk.member.call("resolve_incident", number=1)
    desk.engine.clock.at += timedelta(hours=23)
    again = await desk.member.ask("create_incident", **dict(reversed(DOWN.items())))

    assert again.structured_content == first.structured_content
    assert again.content[0] == first.content[0]
    assert again.content[1] != first.content[1], "the fence is drawn anew"
    assert await _numbers(desk) == [1]


async def test_of_many_at_once_one_is_done(desk: Desk) -> None:
    every = await asyncio.gather(*(desk.member.call("create_incident", **DOWN) for _ in range(5)))

    assert all(one == every[0] for one in every)
    assert await _numbers(desk) == [1]


@pytest.mark.parametrize("more", [{"title": "Up"}, {"components": ["API"]}], ids=str)
async def test_another_call_under_the_same_key_is_refused(desk: Desk, more: Any) -> None:
    await desk.member.call("create_incident", **DOWN)

    told = await desk.member.refused("create_incident", **{**DOWN, **more})

    assert told["code"] == "idempotency_conflict"
    assert "idempotency_key" in told["message"]
    assert await _numbers(desk) == [1]


async def test_another_tool_under_the_same_key_is_refused(desk: Desk) -> None:
    await desk.declare()
    await desk.member.call("acknowledge_incident", number=1, idempotency_key="a")

    code = await desk.member.refusal("resolve_incident", number=1, idempotency_key="a")

    assert code == "idempotency_conflict"


async def test_a_refusal_is_repeated_in_its_words_even_once_it_would_be_granted(
    desk: Desk,
) -> None:
    wanted = {"number": 1, "idempotency_key": "a"}
    first = await desk.member.refused("acknowledge_incident", **wanted)
    await desk.declare()

    assert await desk.member.refused("acknowledge_incident", **wanted) == first
    assert (await desk.engine.incident()).acknowledged_at is None


async def test_a_dry_run_does_not_use_the_key_up(desk: Desk) -> None:
    await desk.member.call("create_incident", **DOWN, dry_run=True)
    await desk.member.call("create_incident", **DOWN)

    assert (await desk.member.call("create_incident", **DOWN, dry_run=True))["dry_run"]
    assert await _numbers(desk) == [1]


async def test_after_a_day_the_key_is_free_again(desk: Desk) -> None:
    await desk.member.call("create_incident", **DOWN)
    desk.engine.clock.at += timedelta(hours=24)
    await desk.member.call("create_incident", **DOWN)

    assert await _numbers(desk) == [2, 1]


async def test_keys_of_calls_belong_to_one_api_key(desk: Desk) -> None:
    await desk.member.call("create_incident", **DOWN)
    other = await desk.program("Other", Role.ADMIN)
    await other.call("create_incident", **DOWN)

    assert await _numbers(desk) == [2, 1]


async def test_over_rest_the_same_key_is_another_requests(desk: Desk) -> None:
    await desk.member.call("create_incident", **DOWN)
    transport = httpx.ASGITransport(app=_below_v1(Api(desk.engine.core)))
    async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as web:
        answer = await web.post(
            "/v1/incidents",
            json={"title": "Down", "severity": "low", "ownerId": str(desk.engine.cast["bob"].id)},
            headers={"Authorization": f"Bearer {desk.member.secret}", "Idempotency-Key": "a"},
        )

    assert answer.json()["code"] == "idempotency_conflict"


def _below_v1(api: Api) -> Any:
    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        await api({**scope, "root_path": "/v1"}, receive, send)

    return mounted


async def test_a_text_that_was_removed_is_in_no_kept_answer(desk: Desk) -> None:
    await desk.declare()
    wanted = {"number": 1, "body": "The password is hunter2", "idempotency_key": "a"}
    first = await desk.member.call("post_incident_update", **wanted)
    incident = await desk.engine.incident()
    posted = (await desk.member.call("get_incident_timeline", number=1))["entries"][-1]["update"]
    await desk.engine.do("alice", redaction.redact_update, incident.id, UUID(posted["id"]))

    again = await desk.member.call("post_incident_update", **wanted)

    assert first["updates"][0]["body"] == {"untrusted_text": "The password is hunter2"}
    assert again["updates"][0]["body"] == {"untrusted_text": None}
    assert "hunter2" not in str(await desk.dump())
