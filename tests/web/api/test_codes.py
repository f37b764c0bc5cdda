"""Every code of spec section 9, through real endpoints, and to whom it is told.

An endpoint that is new is asked by everybody without a word more: the list of them is the OpenAPI
document's.
"""

from typing import Any

import pytest
from sqlalchemy import func, select, text

from core import repeats
from core.repeats import Repeatable
from storage.models import AuditEvent
from tests.web.api.caller import Caller, Office, running_office
from tests.web.api.codes import ADMINS, CODES, INCIDENT, ROWS
from tests.web.api.scene import KEPT, NOTHING, set_up
from web.api import openapi_document

APART = {"not_authorized", "idempotency_in_progress", "rate_limited", "server_error"}
"""What has a test of its own below."""

NEVER = {"cannot_change_own_role"}
"""A key is no member, so it has no role of its own to change."""

NEEDS_NO_KEY = {"method_not_allowed"}


def _type_of(status: int, code: str) -> str:
    """Spec section 9: Types."""
    if code == "validation_error":
        return "validation_error"
    known = {401: "not_authorized_error", 403: "not_authorized_error", 500: "internal_error"}
    return known.get(status, "invalid_request_error")


def _check(answer: Any, status: int, code: str, about: object) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), (about, answer.text)
    assert (told["statusCode"], told["type"]) == (status, _type_of(status, code)), about
    assert told["requestId"] == answer.headers["X-Request-Id"]
    assert ("errors" in told) == (code == "validation_error")
    assert list(told)[:5] == ["statusCode", "type", "code", "message", "requestId"]


def _operations() -> list[tuple[str, str]]:
    paths: Any = openapi_document()["paths"]
    return sorted((method.upper(), path) for path, of in paths.items() for method in of)


def test_every_code_of_the_table_is_asked_for() -> None:
    assert {row.code for row in ROWS} | APART | NEVER == set(CODES)
    assert all(row.status in CODES[row.code] for row in ROWS)


def test_the_document_knows_no_other_codes() -> None:
    paths: Any = openapi_document()["paths"]
    told = {
        (code, int(status))
        for of in paths.values()
        for operation in of.values()
        for status, response in operation["responses"].items()
        for code in response.get("content", {}).get("application/json", {}).get("examples", ())
    }
    elsewhere = {("method_not_allowed", 405)}  # belongs to no endpoint
    table = {(code, status) for code, statuses in CODES.items() for status in statuses}
    assert told == table - elsewhere


@pytest.mark.parametrize("who", ["admin", "member"])
async def test_each_code_is_told_to_whoever_may_ask(office: Office, who: str) -> None:
    scene = await set_up(office)
    caller = getattr(office, who)
    happened = await _happened(office)
    for row in ROWS:
        if who in row.to:
            _check(await row.ask(scene, caller), row.status, row.code, row)
    assert await _happened(office) == happened, "something was done, and refused"


async def test_whoever_is_shut_out_is_told_nothing_else(office: Office) -> None:
    scene = await set_up(office)
    for caller in scene.shut_out.values():
        for row in ROWS:
            answer = await row.ask(scene, caller)
            if row.code in NEEDS_NO_KEY or row.path == "/no/such/endpoint":
                _check(answer, row.status, row.code, row)
            else:
                _check(answer, 401, "not_authorized", row)
                assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_key_of_another_organization_can_not_tell_what_exists(office: Office) -> None:
    scene = await set_up(office)
    stranger = await office.stranger()
    for row in ROWS:
        if "{" in row.path:
            _check(await row.ask(scene, stranger), 404, "not_found", row)
    for body, code in (
        ({**INCIDENT, "ownerScheduleId": "{scheduleId}"}, "not_found"),
        ({**INCIDENT, "escalationPolicyId": "{policyId}"}, "not_found"),
        (INCIDENT, "invalid_target_user"),
    ):
        answer = await stranger.ask("POST", "/v1/incidents", scene.filled(body))
        _check(answer, CODES[code].copy().pop(), code, body)


async def test_no_endpoint_opens_without_a_key_that_lives(office: Office) -> None:
    scene = await set_up(office)
    for caller in scene.shut_out.values():
        for method, template in _operations():
            answer = await caller.ask(method, scene.path_of(template), headers=KEPT)
            _check(answer, 401, "not_authorized", (method, template))


async def test_every_endpoint_judges_role_then_existence_then_what_is_asked(office: Office) -> None:
    scene = await set_up(office)
    stranger = await office.stranger()
    for method, template in _operations():
        ours = scene.path_of(template) + "?junk=1"
        malformed = 400 if (method, template) == ("POST", "/incidents") else 422
        about = (method, template)
        _check(await office.admin.ask(method, ours), malformed, "validation_error", about)
        of_member = await office.member.ask(method, ours)
        if about in ADMINS:
            _check(of_member, 403, "forbidden", about)
        else:
            _check(of_member, malformed, "validation_error", about)
        if "{" not in template:
            continue
        theirs = await stranger.ask(method, ours)
        _check(theirs, 404, "not_found", about)
        for unknown in (NOTHING, "no-uuid"):
            nowhere = scene.path_of(template, **dict.fromkeys(_names(template), unknown))
            _check(await office.admin.ask(method, f"{nowhere}?junk=1"), 404, "not_found", about)


async def test_what_another_organization_is_told_of_ours_is_what_is_told_of_nothing(
    office: Office,
) -> None:
    scene = await set_up(office)
    stranger = await office.stranger()
    for method, template in _operations():
        if "{" not in template:
            continue
        told = []
        for path in (
            scene.path_of(template),
            scene.path_of(template, **dict.fromkeys(_names(template), NOTHING)),
        ):
            answer = (await stranger.ask(method, path)).json()
            del answer["requestId"]
            told.append(answer)
        assert told[0] == told[1], (method, template)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_fault_of_ours_is_told_without_a_word_more(office: Office) -> None:
    async with office.engine.core.transaction(office.engine.system) as tx:
        await tx.db.execute(text("ALTER TABLE components RENAME TO lost"))

    for who in (office.admin, office.member):
        answer = await who.ask("GET", "/v1/components")
        _check(answer, 500, "server_error", who)
        assert "lost" not in answer.text
        assert "components" not in answer.text
    assert (await office.nobody.ask("GET", "/v1/components")).status_code == 401


async def test_too_fast_is_told_to_the_key_that_is(database_url: str) -> None:
    async with running_office(database_url, per_second=0.01, burst=1) as office:
        for caller in (office.admin, office.member):
            assert (await caller.ask("GET", "/v1/components")).status_code == 200
            answer = await caller.ask("GET", "/v1/audit")
            _check(answer, 429, "rate_limited", caller)
            assert int(answer.headers["Retry-After"]) > 0
        for caller in (office.nobody, Caller(office.client, "toc_live_x")):
            assert (await caller.ask("GET", "/v1/audit")).status_code == 401


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_a_first_request_that_is_still_at_work_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "WAIT_SECONDS", 0.1)
    assert office.member.key_id
    first = Repeatable(office.member.key_id, KEPT["Idempotency-Key"], "0" * 64)
    async with office.engine.core.transaction(office.engine.system) as tx:
        await repeats.claim(tx, first)
        answer = await office.member.ask("POST", "/v1/components", {"name": "API"}, headers=KEPT)
        _check(answer, 409, "idempotency_in_progress", first)
        assert int(answer.headers["Retry-After"]) > 0
    assert await office.member.get("/v1/components") == []


def _names(template: str) -> list[str]:
    return [part[1:-1] for part in template.split("/") if part.startswith("{")]


async def _happened(office: Office) -> int:
    """How much is on the trail."""
    async with office.engine.core.reading(office.engine.system) as tx:
        return await tx.db.scalar(select(func.count()).select_from(AuditEvent)) or 0
