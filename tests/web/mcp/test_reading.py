"""The tools that read: incidents, timelines, schedules, who is on call, and who would be paged."""

from datetime import timedelta
from typing import Any

from core import escalation
from core.policies import EscalationLayerDraft
from tests.cast import NOON
from tests.core import given, public
from tests.web.mcp.desk import Desk, text


async def test_incidents_are_listed_a_page_at_a_time(desk: Desk) -> None:
    for title in ("One", "Two", "Three"):
        await desk.declare(title=title)

    first = await desk.member.call("list_incidents", limit=2)
    rest = await desk.member.call("list_incidents", before_number=first["next_before_number"])

    assert [one["number"] for one in first["incidents"]] == [3, 2]
    assert [text(one["title"]) for one in rest["incidents"]] == ["One"]
    assert rest["next_before_number"] is None


async def test_incidents_are_listed_by_status_severity_and_day(desk: Desk) -> None:
    await desk.declare()
    await desk.declare(severity="high")
    await desk.declare(severity="low")
    await desk.member.call("resolve_incident", number=2)

    for wanted, numbers in (
        ({}, [3, 2, 1]),
        ({"statuses": ["resolved"]}, [2]),
        ({"statuses": ["investigating", "resolved"], "severities": ["low"]}, [3]),
        ({"created_from": "2026-11-18", "created_to": "2026-11-18"}, [3, 2, 1]),
        ({"created_from": "2026-11-19"}, []),
    ):
        found = await desk.member.call("list_incidents", **wanted)
        assert [one["number"] for one in found["incidents"]] == numbers, wanted


async def test_an_incident_is_shown_with_names_and_the_statuses_it_has_had(desk: Desk) -> None:
    api = await public.component(desk.engine)
    made = await desk.declare(description="Cards are declined", components=["api"])
    await desk.member.call(
        "transition_incident_status", number=1, status="identified", note="A bad deploy"
    )

    found = await desk.member.call("get_incident", number=1)

    bob, policy = desk.engine.cast["bob"].id, desk.engine.policy_id
    incident = found["incident"]
    assert incident | {"updated_at": "", "status": "investigating"} == made["incident"] | {
        "updated_at": ""
    }
    assert text(incident["description"]) == "Cards are declined"
    assert incident["owner"] == {"id": str(bob), "name": {"untrusted_text": "Bob"}}
    assert incident["escalation_policy"] == {
        "id": str(policy),
        "name": {"untrusted_text": "Payments"},
    }
    assert incident["affected_components"] == [{"id": str(api), "name": {"untrusted_text": "API"}}]
    assert incident["created_by"] == {
        "id": str(desk.member.key_id),
        "name": {"untrusted_text": "Assistant"},
    }
    assert incident["escalation"] == {
        "state": "waiting",
        "layer": 1,
        "next_escalation_at": "2026-11-18T12:05:00.000Z",
    }
    assert [(one["status"], one["resolution_note"]) for one in found["status_history"]] == [
        ("investigating", None),
        ("identified", {"untrusted_text": "A bad deploy"}),
    ]


async def test_a_timeline_holds_what_happened_and_tells_what_it_left_out(desk: Desk) -> None:
    await desk.declare()
    await desk.member.call("post_incident_update", number=1, body="Looking at the database")
    await desk.engine.do("bob", escalation.acknowledge, (await desk.engine.incident()).id)

    whole = await desk.member.call("get_incident_timeline", number=1)
    end = await desk.member.call("get_incident_timeline", number=1, latest=2)

    assert [(one["type"], text(one["by"])) for one in whole["entries"]] == [
        ("incident_created", "Assistant"),
        ("layer_paged", "Assistant"),
        ("update_posted", "Assistant"),
        ("incident_acknowledged", "Bob"),
    ]
    said = whole["entries"][2]["update"]
    assert (text(said["body"]), said["visibility"]) == ("Looking at the database", "internal")
    assert (end["entries"], end["left_out"]) == (whole["entries"][-2:], 2)


async def test_schedules_are_listed(desk: Desk) -> None:
    await given.empty_schedule(desk.engine, "Nights")

    found = (await desk.member.call("list_schedules"))["schedules"]

    assert [(text(one["name"]), one["timezone"]) for one in found] == [
        ("Nights", "Europe/Berlin"),
        ("Payments", "Europe/Berlin"),
    ]
    assert found[1]["id"] == str(desk.engine.schedule_id)


async def test_who_is_on_call_is_said_for_every_schedule_and_any_instant(desk: Desk) -> None:
    await given.empty_schedule(desk.engine, "Nights")
    await given.override(desk.engine, desk.engine.schedule_id, "dave", hours=2)

    every = await desk.member.call("who_is_on_call")
    later = await desk.member.call(
        "who_is_on_call", schedule="pay", at=(NOON + timedelta(hours=2)).isoformat()
    )

    nights, payments = every["on_call"]
    assert (nights["owner"], nights["paging_targets"]) == (None, [])
    assert text(payments["owner"]["name"]) == "Dave"
    assert payments["until"] == "2026-11-18T14:00:00.000Z"
    assert [text(one["owner"]["name"]) for one in later["on_call"]] == ["Bob"]
    assert later["at"] == "2026-11-18T14:00:00.000Z"


async def test_a_simulation_says_who_would_be_paged_and_pages_nobody(desk: Desk) -> None:
    before = await desk.dump()

    found = await desk.member.call("simulate_escalation", policy="payments")
    at = await desk.member.call(
        "simulate_escalation",
        policy=str(desk.engine.policy_id),
        at="2026-12-24T22:00:00+01:00",
    )

    assert await desk.dump() == before
    assert [
        (one["at"][11:16], one["layer"], [text(who["name"]) for who in one["people"]])
        for one in found["steps"]
    ] == [("12:00", 1, ["Bob"]), ("12:05", 2, ["Carol"])]
    assert found["steps"][0]["people"][0] | {"id": ""} == {
        "id": "",
        "name": {"untrusted_text": "Bob"},
        "schedule": {"untrusted_text": "Payments"},
        "is_override": False,
        "routes": [{"channel": "slack_dm", "fate": "arrives"}],
    }
    assert (found["ends_at"][11:16], found["outcome"]) == ("12:15", "exhausted")
    assert at["steps"][0]["at"] == "2026-12-24T21:00:00.000Z"


async def test_a_policy_that_pages_nobody_is_simulated_too(desk: Desk) -> None:
    nights = await given.empty_schedule(desk.engine)
    await given.policy(desk.engine, "Nights", EscalationLayerDraft(5, nights))

    found = await desk.member.call("simulate_escalation", policy="nights")

    assert [one["people"] for one in found["steps"]] == [[]]
    assert found["outcome"] == "nobody_paged"


REFUSED: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("get_incident", {"number": 7}, "not_found",
     "There is no incident #7. list_incidents shows the open ones."),
    ("get_incident_timeline", {"number": 7}, "not_found",
     "There is no incident #7. list_incidents shows the open ones."),
    ("who_is_on_call", {"schedule": "Nights"}, "not_found",
     "There is no schedule called “Nights”. The schedules are: Payments."),
    ("who_is_on_call", {"schedule": "0d6c1f0e-4a5b-4c7d-8e9f-0a1b2c3d4e5f"}, "not_found",
     "There is no such schedule. It may have been removed."),
    ("simulate_escalation", {"policy": "Nights"}, "not_found",
     "There is no escalation policy called “Nights”. The escalation policies are: Payments."),
    ("who_is_on_call", {"at": "2026-11-18T12:00:00"}, "validation_error", None),
    ("who_is_on_call", {"at": "9999-12-31T23:59:59-14:00"}, "validation_error",
     "at: It is outside the calendar: years 1 to 9999, in UTC."),
    ("simulate_escalation", {"policy": "Payments", "at": "0001-01-01T00:00:00+14:00"},
     "validation_error", "at: It is outside the calendar: years 1 to 9999, in UTC."),
    ("simulate_escalation", {"policy": "Payments", "at": "9999-12-31T23:59:59Z"},
     "validation_error", "That is at the very end of the calendar. Choose another instant."),
    ("list_incidents", {"limit": 101}, "validation_error", None),
    ("list_incidents", {"statuses": ["open"]}, "validation_error", None),
    ("list_incidents", {"created_from": 1_700_000_000}, "validation_error", None),
    ("list_schedules", {"all": True}, "validation_error",
     "all: There is no such field here."),
    ("get_incident", {"number": "1"}, "validation_error", None),
    ("get_incident", {"number": 0}, "validation_error", None),
    ("get_incident", {"number": 2**31}, "validation_error", None),
    ("get_incident", {}, "validation_error", "number: It is missing."),
    ("delete_everything", {}, "not_found", None),
]  # fmt: skip


async def test_what_can_not_be_answered_is_refused_with_what_to_do(desk: Desk) -> None:
    for tool, wanted, code, message in REFUSED:
        told = await desk.member.refused(tool, **wanted)

        assert told["code"] == code, (tool, wanted)
        assert message is None or told["message"] == message
