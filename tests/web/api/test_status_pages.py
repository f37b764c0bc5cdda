"""Status pages over REST, as spec sections 1, 8 and 9 have them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from storage.models import AuditEvent
from storage.vocabulary import AuditType
from tests.core import public
from tests.web.api.caller import Office

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def _components(office: Office, *names: str) -> list[str]:
    made = [await office.member.post("/v1/components", {"name": name}) for name in names]
    return [one["id"] for one in made]


async def _made(office: Office, **given: Any) -> Any:
    wanted = {"slug": "acme", "title": "Acme Status", **given}
    return await office.admin.post("/v1/status-pages", wanted)


async def test_a_page_is_made_unpublished_and_read_by_every_key(office: Office) -> None:
    made = await _made(office, title=" Acme Status ")

    assert made == {
        "id": made["id"],
        "slug": "acme",
        "title": "Acme Status",
        "componentIds": [],
        "published": False,
        "createdAt": "2026-11-18T12:00:00.000Z",
        "updatedAt": "2026-11-18T12:00:00.000Z",
    }
    assert await office.member.get(f"/v1/status-pages/{made['id']}") == made
    assert await office.member.get("/v1/status-pages") == [made]
    async with office.engine.core.reading(office.engine.system) as tx:
        newest = select(AuditEvent).order_by(AuditEvent.sequence.desc())
        event = (await tx.db.scalars(newest)).first()
    assert event is not None
    assert event.type is AuditType.STATUS_PAGE_CREATED
    assert (event.actor_kind, event.actor_name, event.surface) == ("api_key", "Terraform", "api")


async def test_components_keep_the_order_in_which_they_are_named(office: Office) -> None:
    ids = await _components(office, "API", "Web", "Mail")
    made = await _made(office, componentIds=ids[::-1])
    assert made["componentIds"] == ids[::-1]
    path = f"/v1/status-pages/{made['id']}"

    assert (await office.admin.patch(path, {"componentIds": ids}))["componentIds"] == ids
    assert (await office.member.get(path))["componentIds"] == ids
    assert (await office.admin.patch(path, {"componentIds": []}))["componentIds"] == []


async def test_what_is_named_is_changed_and_nothing_else(office: Office) -> None:
    ids = await _components(office, "API")
    made = await _made(office, componentIds=ids)
    path = f"/v1/status-pages/{made['id']}"
    office.engine.clock.at += timedelta(minutes=1)

    assert await office.admin.patch(path, {}) == made
    changed = await office.admin.patch(path, {"published": True})

    assert changed == {**made, "published": True, "updatedAt": "2026-11-18T12:01:00.000Z"}
    assert (await public.shown(office.engine, UUID(made["id"]))).title == "Acme Status"
    taken_back = await office.admin.patch(path, {"published": False, "slug": "acme-2"})
    assert (taken_back["published"], taken_back["slug"]) == (False, "acme-2")
    assert taken_back["componentIds"] == ids


async def test_two_who_change_different_things_at_once_undo_nothing(office: Office) -> None:
    made = await _made(office)
    path = f"/v1/status-pages/{made['id']}"

    await asyncio.gather(
        office.admin.patch(path, {"title": "How Acme is"}),
        office.admin.patch(path, {"published": True}),
        office.admin.patch(path, {"slug": "status"}),
    )

    kept = await office.admin.get(path)
    assert kept == {**made, "title": "How Acme is", "published": True, "slug": "status"}


async def test_a_page_is_removed_and_its_address_is_free(office: Office) -> None:
    made = await _made(office)

    await office.admin.delete(f"/v1/status-pages/{made['id']}")

    path = f"/v1/status-pages/{made['id']}"
    assert await office.member.refusal("GET", path) == (404, "not_found")
    assert await office.admin.refusal("DELETE", path) == (404, "not_found")
    assert (await _made(office))["slug"] == "acme"


async def test_writing_is_for_admins_and_that_is_said_before_all_else(office: Office) -> None:
    made = await _made(office)
    for method, path in (
        ("POST", "/v1/status-pages"),
        ("PATCH", f"/v1/status-pages/{made['id']}"),
        ("PATCH", f"/v1/status-pages/{UNKNOWN}"),
        ("DELETE", f"/v1/status-pages/{made['id']}"),
        ("DELETE", "/v1/status-pages/no-uuid"),
    ):
        body = {"slug": 7} if method != "DELETE" else None
        assert await office.member.refusal(method, path, body) == (403, "forbidden")
    assert await office.member.get("/v1/status-pages") == [made]


async def test_components_are_known_and_named_once(office: Office) -> None:
    (ours,) = await _components(office, "API")
    stranger = await office.stranger()
    theirs = (await stranger.post("/v1/components", {"name": "Theirs"}))["id"]
    made = await _made(office)

    for ids, code in (
        ([UNKNOWN], "invalid_component_id"),
        ([ours, theirs], "invalid_component_id"),
        ([ours, ours], "duplicate_component_id"),
        ([UNKNOWN, UNKNOWN], "duplicate_component_id"),
    ):
        wanted = {"slug": "other", "title": "Other", "componentIds": ids}
        refused = await office.admin.refusal("POST", "/v1/status-pages", wanted)
        assert refused == (400, code)
        refused = await office.admin.refusal("PATCH", f"/v1/status-pages/{made['id']}", wanted)
        assert refused == (400, code)
    assert await office.member.get("/v1/status-pages") == [made]


async def test_an_address_is_taken_whoever_has_it(office: Office) -> None:
    await _made(office)
    other = await _made(office, slug="other")
    stranger = await office.stranger()
    await stranger.post("/v1/status-pages", {"slug": "theirs", "title": "Theirs"})

    told = []
    for slug in ("acme", "theirs"):
        wanted = {"slug": slug, "title": "Another"}
        for method, path in (
            ("POST", "/v1/status-pages"),
            ("PATCH", f"/v1/status-pages/{other['id']}"),
        ):
            answer = await office.admin.ask(method, path, wanted)
            assert (answer.status_code, answer.json()["code"]) == (409, "name_conflict")
            told.append(answer.json()["message"].replace(slug, "…"))
    assert told == ["The address “…” is taken. Choose another."] * 4


WRONG: list[tuple[Any, str]] = [
    ({"slug": ""}, "slug"),
    ({"slug": "Acme"}, "slug"),
    ({"slug": "a_b"}, "slug"),
    ({"slug": "ä"}, "slug"),
    ({"slug": "a\nb"}, "slug"),
    ({"slug": "a" * 64}, "slug"),
    ({"slug": None}, "slug"),
    ({"title": " "}, "title"),
    ({"title": "t" * 101}, "title"),
    ({"title": None}, "title"),
    ({"componentIds": ["no-uuid"]}, "componentIds.0"),
    ({"componentIds": None}, "componentIds"),
    ({"componentIds": "API"}, "componentIds"),
    ({"componentIds": [UNKNOWN] * 101}, "componentIds"),
    ({"published": "true"}, "published"),
    ({"published": 1}, "published"),
    ({"published": None}, "published"),
    ({"url": "https://example.com"}, "url"),
]


async def test_what_is_wrong_is_said_at_the_field(office: Office) -> None:
    made = await _made(office)
    for wanted, field in WRONG:
        whole = {"slug": "other", "title": "Other", **wanted}

        for answer in (
            await office.admin.ask("POST", "/v1/status-pages", whole),
            await office.admin.ask("PATCH", f"/v1/status-pages/{made['id']}", wanted),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
            assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_another_organizations_is_answered_as_an_unknown_one(
    office: Office, method: str
) -> None:
    made = await _made(office)
    body = {"slug": 7} if method == "PATCH" else None  # existence is judged before the schema
    stranger = await office.stranger()

    told = [
        await stranger.refusal(method, f"/v1/status-pages/{id}", body)
        for id in (made["id"], UNKNOWN, "no-uuid")
    ]

    assert told == [(404, "not_found")] * 3
    assert await stranger.get("/v1/status-pages") == []
    assert await office.member.get("/v1/status-pages") == [made]


async def test_a_repeated_request_makes_one_page(office: Office) -> None:
    wanted = {"slug": "acme", "title": "Acme Status"}
    headers = {"Idempotency-Key": "k"}

    first, second = [
        await office.admin.post("/v1/status-pages", wanted, headers=headers) for _ in range(2)
    ]

    assert first == second
    assert await office.member.get("/v1/status-pages") == [first]
