"""Incidents over REST, as spec sections 2, 3, 6 and 9 have them."""

from json import dumps
from typing import Any
from uuid import UUID, uuid4

from tests.core import given, public
from tests.core.given import pages
from tests.web.api.caller import Office

EMOJI = "🚒"
"""One character, and more than one of everything else."""

JSON = {"Content-Type": "application/json"}


async def test_an_incident_is_declared_and_read(office: Office) -> None:
    made = await office.declare(description="Nobody can pay.")

    assert made["number"] == 1
    assert made["ownerId"] == office.user("bob")
    assert made["createdBy"] == {"id": str(office.member.key_id), "name": "Deploys"}
    read = await office.admin.get(f"/v1/incidents/{made['id']}")
    assert {name: read[name] for name in made} == made
    assert read.keys() - made.keys() == {"statusHistory", "audit"}
    assert await office.admin.get(f"/api/incidents/{made['id']}") == read


async def test_an_incident_is_read_with_the_history_of_its_status(office: Office) -> None:
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}"
    office.engine.clock.at = office.engine.clock.at.replace(minute=7)
    await office.member.patch(f"{path}/status", {"status": "identified", "resolutionNote": "DNS"})
    await office.member.post(f"{path}/updates", {"statusChange": "monitoring"})

    history = (await office.member.get(path))["statusHistory"]
    said = (await office.member.get(f"{path}/updates"))["updates"]

    assert history == [
        {"id": made["id"], "status": "investigating", "changedAt": "2026-11-18T12:00:00.000Z",
         "resolutionNote": None},
        {"id": said[0]["id"], "status": "identified", "changedAt": "2026-11-18T12:07:00.000Z",
         "resolutionNote": "DNS"},
        {"id": said[1]["id"], "status": "monitoring", "changedAt": "2026-11-18T12:07:00.000Z",
         "resolutionNote": None},
    ]  # fmt: skip


async def test_an_incident_is_read_with_its_audit_trail(office: Office) -> None:
    made = await office.declare()
    await office.member.post(f"/v1/incidents/{made['id']}/acknowledge")

    trail = (await office.admin.get(f"/v1/incidents/{made['id']}"))["audit"]

    assert [one["type"] for one in trail] == [
        "incident_created", "layer_paged", "incident_acknowledged", "escalation_stopped",
        "page_superseded",
    ]  # fmt: skip
    deploys = {"kind": "api_key", "id": str(office.member.key_id), "name": "Deploys"}
    assert all(one["actor"] == deploys for one in trail)
    assert all((one["surface"], one["incidentId"]) == ("api", made["id"]) for one in trail)
    assert trail[0]["at"] == made["createdAt"]
    assert trail[0]["data"]["title"] == "Checkout is down"
    assert len({one["id"] for one in trail}) == len(trail)


async def test_what_is_wrong_with_a_new_incident_is_said_at_each_field(office: Office) -> None:
    answer = await office.member.ask(
        "POST", "/v1/incidents", {"severity": "awful", "colour": "red"}
    )

    assert answer.status_code == 400
    told = answer.json()
    assert (told["type"], told["code"]) == ("validation_error", "validation_error")
    assert {one["field"] for one in told["errors"]} == {"title", "severity", "colour"}


async def test_text_is_measured_in_characters_and_kept_as_it_was_given(office: Office) -> None:
    longest = {"title": f" {EMOJI * 100}\n", "description": f"\t{EMOJI * 10_000} "}

    made = await office.declare(**longest)

    assert (made["title"], made["description"]) == (EMOJI * 100, EMOJI * 10_000)
    assert (await office.declare(title="x", description=" \n "))["description"] is None
    markup = "<!channel> *x* <script>"
    assert (await office.declare(title=markup))["title"] == markup


async def test_text_that_does_not_fit_or_is_none_is_refused_at_its_field(office: Office) -> None:
    made = await office.declare()
    for field, text in (
        ("title", EMOJI * 101), ("title", ""), ("title", " \u2003\n"), ("title", "a\0b"),
        ("title", "a\ud800b"), ("title", 5), ("title", None), ("description", EMOJI * 10_001),
        ("description", "\0"), ("description", "\udfff"), ("description", ["x"]),
    ):  # fmt: skip
        whole = {"title": "Down", "severity": "low", "ownerId": office.user("dave"), field: text}
        for method, path, status, body in (
            ("POST", "/v1/incidents", 400, whole),
            ("PATCH", f"/v1/incidents/{made['id']}", 422, {field: text}),
        ):
            answer = await office.member.ask(method, path, content=dumps(body), headers=JSON)
            faults = [one["field"] for one in answer.json()["errors"]]
            assert (answer.status_code, faults) == (status, [field]), (method, text)
    assert (await office.member.get("/v1/incidents"))["incidents"] == [made]


async def test_somebody_has_to_own_it(office: Office) -> None:
    answer = await office.member.ask("POST", "/v1/incidents", {"title": "x", "severity": "low"})

    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["ownerScheduleId"]


async def test_owner_and_policy_are_as_the_table_has_them(office: Office) -> None:
    nights = str(await given.empty_schedule(office.engine))
    other = str(await given.policy(office.engine, "Other", pages(office.engine, "carol")))
    payments, policy = str(office.engine.schedule_id), str(office.engine.policy_id)
    bob, dave = office.user("bob"), office.user("dave")

    for said, owner, matched in (
        ({"ownerId": dave}, dave, None),
        ({"ownerId": dave, "escalationPolicyId": other}, dave, other),
        ({"ownerScheduleId": payments}, bob, policy),
        ({"ownerScheduleId": nights}, None, None),
        ({"ownerScheduleId": nights, "escalationPolicyId": other}, None, other),
        ({"ownerId": dave, "ownerScheduleId": payments}, dave, policy),
        ({"ownerId": dave, "ownerScheduleId": payments, "escalationPolicyId": other}, dave, other),
    ):
        wanted = {"title": "Down", "severity": "high", **said}
        made = await office.member.post("/v1/incidents", wanted)
        assert (made["ownerId"], made["escalationPolicyId"]) == (owner, matched), said
        assert (made["escalation"]["state"] == "idle") is (matched is None), said


async def test_who_or_what_is_not_there_cannot_be_named(office: Office) -> None:
    stranger = await office.stranger()
    theirs = await public.component(office.engine)
    unknown = str(uuid4())
    base = {"title": "Down", "severity": "low", "ownerId": office.user("dave")}

    for said, refused in (
        ({"ownerId": unknown}, (400, "invalid_target_user")),
        ({"ownerScheduleId": unknown}, (404, "not_found")),
        ({"escalationPolicyId": unknown}, (404, "not_found")),
        ({"componentIds": [unknown]}, (400, "invalid_component_id")),
        ({"componentIds": [str(theirs)] * 2}, (400, "duplicate_component_id")),
        ({"componentIds": ["x"]}, (400, "validation_error")),
        ({"ownerId": "x"}, (400, "validation_error")),
    ):
        assert await office.member.refusal("POST", "/v1/incidents", {**base, **said}) == refused
    for said, code in (
        ({"ownerId": office.user("dave")}, "invalid_target_user"),
        ({"ownerScheduleId": str(office.engine.schedule_id)}, "not_found"),
    ):
        told = await stranger.refusal(
            "POST", "/v1/incidents", {"title": "x", "severity": "low", **said}
        )
        assert told[1] == code


async def test_fifty_components_can_be_affected_and_no_more(office: Office) -> None:
    ids = [str(await public.component(office.engine, f"C{n}")) for n in range(51)]
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
