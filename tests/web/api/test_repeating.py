"""A POST that is sent again is done once, and gets its first answer (spec section 9)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.web.api.caller import Caller, Office

KEY = {"Idempotency-Key": "deploy-4711"}


def _wanted(office: Office, title: str = "Checkout is down") -> dict[str, Any]:
    return {
        "title": title,
        "severity": "high",
        "ownerScheduleId": str(office.engine.schedule_id),
    }


async def _send(caller: Caller, wanted: Any, path: str = "/v1/incidents") -> tuple[int, Any, bool]:
    answer = await caller.ask("POST", path, wanted, headers=KEY)
    return answer.status_code, answer.json(), "Idempotency-Replayed" in answer.headers


async def _numbers(office: Office) -> list[int]:
    async with office.engine.core.reading(office.engine.system) as tx:
        found = await tx.db.scalars(text("SELECT number FROM incidents ORDER BY number"))
        return list(found)


async def test_the_same_request_is_done_once(office: Office) -> None:
    first = await _send(office.member, _wanted(office))
    again = [await _send(office.member, _wanted(office)) for _ in range(2)]

    assert (first[0], first[2]) == (201, False)
    assert again == [(201, first[1], True)] * 2
    assert await _numbers(office) == [1]


async def test_the_first_answer_comes_with_its_etag(office: Office) -> None:
    first, again = [
        await office.member.ask("POST", "/v1/incidents", _wanted(office), headers=KEY)
        for _ in range(2)
    ]
    path = f"/v1/incidents/{first.json()['data']['id']}"
    assert again.headers["ETag"] == first.headers["ETag"]

    await office.member.post(f"{path}/acknowledge")
    stale = await office.member.ask("POST", "/v1/incidents", _wanted(office), headers=KEY)
    since = {"If-Match": stale.headers["ETag"]}
    assert (
        await office.member.ask("PATCH", path, {"title": "Mine"}, headers=since)
    ).status_code == 412


async def test_the_first_answer_stays_whatever_became_of_it(office: Office) -> None:
    _, first, _ = await _send(office.member, _wanted(office))
    await office.member.post(f"/v1/incidents/{first['data']['id']}/acknowledge")

    assert (await _send(office.member, _wanted(office)))[1] == first


async def test_of_many_at_once_one_is_done(office: Office) -> None:
    found = await asyncio.gather(*(_send(office.member, _wanted(office)) for _ in range(10)))

    assert await _numbers(office) == [1]
    assert {status for status, _, _ in found} == {201}
    assert len({answer["data"]["id"] for _, answer, _ in found}) == 1
    assert sorted(replayed for _, _, replayed in found) == [False, *[True] * 9]


async def test_another_body_under_the_same_key_is_refused(office: Office) -> None:
    await _send(office.member, _wanted(office))

    status, told, _ = await _send(office.member, _wanted(office, "Search is down"))

    assert (status, told["code"]) == (409, "idempotency_conflict")
    assert await _numbers(office) == [1]


async def test_another_endpoint_under_the_same_key_is_refused(office: Office) -> None:
    _, first, _ = await _send(office.member, _wanted(office))
    path = f"/v1/incidents/{first['data']['id']}/acknowledge"

    status, told, _ = await _send(office.member, None, path)

    assert (status, told["code"]) == (409, "idempotency_conflict")


async def test_both_prefixes_are_one_api(office: Office) -> None:
    _, first, _ = await _send(office.member, _wanted(office), "/v1/incidents")

    assert await _send(office.member, _wanted(office), "/api/incidents") == (201, first, True)


async def test_a_refusal_is_repeated_as_it_was(office: Office) -> None:
    wrong = _wanted(office, " ")
    first = await _send(office.member, wrong)
    again = await _send(office.member, wrong)

    assert first[0] == 400
    assert again == (400, first[1], True)


async def test_a_day_later_the_word_may_mean_something_else(office: Office) -> None:
    await _send(office.member, _wanted(office))
    office.engine.clock.at += timedelta(hours=24)

    status, _, replayed = await _send(office.member, _wanted(office, "Search is down"))

    assert (status, replayed) == (201, False)
    assert await _numbers(office) == [1, 2]


async def test_two_keys_may_choose_the_same_word(office: Office) -> None:
    await _send(office.member, _wanted(office))

    assert (await _send(office.admin, _wanted(office)))[2] is False
    assert await _numbers(office) == [1, 2]


@pytest.mark.parametrize("word", ["", "x" * 256, "ключ", "a\tb"])
async def test_a_word_that_can_not_be_kept_is_refused(office: Office, word: str) -> None:
    headers = {"Idempotency-Key": word.encode()}

    answer = await office.member.ask("POST", "/v1/incidents", _wanted(office), headers=headers)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_revoked_key_learns_no_answer(office: Office) -> None:
    await _send(office.member, _wanted(office))
    member = Caller(office.client, "toc_live_" + "x" * 43)

    assert (await _send(member, _wanted(office)))[0] == 401


async def test_without_a_word_each_is_done(office: Office) -> None:
    for _ in range(2):
        await office.member.post("/v1/incidents", _wanted(office))

    assert await _numbers(office) == [1, 2]
