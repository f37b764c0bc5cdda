"""API keys over REST, as spec sections 1 and 9 have them: shown once, and stored nowhere."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.columns import Base
from storage.models import AuditEvent
from storage.vocabulary import AuditType
from tests.web.api.caller import Caller, Office

UNKNOWN = "00000000-0000-4000-8000-000000000000"
KEYS = "/v1/api-keys"


async def _made(office: Office, **given: Any) -> Any:
    return await office.admin.post(KEYS, {"name": "Alerts", **given})


async def _listed(office: Office) -> list[str]:
    return [one["name"] for one in await office.admin.get(KEYS)]


async def _stored(office: Office) -> str:
    """Every row of every table."""
    async with office.engine.core.reading(office.engine.system) as tx:
        found = [
            (await tx.db.execute(select(table))).all() for table in Base.metadata.sorted_tables
        ]
    return repr(found)


async def test_a_key_is_made_shown_once_and_opens_at_once(office: Office) -> None:
    made = await _made(office, expiresAt="2026-12-01T00:00:00+01:00")

    assert made == {
        "id": made["id"],
        "name": "Alerts",
        "role": "member",
        "createdAt": "2026-11-18T12:00:00.000Z",
        "expiresAt": "2026-11-30T23:00:00.000Z",
        "lastUsedAt": None,
        "key": made["key"],
    }
    assert made["key"].startswith("toc_live_")
    caller = Caller(office.client, made["key"])
    assert await caller.get("/v1/components") == []
    assert await caller.refusal("GET", KEYS) == (403, "forbidden")
    admin = await _made(office, name="Ops", role="admin", expiresAt=None)
    assert await Caller(office.client, admin["key"]).get(KEYS)


async def test_keys_are_listed_without_their_secrets(office: Office) -> None:
    made = await _made(office)
    secret = made.pop("key")

    answer = await office.admin.ask("GET", KEYS)

    assert secret not in answer.text
    assert [one["name"] for one in answer.json()["data"]] == ["Alerts", "Deploys", "Terraform"]
    assert answer.json()["data"][0] == made


async def test_the_database_holds_no_secret_though_the_request_is_repeated(
    office: Office, database_url: str
) -> None:
    headers = {"Idempotency-Key": "k"}
    wanted = {"name": "Alerts"}
    first = await office.admin.ask("POST", KEYS, wanted, headers=headers)
    second = await office.admin.ask("POST", KEYS, wanted, headers=headers)

    secret = first.json()["data"]["key"]
    assert secret.startswith("toc_live_")
    assert (second.status_code, second.headers["Idempotency-Replayed"]) == (201, "true")
    assert second.json()["data"] == {**first.json()["data"], "key": None}
    assert await _listed(office) == ["Alerts", "Deploys", "Terraform"]
    stored = await _stored(office)
    assert "Alerts" in stored
    assert secret.removeprefix("toc_live_") not in stored
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        kept = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
        assert b"Alerts" in kept
        assert secret.removeprefix("toc_live_").encode() not in kept


async def test_a_revoked_key_opens_nothing_from_then_on(office: Office) -> None:
    made = await _made(office)
    caller = Caller(office.client, made["key"])
    await caller.get("/v1/components")

    await office.admin.delete(f"{KEYS}/{made['id']}")

    assert await caller.refusal("GET", "/v1/components") == (401, "not_authorized")
    assert await office.admin.refusal("DELETE", f"{KEYS}/{made['id']}") == (404, "not_found")
    assert await _listed(office) == ["Deploys", "Terraform"]
    again = await _made(office)
    assert again["id"] != made["id"]


async def test_a_key_may_revoke_itself(office: Office) -> None:
    await office.admin.delete(f"{KEYS}/{office.admin.key_id}")

    assert await office.admin.refusal("GET", KEYS) == (401, "not_authorized")


async def test_one_that_has_expired_is_listed_until_it_is_revoked(office: Office) -> None:
    made = await _made(office, expiresAt="2026-11-18T12:01:00Z")
    office.engine.clock.at += timedelta(minutes=1)

    caller = Caller(office.client, made["key"])
    assert await caller.refusal("GET", "/v1/components") == (401, "not_authorized")
    assert await _listed(office) == ["Alerts", "Deploys", "Terraform"]
    await office.admin.delete(f"{KEYS}/{made['id']}")


async def test_it_is_told_when_a_key_was_last_used(office: Office) -> None:
    made = await _made(office)
    office.engine.clock.at += timedelta(hours=1)
    await Caller(office.client, made["key"]).get("/v1/components")

    (alerts, *_) = await office.admin.get(KEYS)

    assert alerts["lastUsedAt"] == "2026-11-18T13:00:00.000Z"


async def test_names_of_living_keys_are_unique(office: Office) -> None:
    await _made(office)

    assert await office.admin.refusal("POST", KEYS, {"name": " Alerts "}) == (409, "name_conflict")


async def test_keys_are_for_admins_and_that_is_said_before_all_else(office: Office) -> None:
    for method, path in (
        ("GET", KEYS),
        ("POST", KEYS),
        ("DELETE", f"{KEYS}/{office.admin.key_id}"),
        ("DELETE", f"{KEYS}/{UNKNOWN}"),
        ("DELETE", f"{KEYS}/no-uuid"),
    ):
        body = {"name": 7} if method == "POST" else None
        assert await office.member.refusal(method, path, body) == (403, "forbidden")
    assert await _listed(office) == ["Deploys", "Terraform"]


async def test_what_is_wrong_is_said_at_the_field(office: Office) -> None:
    wrong: list[tuple[Any, str]] = [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "n" * 256}, "name"),
        ({"name": "Alerts", "role": "owner"}, "role"),
        ({"name": "Alerts", "role": None}, "role"),
        ({"name": "Alerts", "expiresAt": "2026-11-18T12:00:00Z"}, "expiresAt"),
        ({"name": "Alerts", "expiresAt": "2027-01-01T00:00:00"}, "expiresAt"),
        ({"name": "Alerts", "expiresAt": "2027-01-01"}, "expiresAt"),
        ({"name": "Alerts", "expiresAt": 1_900_000_000}, "expiresAt"),
        ({"name": "Alerts", "expiresAt": "1900000000"}, "expiresAt"),
        ({"name": "Alerts", "expiresAt": "9999-12-31T23:59:59-23:59"}, "expiresAt"),
        ({"name": "Alerts", "key": "toc_live_mine"}, "key"),
    ]
    for wanted, field in wrong:
        answer = await office.admin.ask("POST", KEYS, wanted)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert await _listed(office) == ["Deploys", "Terraform"]


@pytest.mark.parametrize("id", [UNKNOWN, "no-uuid", "theirs"])
async def test_another_organizations_is_answered_as_an_unknown_one(office: Office, id: str) -> None:
    stranger = await office.stranger()
    id = str(office.admin.key_id) if id == "theirs" else id

    assert await stranger.refusal("DELETE", f"{KEYS}/{id}") == (404, "not_found")
    assert await stranger.refusal("DELETE", f"{KEYS}/{id}?now=1") == (404, "not_found")
    assert [one["name"] for one in await stranger.get(KEYS)] == ["Mallory"]
    assert await _listed(office) == ["Deploys", "Terraform"]


async def test_what_becomes_of_keys_is_on_the_trail(office: Office) -> None:
    made = await _made(office)
    await office.admin.delete(f"{KEYS}/{made['id']}")

    async with office.engine.core.reading(office.engine.system) as tx:
        newest = select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(2)
        revoked, created = (await tx.db.scalars(newest)).all()
    assert (created.type, revoked.type) == (AuditType.API_KEY_CREATED, AuditType.API_KEY_REVOKED)
    for event in (created, revoked):
        assert event.data["keyId"] == made["id"]
        assert (event.actor_kind, event.actor_id) == ("api_key", office.admin.key_id)
        assert (event.actor_name, event.surface) == ("Terraform", "api")
