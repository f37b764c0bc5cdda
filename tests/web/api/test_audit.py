"""The organization's audit trail over REST, as spec sections 4 and 9 have it."""

from datetime import timedelta
from typing import Any

import pytest

from core import redaction, updates
from tests.web.api.caller import Office

AUDIT = "/v1/audit"


async def _component(office: Office, name: str) -> Any:
    return await office.member.post("/v1/components", {"name": name})


async def _names(office: Office, **asked: Any) -> list[str]:
    """The components that were made, as far as the trail tells so."""
    asked = {"type": "component_created", **asked}
    events = (await office.admin.get(AUDIT, params=asked))["events"]
    return [one["data"]["after"]["name"] for one in events]


async def _walk(office: Office, **asked: Any) -> list[Any]:
    """All there is, page by page."""
    found, cursor = [], None
    while True:
        params = {**asked, **({"cursor": cursor} if cursor else {})}
        page = await office.admin.get(AUDIT, params=params)
        assert len(page["events"]) <= asked["limit"]
        found += page["events"]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


async def test_what_happened_is_told_the_newest_first(office: Office) -> None:
    incident = await office.declare()
    made = await _component(office, "API")

    told = await office.admin.get(AUDIT)

    assert list(told) == ["events", "nextCursor"]
    newest = told["events"][0]
    assert newest == {
        "id": newest["id"],
        "type": "component_created",
        "at": "2026-11-18T12:00:00.000Z",
        "actor": {"kind": "api_key", "id": str(office.member.key_id), "name": "Deploys"},
        "surface": "api",
        "incidentId": None,
        "data": {
            "componentId": made["id"],
            "after": {"name": "API", "description": None, "groupLabel": None},
        },
    }
    by_type = {one["type"]: one for one in told["events"]}
    assert by_type["incident_created"]["incidentId"] == incident["id"]
    assert by_type["role_changed"]["actor"] == {"kind": "system", "id": None, "name": "Tocsin"}
    assert by_type["api_key_created"]["actor"]["kind"] == "member"


async def test_pages_hold_each_event_once_whatever_happens_meanwhile(office: Office) -> None:
    for number in range(5):
        await _component(office, f"Part {number}")
    every = (await office.admin.get(AUDIT, params={"limit": 100}))["events"]
    assert await _walk(office, limit=100) == every
    assert await _walk(office, limit=len(every)) == every
    assert await _walk(office, limit=3) == every

    first = await office.admin.get(AUDIT, params={"limit": 2})
    await _component(office, "Another")
    second = await office.admin.get(AUDIT, params={"limit": 2, "cursor": first["nextCursor"]})

    assert first["events"] + second["events"] == every[:4]


async def test_days_and_instants_bound_what_is_told(office: Office) -> None:
    for name in ("Wed", "Thu", "Fri"):
        await _component(office, name)
        office.engine.clock.at += timedelta(days=1)

    for asked, names in (
        ({}, ["Fri", "Thu", "Wed"]),
        ({"from": "2026-11-19"}, ["Fri", "Thu"]),
        ({"to": "2026-11-19"}, ["Thu", "Wed"]),
        ({"from": "2026-11-19", "to": "2026-11-19"}, ["Thu"]),
        ({"from": "2026-11-19T12:00:00Z"}, ["Fri", "Thu"]),
        ({"from": "2026-11-19T14:00:00+02:00"}, ["Fri", "Thu"]),
        ({"to": "2026-11-19T12:00:00Z"}, ["Wed"]),
        ({"from": "2026-11-19", "to": "2026-11-20T12:00:00.001Z"}, ["Fri", "Thu"]),
        ({"from": "2026-11-20T12:00:00.001Z", "to": "2026-11-30"}, []),
        ({"to": "9999-12-31"}, ["Fri", "Thu", "Wed"]),
    ):
        assert await _names(office, **asked) == names, asked


async def test_what_can_not_be_asked_is_said_at_the_parameter(office: Office) -> None:
    good = (await office.admin.get(AUDIT, params={"limit": 1}))["nextCursor"]
    for asked, field in (
        ({"from": "yesterday"}, "from"),
        ({"from": "20261119"}, "from"),
        ({"to": "2026-11-19T12:00:00"}, "to"),
        ({"to": "9999-12-31T23:59:59-23:59"}, "to"),
        ({"from": "2026-11-20", "to": "2026-11-19"}, "from"),
        ({"from": "2026-11-20T00:00:01Z", "to": "2026-11-19"}, "from"),
        ({"type": "nothing_happened"}, "type"),
        ({"type": ""}, "type"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "1"}, "cursor"),
        ({"cursor": good + "!"}, "cursor"),
        ({"cursor": "ключ"}, "cursor"),
        ({"actor": "Deploys"}, "actor"),
    ):
        answer = await office.admin.ask("GET", AUDIT, params=asked)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_error"), asked
        assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_the_trail_is_for_admins(office: Office) -> None:
    assert await office.member.refusal("GET", AUDIT) == (403, "forbidden")
    assert await office.member.refusal("GET", f"{AUDIT}?limit=0") == (403, "forbidden")


@pytest.mark.parametrize("redacted", [False, True])
async def test_no_text_of_an_update_is_ever_told(office: Office, redacted: bool) -> None:
    incident = await office.engine.declare()
    posted = await office.engine.do(
        "bob", updates.post_update, incident.id, body="The password is hunter2"
    )
    if redacted:
        await office.engine.do("alice", redaction.redact_update, incident.id, posted.id)

    answer = await office.admin.ask("GET", AUDIT, params={"limit": 100})

    types = [one["type"] for one in answer.json()["data"]["events"]]
    assert ("update_posted" in types, "update_redacted" in types) == (True, redacted)
    assert "hunter2" not in answer.text


async def test_another_organization_reads_its_own_alone(office: Office) -> None:
    stranger = await office.stranger()
    await _component(office, "API")
    cursor = (await office.admin.get(AUDIT, params={"limit": 1}))["nextCursor"]

    for asked in ({}, {"cursor": cursor}):
        told = await stranger.get(AUDIT, params=asked)
        types = [one["type"] for one in told["events"]]
        assert types == ["api_key_created", "organization_created"]
