"""What holds for every endpoint: keys, the order of checks, limits, ids, and one shape."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core import keys
from tests.web.api.caller import Caller, Office, running_office
from web.api.judging import BODY_MAX

UNKNOWN = uuid4()


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic dTpw", "toc_live_x", "Bearer toc_live_x", "Bearer \xff"],
)
async def test_what_is_no_key_opens_nothing(office: Office, authorization: str) -> None:
    answer = await office.nobody.ask(
        "GET", f"/v1/incidents/{UNKNOWN}", headers={"Authorization": authorization.encode("latin1")}
    )

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_the_word_bearer_may_be_written_in_any_case(office: Office) -> None:
    headers = {"Authorization": f"bEARER  {office.member.secret} "}

    answer = await office.nobody.ask("GET", f"/v1/incidents/{UNKNOWN}", headers=headers)

    assert answer.status_code == 404


async def test_a_revoked_key_is_refused_with_the_next_request(office: Office) -> None:
    made = await office.declare()
    await office.engine.do("alice", keys.revoke_key, office.member.key_id)

    assert await office.member.refusal("GET", f"/v1/incidents/{made['id']}") == (
        401,
        "not_authorized",
    )


async def test_an_expired_key_is_refused(office: Office) -> None:
    until = office.engine.clock.now() + timedelta(days=1)
    caller = await office.caller("Brief", expires_at=until)
    made = await office.declare()
    assert (await caller.ask("GET", f"/v1/incidents/{made['id']}")).status_code == 200

    office.engine.clock.at = until
    assert (await caller.ask("GET", f"/v1/incidents/{made['id']}")).status_code == 401


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 401), ("member", 404)], ids=["no key first", "then existence"]
)
@pytest.mark.parametrize("incident", [UNKNOWN, "1", "not-an-id"])
async def test_a_bad_body_is_judged_last(
    office: Office, who: str, status: int, incident: Any
) -> None:
    caller: Caller = getattr(office, who)

    answer = await caller.ask("POST", f"/v1/incidents/{incident}/acknowledge?what=1", {"x": 1})

    assert answer.status_code == status


async def test_an_unknown_query_parameter_is_refused(office: Office) -> None:
    made = await office.declare()

    answer = await office.member.ask("GET", f"/v1/incidents/{made['id']}?fields=title")

    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"field": "fields", "message": "There is no such parameter here."}],
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b'"title"', "application/json"),
        (b"NaN", "application/json"),
        (b'{"title": ' + b"1" * 5_000 + b"}", "application/json"),
        (b'{"title": "x"}', "text/plain"),
        (b"title=x", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_is_no_object_is_refused_in_a_sentence(
    office: Office, body: bytes, kind: str
) -> None:
    answer = await office.member.ask(
        "POST", "/v1/incidents", content=body, headers={"Content-Type": kind}
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"
    assert answer.json()["errors"][0]["field"] == "body"


async def test_a_body_may_be_a_megabyte_and_not_a_byte_more(office: Office) -> None:
    async def ask(length: int) -> tuple[int, str]:
        return await office.member.refusal(
            "POST", "/v1/incidents", content=b" " * length,
            headers={"Content-Type": "application/json"},
        )  # fmt: skip

    assert await ask(BODY_MAX) == (400, "validation_error")
    assert await ask(BODY_MAX + 1) == (413, "payload_too_large")


async def test_what_is_not_there_is_not_found_in_the_same_shape(office: Office) -> None:
    answer = await office.nobody.ask("GET", "/v1/nothing")

    assert answer.json() == {
        "statusCode": 404,
        "type": "invalid_request_error",
        "code": "not_found",
        "message": "There is no such endpoint.",
        "requestId": answer.headers["X-Request-Id"],
    }


async def test_a_method_that_is_not_there_is_refused(office: Office) -> None:
    answer = await office.nobody.ask("DELETE", "/v1/incidents")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


async def test_every_answer_has_the_requests_id(office: Office) -> None:
    answer = await office.nobody.ask("GET", "/v1/nothing", headers={"X-Request-Id": "mine-1"})

    assert answer.headers["X-Request-Id"] == answer.json()["requestId"] == "mine-1"


async def test_no_answer_is_kept_by_a_cache(office: Office) -> None:
    made = await office.declare()
    answer = await office.member.ask("GET", f"/v1/incidents/{made['id']}")

    assert answer.headers["Cache-Control"] == "no-store"


async def test_who_asks_too_fast_is_told_when_to_come_back(database_url: str) -> None:
    async with running_office(database_url, per_second=0.01, burst=2) as office:
        path = f"/v1/incidents/{UNKNOWN}"
        found = [await office.member.ask("GET", path) for _ in range(3)]
        others = await office.admin.ask("GET", path)

    assert [one.status_code for one in found] == [404, 404, 429]
    assert [one.headers["RateLimit-Remaining"] for one in found] == ["1", "0", "0"]
    assert {one.headers["RateLimit-Limit"] for one in found} == {"2"}
    assert found[2].json()["code"] == "rate_limited"
    assert 90 < int(found[2].headers["Retry-After"]) <= 100
    assert others.status_code == 404


async def test_a_key_that_is_revoked_while_it_sends_does_nothing(office: Office) -> None:
    caller = await office.caller("Slow")
    wanted = json.dumps(
        {"title": "x", "severity": "low", "ownerScheduleId": str(office.engine.schedule_id)}
    ).encode()

    async def sent_slowly() -> AsyncIterator[bytes]:
        yield wanted[:10]
        await office.engine.do("alice", keys.revoke_key, caller.key_id)
        yield wanted[10:]

    answer = await caller.ask(
        "POST", "/v1/incidents", content=sent_slowly(),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip

    assert answer.status_code == 401


async def test_a_refusal_tells_no_more_than_somebody_reads(office: Office) -> None:
    many = {f"{'x' * 500}{number}": 1 for number in range(1_000)}

    answer = await office.member.ask("POST", "/v1/incidents", many)

    assert len(answer.json()["errors"]) == 50
    assert len(answer.content) < 20_000


async def test_a_refused_request_is_a_use_of_the_key(office: Office) -> None:
    caller = await office.caller("Probing")
    await caller.ask("GET", f"/v1/incidents/{UNKNOWN}")
    async with office.engine.core.reading(office.engine.actor("alice")) as tx:
        assert (await keys.find_key(tx, "Probing")).last_used_at is not None


async def test_a_word_that_can_not_be_kept_is_judged_after_existence(office: Office) -> None:
    headers = {"Idempotency-Key": "x" * 300}
    path = f"/v1/incidents/{UNKNOWN}/acknowledge"

    assert (await office.member.ask("POST", path, headers=headers)).status_code == 404
