"""Incidents changed, taken and handed on over REST, and what they refuse (spec sections 2 to 6)."""

from typing import Any
from uuid import UUID, uuid4

from core import components
from core.components import ComponentDraft
from tests.core import public
from tests.web.api.caller import Office


async def test_fifty_components_can_be_affected_and_no_more(office: Office) -> None:
    async with office.engine.core.transaction(office.engine.system) as tx:
        drafts = [ComponentDraft(f"C{n}") for n in range(51)]
        ids = [str((await components.create_component(tx, one)).id) for one in drafts]
    made = await office.declare(componentIds=ids[:50])
    path = f"/v1/incidents/{made['id']}/components"

    assert [one["id"] for one in made["affectedComponents"]] == ids[:50]
    assert made["affectedComponents"][1] == {"id": ids[1], "name": "C1"}
    too_many = {"componentIds": ids}
    assert await office.member.refusal("PUT", path, too_many) == (422, "validation_error")
    base = {"title": "x", "severity": "low", "ownerId": office.user("dave"), **too_many}
    assert await office.member.refusal("POST", "/v1/incidents", base) == (400, "validation_error")


async def test_what_it_affects_is_set_as_a_whole(office: Office) -> None:
    api, web = [str(await public.component(office.engine, name)) for name in ("API", "Web")]
    made = await office.declare(componentIds=[api])
    path = f"/v1/incidents/{made['id']}/components"

    changed = await office.member.put(path, {"componentIds": [web, api]})
    assert [one["name"] for one in changed["affectedComponents"]] == ["Web", "API"]
    assert (await office.member.put(path, {"componentIds": []}))["affectedComponents"] == []

    for ids, refused in (
        ([api, api], (400, "duplicate_component_id")),
        ([str(uuid4())], (400, "invalid_component_id")),
        (None, (422, "validation_error")),
        ([5], (422, "validation_error")),
    ):
        assert await office.member.refusal("PUT", path, {"componentIds": ids}) == refused
    assert await office.member.refusal("PUT", path, {}) == (422, "validation_error")
    trail = (await office.member.get(path.removesuffix("/components")))["audit"]
    assert [one["type"] for one in trail].count("components_changed") == 2


async def test_what_is_named_changes_and_nothing_else(office: Office) -> None:
    made = await office.declare(description="Since noon")
    path = f"/v1/incidents/{made['id']}"

    for change, now in (
        ({"title": " Payments are down "}, {"title": "Payments are down"}),
        ({"severity": "low"}, {"severity": "low"}),
        ({"description": None}, {"description": None}),
        ({"description": "x", "severity": "high"}, {"description": "x", "severity": "high"}),
        ({"description": " "}, {"description": None}),
    ):
        before = await office.member.get(path)
        changed = await office.member.patch(path, change)
        same = made.keys() - now.keys() - {"updatedAt"}
        assert {name: changed[name] for name in now} == now
        assert {name: changed[name] for name in same} == {name: before[name] for name in same}
    changes = [one for one in (await office.member.get(path))["audit"] if "before" in one["data"]]
    assert changes[0]["data"] == {
        "before": {"title": "Checkout is down"}, "after": {"title": "Payments are down"},
    }  # fmt: skip
    assert changes[1]["type"] == "severity_changed"


async def test_a_change_of_nothing_changes_nothing(office: Office) -> None:
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}"
    before = await office.member.ask("GET", path)

    for nothing in ({}, {"title": made["title"]}, {"severity": made["severity"]}):
        assert await office.member.patch(path, nothing) == made
    after = await office.member.ask("GET", path)
    assert (after.headers["ETag"], after.json()) == (before.headers["ETag"], before.json())


async def test_one_bad_field_of_a_change_changes_nothing(office: Office) -> None:
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}"

    for change in (
        {"title": "Fine", "severity": "awful"},
        {"title": "Fine", "severity": None},
        {"title": "Fine", "status": "identified"},
        {"title": "Fine", "ownerId": office.user("dave")},
        {"severity": "low", "title": None},
    ):
        assert await office.member.refusal("PATCH", path, change) == (422, "validation_error")
    assert (await office.member.get(path))["title"] == "Checkout is down"


async def test_who_acknowledges_first_has_it(office: Office) -> None:
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}/acknowledge"

    taken = await office.member.post(path)

    assert taken["acknowledgedBy"] == {"id": str(office.member.key_id), "name": "Deploys"}
    assert taken["acknowledgedAt"] == "2026-11-18T12:00:00.000Z"
    assert taken["escalation"] == {"state": "acknowledged", "layer": 1, "nextEscalationAt": None}
    assert await office.admin.post(path) == taken


async def test_there_is_nothing_to_say_with_an_acknowledgement(office: Office) -> None:
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}/acknowledge"

    for body in (b"x", b'{"by": "me"}', b"[]", b"null"):
        answer = await office.member.ask("POST", path, content=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")
    for body in (b"", b" ", b"{}"):
        assert (await office.member.ask("POST", path, content=body)).status_code == 200


async def test_it_is_handed_on_to_another_member(office: Office) -> None:
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}/handoff"
    await office.member.post(f"/v1/incidents/{made['id']}/acknowledge")

    handed = await office.member.post(path, {"targetUserId": office.user("dave")})

    assert (handed["ownerId"], handed["acknowledgedBy"]) == (office.user("dave"), None)
    assert handed["escalation"]["state"] == "waiting"
    for who, refused in (
        (office.user("dave"), (400, "already_owner")),
        (str(uuid4()), (400, "invalid_target_user")),
        (str(office.member.key_id), (400, "invalid_target_user")),
        ("dave", (422, "validation_error")),
        (None, (422, "validation_error")),
    ):
        assert await office.member.refusal("POST", path, {"targetUserId": who}) == refused


async def test_after_it_is_resolved_only_acknowledging_succeeds_and_does_nothing(
    office: Office,
) -> None:
    api = str(await public.component(office.engine))
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}"
    for status in ("identified", "monitoring", "resolved"):
        resolved = await office.member.patch(f"{path}/status", {"status": status})
    assert resolved["escalation"]["state"] == "stopped"

    for method, below, body in (
        ("PATCH", "", {"title": "x"}),
        ("PATCH", "", {"severity": "low"}),
        ("PATCH", "/status", {"status": "resolved"}),
        ("PATCH", "/status", {"status": "investigating"}),
        ("POST", "/updates", {"body": "x"}),
        ("POST", "/updates", {"statusChange": "identified"}),
        ("POST", "/updates", {"body": "x", "visibility": "public"}),
        ("POST", "/handoff", {"targetUserId": office.user("dave")}),
        ("POST", "/handoff", {"targetUserId": str(uuid4())}),
        ("PUT", "/components", {"componentIds": [api]}),
        ("PUT", "/components", {"componentIds": [str(uuid4())]}),
    ):
        told = await office.member.refusal(method, path + below, body)
        assert told == (400, "incident_resolved"), (method, below, body)
    assert await office.member.post(f"{path}/acknowledge") == resolved


ABOUT_ONE: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", None),
    ("PATCH", "", {"title": "x"}),
    ("PATCH", "/status", {"status": "identified"}),
    ("GET", "/updates", None),
    ("POST", "/updates", {"body": "x"}),
    ("POST", f"/updates/{UUID(int=1)}/redact", None),
    ("POST", "/acknowledge", None),
    ("POST", "/handoff", {"targetUserId": str(UUID(int=1))}),
    ("PUT", "/components", {"componentIds": []}),
    ("GET", "/receipts", None),
)
"""Every endpoint about one incident, and something right to say to it."""


async def test_anothers_incident_is_answered_like_one_that_never_was(office: Office) -> None:
    made = await office.declare()
    stranger = await office.stranger()

    for method, below, body in ABOUT_ONE:
        told = []
        for id in (made["id"], str(uuid4()), "42"):
            for said in (body, {"colour": "red"} if method != "GET" else None):
                path = f"/v1/incidents/{id}{below}"
                answer = await stranger.ask(method, path, said, headers={"If-Match": '"9"'})
                told.append((answer.status_code, {**answer.json(), "requestId": ""}))
        assert told[0][0] == 404
        assert all(one[0] == 404 and one[1]["code"] == "not_found" for one in told), method
        assert told[0] == told[2], (method, below)
    assert (await office.member.get(f"/v1/incidents/{made['id']}"))["ownerId"]


async def test_without_a_key_nobody_learns_anything(office: Office) -> None:
    made = await office.declare()

    for method, below, body in ABOUT_ONE:
        for id in (made["id"], uuid4()):
            path = f"/v1/incidents/{id}{below}"
            assert await office.nobody.refusal(method, path, body) == (401, "not_authorized")
    for method in ("GET", "POST"):
        assert await office.nobody.refusal(method, "/v1/incidents", None) == (
            401,
            "not_authorized",
        )


async def test_a_post_that_is_repeated_is_done_once(office: Office) -> None:
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}"

    for below, body in (
        ("/handoff", {"targetUserId": office.user("dave")}),
        ("/acknowledge", None),
        ("/updates", {"body": "Looking", "statusChange": "identified"}),
    ):
        key = {"Idempotency-Key": f"once{below}"}
        first = await office.member.ask("POST", path + below, body, headers=key)
        again = await office.member.ask("POST", path + below, body, headers=key)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert first.status_code in (200, 201)
    types = [one["type"] for one in (await office.member.get(path))["audit"]]
    assert [types.count(one) for one in ("incident_handed_off", "incident_acknowledged",
                                         "update_posted")] == [1, 1, 1]  # fmt: skip
