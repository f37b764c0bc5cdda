"""Incidents over REST, as spec sections 2, 3, 6 and 9 have them."""

from uuid import uuid4

from tests.core import given, public
from tests.core.given import pages
from tests.web.api.caller import EMOJI, Office


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
            answer = await office.member.ask(method, path, body)
            faults = [one["field"] for one in answer.json()["errors"]]
            assert (answer.status_code, faults) == (status, [field]), (method, text)
    assert (await office.member.get("/v1/incidents"))["incidents"] == [made]


async def test_half_of_a_pair_of_characters_is_refused_wherever_it_stands(office: Office) -> None:
    base = {"title": "Down", "severity": "low", "ownerId": office.user("dave")}
    for said in (
        {"severity": "\ud800"}, {"ownerId": "\udfff"}, {"componentIds": ["\ud800"]},
        {"\ud800": 1}, {"ownerScheduleId": "\ud800"},
    ):  # fmt: skip
        answer = await office.member.ask("POST", "/v1/incidents", {**base, **said})
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error"), said


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
