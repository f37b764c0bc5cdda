"""The team over REST, as spec sections 1, 5 and 9 have it."""

from typing import Any

import pytest
from sqlalchemy import select

from storage.models import AuditEvent
from storage.vocabulary import AuditType
from tests.core import public
from tests.web.api.caller import Office

UNKNOWN = "00000000-0000-4000-8000-000000000000"
TEAM = "/v1/team/members"


async def _add(office: Office, email: str = "erin@example.com", **given: Any) -> Any:
    return await office.admin.post(TEAM, {"email": email, **given})


async def _names(office: Office) -> list[str]:
    return [one["name"] for one in (await office.member.get(TEAM))["members"]]


async def _last(office: Office) -> AuditEvent:
    async with office.engine.core.reading(office.engine.system) as tx:
        newest = select(AuditEvent).order_by(AuditEvent.sequence.desc())
        return (await tx.db.scalars(newest)).first()  # type: ignore[return-value]


async def test_everybody_is_listed_to_every_key(office: Office) -> None:
    listed = await office.member.get(TEAM)

    assert [one["name"] for one in listed["members"]] == ["Alice", "Bob", "Carol", "Dave"]
    assert listed["members"][0] == {
        "id": office.user("alice"),
        "name": "Alice",
        "email": "alice@example.com",
        "role": "admin",
        "timezone": "UTC",
        "slackUserId": None,
        "joinedAt": "2026-11-18T12:00:00.000Z",
    }
    assert list(listed) == ["members"]


async def test_somebody_is_added_by_e_mail(office: Office) -> None:
    made = await _add(office, " Erin@Example.com ")

    assert (made["name"], made["email"], made["role"]) == ("erin", "erin@example.com", "member")
    assert made in (await office.member.get(TEAM))["members"]
    event = await _last(office)
    assert (event.type, event.data["memberId"]) == (AuditType.MEMBER_ADDED, made["id"])
    assert (event.actor_kind, event.actor_name, event.surface) == ("api_key", "Terraform", "api")
    assert (await _add(office, "frank@example.com", role="admin"))["role"] == "admin"


async def test_nobody_is_added_twice_however_it_is_written(office: Office) -> None:
    refused = await office.admin.refusal("POST", TEAM, {"email": "BOB@example.com"})

    assert refused == (409, "already_member")
    assert await _names(office) == ["Alice", "Bob", "Carol", "Dave"]


async def test_who_was_removed_is_listed_no_longer_and_may_come_back(office: Office) -> None:
    bob = f"{TEAM}/{office.user('bob')}"
    await office.admin.delete(bob)

    assert await _names(office) == ["Alice", "Carol", "Dave"]
    assert (await _last(office)).type is AuditType.MEMBER_REMOVED
    for method, body in (("PATCH", {"role": "admin"}), ("DELETE", None)):
        assert await office.admin.refusal(method, bob, body) == (404, "not_found")
    handed = {"title": "Down", "severity": "low", "ownerId": office.user("bob")}
    refused = await office.member.refusal("POST", "/v1/incidents", handed)
    assert refused == (400, "invalid_target_user")
    assert (await _add(office, "bob@example.com"))["id"] == office.user("bob")


async def test_a_role_is_changed_and_what_is_left_out_stays(office: Office) -> None:
    path = f"{TEAM}/{office.user('bob')}"

    promoted = await office.admin.patch(path, {"role": "admin"})

    assert promoted["role"] == "admin"
    assert (await _last(office)).type is AuditType.ROLE_CHANGED
    assert await office.admin.patch(path, {}) == promoted
    assert (await office.admin.patch(path, {"role": "member"}))["role"] == "member"


async def test_the_last_admin_stays(office: Office) -> None:
    path = f"{TEAM}/{office.user('alice')}"

    refused = await office.admin.refusal("PATCH", path, {"role": "member"})
    assert refused == (400, "last_admin")
    assert await office.admin.refusal("DELETE", path) == (400, "last_admin")

    await public.appoint(office.engine, "bob")
    await office.admin.delete(path)
    refused = await office.admin.refusal("DELETE", f"{TEAM}/{office.user('bob')}")
    assert refused == (400, "last_admin")


async def test_a_key_is_nobody_so_it_may_change_any_role(office: Office) -> None:
    await public.appoint(office.engine, "bob")

    changed = await office.admin.patch(f"{TEAM}/{office.user('alice')}", {"role": "member"})

    assert changed["role"] == "member"
    assert (await office.admin.get(TEAM))["members"][1]["role"] == "admin"


async def test_writing_is_for_admins_and_that_is_said_before_all_else(office: Office) -> None:
    bob = f"{TEAM}/{office.user('bob')}"
    for method, path in (
        ("POST", TEAM),
        ("PATCH", bob),
        ("PATCH", f"{TEAM}/{UNKNOWN}"),
        ("DELETE", bob),
        ("DELETE", f"{TEAM}/no-uuid"),
    ):
        body = {"role": "owner"} if method != "DELETE" else None
        assert await office.member.refusal(method, path, body) == (403, "forbidden")
    assert await _names(office) == ["Alice", "Bob", "Carol", "Dave"]


async def test_what_is_wrong_is_said_at_the_field(office: Office) -> None:
    bob = f"{TEAM}/{office.user('bob')}"
    whole = {"email": "erin@example.com"}
    wrong: list[tuple[str, str, Any, str]] = [
        ("POST", TEAM, {}, "email"),
        ("POST", TEAM, {"email": None}, "email"),
        ("POST", TEAM, {"email": "erin"}, "email"),
        ("POST", TEAM, {"email": f"{'e' * 320}@example.com"}, "email"),
        ("POST", TEAM, {"email": "erin@example.com,bob@example.com"}, "email"),
        ("POST", TEAM, {**whole, "role": "owner"}, "role"),
        ("POST", TEAM, {**whole, "role": None}, "role"),
        ("POST", TEAM, {**whole, "name": "Erin"}, "name"),
        ("PATCH", bob, {"role": None}, "role"),
        ("PATCH", bob, {"role": "Admin"}, "role"),
        ("PATCH", bob, {"email": "bob@example.org"}, "email"),
    ]
    for method, path, wanted, field in wrong:
        answer = await office.admin.ask(method, path, wanted)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert await _names(office) == ["Alice", "Bob", "Carol", "Dave"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_another_organizations_is_answered_as_an_unknown_one(
    office: Office, method: str
) -> None:
    body = {"role": 7} if method == "PATCH" else None  # existence is judged before the schema
    stranger = await office.stranger()

    told = [
        await stranger.refusal(method, f"{TEAM}/{id}", body)
        for id in (office.user("bob"), UNKNOWN, "no-uuid")
    ]

    assert told == [(404, "not_found")] * 3
    assert await stranger.get(TEAM) == {"members": []}


async def test_one_address_is_a_member_of_each_organization_apart(office: Office) -> None:
    stranger = await office.stranger()

    theirs = await stranger.post(TEAM, {"email": "bob@example.com"})

    assert theirs["id"] != office.user("bob")
    assert await _names(office) == ["Alice", "Bob", "Carol", "Dave"]


async def test_a_repeated_request_adds_one_member(office: Office) -> None:
    headers = {"Idempotency-Key": "k"}
    wanted = {"email": "erin@example.com"}

    first, second = [await office.admin.post(TEAM, wanted, headers=headers) for _ in range(2)]

    assert first == second
    assert (await _names(office)).count("erin") == 1
