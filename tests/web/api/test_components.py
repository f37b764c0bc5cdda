"""Components over REST, as spec sections 1, 8 and 9 have them."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from storage.models import AuditEvent
from storage.vocabulary import AuditType
from tests.web.api.caller import Office

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def _made(office: Office, **given: Any) -> Any:
    return await office.member.post("/v1/components", {"name": "API", **given})


async def _last(office: Office) -> AuditEvent:
    async with office.engine.core.reading(office.engine.system) as tx:
        newest = select(AuditEvent).order_by(AuditEvent.sequence.desc())
        return (await tx.db.scalars(newest)).first()  # type: ignore[return-value]


async def test_a_component_is_made_and_read(office: Office) -> None:
    made = await _made(office, name=" API ", description="For programs.", groupLabel="Core")

    assert made == {
        "id": made["id"],
        "name": "API",
        "description": "For programs.",
        "groupLabel": "Core",
        "status": "operational",
        "statusOverride": None,
        "createdAt": "2026-11-18T12:00:00.000Z",
    }
    assert await office.member.get(f"/v1/components/{made['id']}") == made
    event = await _last(office)
    assert event.type is AuditType.COMPONENT_CREATED
    assert (event.actor_kind, event.actor_name, event.surface) == ("api_key", "Deploys", "api")


async def test_those_without_a_group_are_listed_first(office: Office) -> None:
    for name, group in (("Web", "Core"), ("API", "Core"), ("Mail", None)):
        await _made(office, name=name, groupLabel=group)

    listed = await office.member.get("/v1/components")

    assert [one["name"] for one in listed] == ["Mail", "API", "Web"]


async def test_what_is_named_is_changed_and_nothing_else(office: Office) -> None:
    made = await _made(office, description="For programs.", groupLabel="Core")
    path = f"/v1/components/{made['id']}"

    assert await office.member.patch(path, {}) == made
    renamed = await office.member.patch(path, {"name": "Public API", "groupLabel": None})

    assert renamed == {**made, "name": "Public API", "groupLabel": None}
    assert await office.member.get(path) == renamed
    assert (await _last(office)).type is AuditType.COMPONENT_CHANGED


async def test_two_who_change_different_things_at_once_undo_nothing(office: Office) -> None:
    made = await _made(office)
    path = f"/v1/components/{made['id']}"

    await asyncio.gather(
        office.member.patch(path, {"name": "Public API"}),
        office.member.patch(path, {"description": "For programs."}),
        office.admin.patch(path, {"statusOverride": "maintenance"}),
    )

    kept = await office.member.get(path)
    assert kept == {
        **made,
        "name": "Public API",
        "description": "For programs.",
        "status": "maintenance",
        "statusOverride": "maintenance",
    }


async def test_an_admin_says_how_a_component_is_and_takes_it_back(office: Office) -> None:
    made = await office.admin.post("/v1/components", {"name": "API", "statusOverride": "degraded"})
    path = f"/v1/components/{made['id']}"
    assert (made["status"], made["statusOverride"]) == ("degraded", "degraded")
    await office.declare(componentIds=[made["id"]])
    assert (await office.member.get(path))["status"] == "degraded"

    lifted = await office.admin.patch(path, {"statusOverride": None})

    assert (lifted["status"], lifted["statusOverride"]) == ("major_outage", None)


@pytest.mark.parametrize("override", ["degraded", None])
async def test_a_member_who_names_the_override_is_refused_and_nothing_is_changed(
    office: Office, override: str | None
) -> None:
    made = await _made(office)
    wanted = {"name": "Public API", "statusOverride": override}
    path = f"/v1/components/{made['id']}"

    assert await office.member.refusal("PATCH", path, wanted) == (403, "forbidden")
    assert await office.member.refusal("POST", "/v1/components", wanted) == (403, "forbidden")
    taken = {**wanted, "name": "API"}  # who may not ask is not told what is taken
    assert await office.member.refusal("POST", "/v1/components", taken) == (403, "forbidden")
    assert await office.member.get("/v1/components") == [made]


async def test_existence_and_schema_are_judged_before_who_may_override(office: Office) -> None:
    made = await _made(office)
    wanted = {"statusOverride": "degraded"}
    path = f"/v1/components/{made['id']}"

    refused = await office.member.refusal("PATCH", f"/v1/components/{UNKNOWN}", wanted)
    assert refused == (404, "not_found")
    wanted["statusOverride"] = "on fire"
    assert await office.member.refusal("PATCH", path, wanted) == (422, "validation_error")


async def test_an_open_incident_follows_its_name(office: Office) -> None:
    made = await _made(office)
    declared = await office.declare(componentIds=[made["id"]])

    await office.member.patch(f"/v1/components/{made['id']}", {"name": "Public API"})

    shown = await office.member.get(f"/v1/incidents/{declared['id']}")
    assert shown["affectedComponents"] == [{"id": made["id"], "name": "Public API"}]


async def test_a_component_that_nothing_uses_is_removed(office: Office) -> None:
    made = await _made(office)
    path = f"/v1/components/{made['id']}"

    await office.member.delete(path)

    assert await office.member.refusal("GET", path) == (404, "not_found")
    assert await office.member.refusal("DELETE", path) == (404, "not_found")
    assert (await _last(office)).type is AuditType.COMPONENT_REMOVED


async def test_one_that_is_in_use_stays_and_it_is_said_where(office: Office) -> None:
    made = await _made(office)
    await office.declare(componentIds=[made["id"]])
    page = {"slug": "acme", "title": "Acme Status", "componentIds": [made["id"]]}
    await office.admin.post("/v1/status-pages", page)

    answer = await office.member.ask("DELETE", f"/v1/components/{made['id']}")

    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    said = (
        "“API” is in use by the status page “Acme Status”, the open incident #1. Change that first."
    )
    assert answer.json()["message"] == said


async def test_two_components_do_not_share_a_name(office: Office) -> None:
    await _made(office)
    other = await _made(office, name="Web")

    taken = {"name": "API"}
    path = f"/v1/components/{other['id']}"
    assert await office.member.refusal("POST", "/v1/components", taken) == (409, "name_conflict")
    assert await office.member.refusal("PATCH", path, taken) == (409, "name_conflict")
    assert await office.member.patch(path, {"name": "Web"}) == other


WRONG: list[tuple[Any, str]] = [
    ({}, "name"),
    ({"name": " "}, "name"),
    ({"name": None}, "name"),
    ({"name": 7}, "name"),
    ({"name": "n" * 101}, "name"),
    ({"name": "a\0b"}, "name"),
    ({"name": "API", "description": "d" * 501}, "description"),
    ({"name": "API", "groupLabel": ["Core"]}, "groupLabel"),
    ({"name": "API", "group_label": "Core"}, "group_label"),
    ({"name": "API", "status": "degraded"}, "status"),
    ({"name": "API", "statusOverride": "on fire"}, "statusOverride"),
]


async def test_what_is_wrong_is_said_at_the_field(office: Office) -> None:
    made = await office.admin.post("/v1/components", {"name": "Web"})
    for wanted, field in WRONG:
        answers = [await office.admin.ask("POST", "/v1/components", wanted)]
        if wanted:
            path = f"/v1/components/{made['id']}"
            answers.append(await office.admin.ask("PATCH", path, wanted))

        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
            assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_another_organizations_is_answered_as_an_unknown_one(
    office: Office, method: str
) -> None:
    made = await _made(office)
    body = {"name": 7} if method == "PATCH" else None  # existence is judged before the schema
    stranger = await office.stranger()

    told = [
        await stranger.refusal(method, f"/v1/components/{id}", body)
        for id in (made["id"], UNKNOWN, "no-uuid")
    ]

    assert told == [(404, "not_found")] * 3
    assert await stranger.get("/v1/components") == []
    assert await office.member.get("/v1/components") == [made]


async def test_a_repeated_request_makes_one_component(office: Office) -> None:
    headers = {"Idempotency-Key": "k"}

    first, second = [
        await office.member.post("/v1/components", {"name": "API"}, headers=headers)
        for _ in range(2)
    ]

    assert first == second
    assert await office.member.get("/v1/components") == [first]
