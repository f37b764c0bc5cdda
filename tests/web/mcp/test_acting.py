"""The tools that write: what each does, what it refuses, and who is said to have done it."""

from typing import Any
from uuid import uuid4

from core import keys, people
from storage.vocabulary import ActorKind, AuditType, Surface
from tests.core import given, public
from tests.web.mcp.desk import Desk, said, text


async def _member(desk: Desk, email: str, name: str) -> None:
    async with desk.engine.core.transaction(desk.engine.system) as tx:
        await people.ensure_by_email(tx, email, name=name)


def _paged(done: Any) -> list[tuple[str, list[str]]]:
    return [(text(one["name"]), one["channels"]) for one in done["paged"]]


async def test_declaring_pages_whoever_is_on_call(desk: Desk) -> None:
    answer = await desk.member.ask(
        "create_incident", title="  Checkout is down ", severity="critical", schedule="Payments"
    )
    done: Any = answer.structured_content
    await desk.engine.settle()

    assert said(answer) == (
        "#1: critical, investigating; escalation waiting. People paged by this: 1."
    )
    assert (done["changed"], done["dry_run"], done["incident"]["number"]) == (True, False, 1)
    assert text(done["incident"]["title"]) == "Checkout is down"
    assert _paged(done) == [("Bob", ["slack_dm"])]
    assert desk.engine.sender.pages() == [("Bob", 1)]
    assert done["if_nobody_answers"] is None


async def test_an_owner_a_policy_and_components_are_named_as_people_name_them(desk: Desk) -> None:
    await public.component(desk.engine, "API")
    await given.policy(desk.engine, "Nights", given.pages(desk.engine, "dave"))

    done = await desk.member.call(
        "create_incident",
        title="Down",
        severity="low",
        owner="CAROL@example.com",
        escalation_policy="nights",
        components=["api"],
    )

    assert _paged(done) == [("Dave", ["slack_dm"]), ("Carol", ["slack_dm"])]
    assert text(done["incident"]["owner"]["name"]) == "Carol"
    assert [text(one["name"]) for one in done["incident"]["affected_components"]] == ["API"]


async def test_an_incident_that_pages_nobody_says_so_loudly(desk: Desk) -> None:
    await given.empty_schedule(desk.engine, "Nights")

    answer = await desk.member.ask(
        "create_incident", title="Down", severity="low", schedule="Nights"
    )

    assert "NOBODY IS PAGED" in said(answer)
    assert answer.structured_content is not None
    assert answer.structured_content["paged"] == []


async def test_an_update_is_internal_unless_it_is_said_to_be_public(desk: Desk) -> None:
    await public.page(desk.engine, await public.component(desk.engine))
    await desk.declare(components=["API"])

    within = await desk.member.call("post_incident_update", number=1, body="It is the database")
    outside = await desk.member.call(
        "post_incident_update",
        number=1,
        body="We have found the cause",
        status_change="identified",
        visibility="public",
    )

    assert [one["visibility"] for one in within["updates"]] == ["internal"]
    assert within["status_pages"] == []
    (update,) = outside["updates"]
    assert (update["visibility"], update["status_change"]) == ("public", "identified")
    assert text(update["body"]) == "We have found the cause"
    assert outside["status_pages"] == [{"slug": "acme", "title": {"untrusted_text": "Acme Status"}}]
    assert outside["incident"]["status"] == "identified"


async def test_acknowledging_stops_the_escalation_and_again_changes_nothing(desk: Desk) -> None:
    await desk.declare()
    first = await desk.member.call("acknowledge_incident", number=1)
    again = await desk.member.ask("acknowledge_incident", number=1)
    await desk.engine.pass_time(hours=1)

    assert (first["changed"], first["incident"]["escalation"]["state"]) == (True, "acknowledged")
    assert text(first["incident"]["acknowledged_by"]["name"]) == "Assistant"
    assert said(again).startswith("Nothing changed: it was taken, or over, before.")
    assert again.structured_content == first | {"changed": False}
    assert desk.engine.sender.pages() == []


async def test_resolving_walks_every_step_and_acknowledging_then_does_nothing(desk: Desk) -> None:
    await desk.declare()

    done = await desk.member.call("resolve_incident", number=1, note="Rolled back")
    after = await desk.member.call("acknowledge_incident", number=1)

    assert [(one["status_change"], one["visibility"]) for one in done["updates"]] == [
        ("identified", "internal"),
        ("monitoring", "internal"),
        ("resolved", "internal"),
    ]
    assert text(done["updates"][-1]["body"]) == "Rolled back"
    assert (done["incident"]["status"], done["incident"]["escalation"]["state"]) == (
        "resolved",
        "stopped",
    )
    assert (after["changed"], after["incident"]["acknowledged_by"]) == (False, None)


async def test_a_status_goes_one_step_forward_with_a_note_for_staff(desk: Desk) -> None:
    await desk.declare()

    done = await desk.member.call(
        "transition_incident_status", number=1, status="identified", note="A bad deploy"
    )

    (update,) = done["updates"]
    assert (update["status_change"], text(update["body"]), update["visibility"]) == (
        "identified",
        "A bad deploy",
        "internal",
    )


async def test_handing_off_pages_the_new_owner_alone(desk: Desk) -> None:
    await desk.declare()
    await desk.member.call("acknowledge_incident", number=1)

    done = await desk.member.call("hand_off_incident", number=1, to="Dave")

    assert _paged(done) == [("Dave", ["slack_dm"])]
    assert text(done["incident"]["owner"]["name"]) == "Dave"
    assert done["incident"]["acknowledged_by"] is None


async def test_people_are_known_by_name_e_mail_and_id(desk: Desk) -> None:
    await desk.declare()
    await _member(desk, "carol.j@example.com", "Caroline Jansen")
    dave = str(desk.engine.cast["dave"].id)

    owners = [
        text((await desk.member.call("hand_off_incident", number=1, to=to))["incident"]["owner"]
             ["name"])
        for to in ("Carol", "caroline", dave, "Alice@Example.com")
    ]  # fmt: skip

    assert owners == ["Carol", "Caroline Jansen", "Dave", "Alice"]


async def test_a_name_that_may_be_several_people_is_refused_with_the_candidates(
    desk: Desk,
) -> None:
    await desk.declare()
    await _member(desk, "carol@other.example", "Carol")
    before = await desk.dump()

    told = await desk.member.refused("hand_off_incident", number=1, to="carol")

    assert told == {
        "code": "invalid_target_user",
        "message": "“carol” may be Carol (carol@example.com) or Carol (carol@other.example). "
        "Say the e-mail or the id.",
    }
    assert await desk.dump() == before


DECLARED = {"title": "Down", "severity": "low"}


FORBIDDEN: list[tuple[str, dict[str, Any], str]] = [
    ("create_incident", DECLARED, "validation_error"),
    ("create_incident", {**DECLARED, "title": " ", "owner": "Bob"}, "validation_error"),
    ("create_incident", {**DECLARED, "title": "x" * 101, "owner": "Bob"}, "validation_error"),
    ("create_incident", {**DECLARED, "title": "a\0b", "owner": "Bob"}, "validation_error"),
    ("create_incident", {**DECLARED, "severity": "sev1", "owner": "Bob"}, "validation_error"),
    ("create_incident", {**DECLARED, "owner": "Bob", "ownerId": "x"}, "validation_error"),
    ("create_incident", {**DECLARED, "owner": "Mallory"}, "invalid_target_user"),
    ("create_incident", {**DECLARED, "owner": str(uuid4())}, "invalid_target_user"),
    ("create_incident", {**DECLARED, "schedule": "Nights"}, "not_found"),
    ("create_incident", {**DECLARED, "schedule": str(uuid4())}, "not_found"),
    ("create_incident", {**DECLARED, "owner": "Bob", "escalation_policy": "Nights"},
     "not_found"),
    ("create_incident", {**DECLARED, "owner": "Bob", "components": ["Nights"]},
     "invalid_component_id"),
    ("create_incident", {**DECLARED, "owner": "Bob", "components": ["API", "api"]},
     "duplicate_component_id"),
    ("post_incident_update", {"number": 1}, "validation_error"),
    ("post_incident_update", {"number": 1, "body": " \n"}, "validation_error"),
    ("post_incident_update", {"number": 1, "body": "x" * 10_001}, "validation_error"),
    ("post_incident_update", {"number": 1, "visibility": "public"}, "validation_error"),
    ("post_incident_update", {"number": 1, "body": "x", "visibility": "public"},
     "NO_PUBLIC_SURFACE"),
    ("post_incident_update", {"number": 1, "body": "x", "status_change": "resolved"},
     "invalid_status_transition"),
    ("post_incident_update", {"number": 2, "body": "x"}, "incident_resolved"),
    ("transition_incident_status", {"number": 1, "status": "monitoring"},
     "invalid_status_transition"),
    ("transition_incident_status", {"number": 1, "status": "investigating"},
     "invalid_status_transition"),
    ("transition_incident_status", {"number": 2, "status": "resolved"}, "incident_resolved"),
    ("transition_incident_status", {"number": 1}, "validation_error"),
    ("resolve_incident", {"number": 2}, "incident_resolved"),
    ("hand_off_incident", {"number": 2, "to": str(uuid4())}, "incident_resolved"),
    ("hand_off_incident", {"number": 1, "to": str(uuid4())}, "invalid_target_user"),
    ("hand_off_incident", {"number": 1, "to": "Nobody"}, "invalid_target_user"),
    ("hand_off_incident", {"number": 1, "to": "Bob"}, "already_owner"),
    *((tool, {"number": 9, **more}, "not_found") for tool, more in (
        ("post_incident_update", {"body": "x"}),
        ("acknowledge_incident", {}),
        ("resolve_incident", {}),
        ("transition_incident_status", {"status": "identified"}),
        ("hand_off_incident", {"to": "Nobody"}),
    )),
]  # fmt: skip


async def test_what_the_rules_forbid_is_refused_and_changes_nothing(desk: Desk) -> None:
    await public.component(desk.engine, "API")
    await desk.declare()
    await desk.declare()
    await desk.member.call("resolve_incident", number=2)
    before = await desk.dump()

    found = [
        (tool, wanted, await desk.member.refusal(tool, **wanted)) for tool, wanted, _ in FORBIDDEN
    ]
    tried = [
        (tool, wanted, await desk.member.refusal(tool, **wanted, dry_run=True))
        for tool, wanted, _ in FORBIDDEN
    ]

    assert found == FORBIDDEN
    assert tried == FORBIDDEN
    assert await desk.dump() == before


async def test_the_key_is_named_as_the_actor_of_all_that_it_does(desk: Desk) -> None:
    await desk.declare()
    for tool, more in (
        ("post_incident_update", {"body": "Looking"}),
        ("acknowledge_incident", {}),
        ("hand_off_incident", {"to": "Dave"}),
        ("transition_incident_status", {"status": "identified"}),
        ("resolve_incident", {}),
    ):
        await desk.member.call(tool, number=1, **more)

    trail = await desk.engine.trail()
    assert {
        AuditType.INCIDENT_CREATED,
        AuditType.UPDATE_POSTED,
        AuditType.INCIDENT_ACKNOWLEDGED,
        AuditType.INCIDENT_HANDED_OFF,
        AuditType.STATUS_CHANGED,
    } <= {event.type for event in trail}
    assert {
        (event.actor_kind, event.actor_id, event.actor_name, event.surface) for event in trail
    } == {(ActorKind.API_KEY, desk.member.key_id, "Assistant", Surface.MCP)}


async def test_another_organizations_incident_is_unknown(desk: Desk) -> None:
    await desk.declare()
    mallory = await desk.stranger()
    before = await desk.dump()

    told = [
        await mallory.refused(tool, number=number, **more)
        for number in (1, 999)
        for tool, more in (
            ("get_incident", {}),
            ("get_incident_timeline", {}),
            ("post_incident_update", {"body": "x"}),
            ("acknowledge_incident", {}),
            ("resolve_incident", {}),
            ("transition_incident_status", {"status": "identified"}),
            ("hand_off_incident", {"to": str(desk.engine.cast["dave"].id)}),
        )
    ]

    assert {one["code"] for one in told} == {"not_found"}
    assert {one["message"].replace("#999", "#1") for one in told} == {
        "There is no incident #1. list_incidents shows the open ones."
    }
    assert (await mallory.call("list_incidents"))["incidents"] == []
    assert (await mallory.call("list_schedules"))["schedules"] == []
    assert (await mallory.call("who_is_on_call"))["on_call"] == []
    for id in ("Payments", str(desk.engine.policy_id)):
        assert await mallory.refusal("simulate_escalation", policy=id) == "not_found"
    for id in ("Payments", str(desk.engine.schedule_id)):
        assert await mallory.refusal("who_is_on_call", schedule=id) == "not_found"
        assert await mallory.refusal("create_incident", **DECLARED, schedule=id) == "not_found"
    for id in ("Bob", "bob@example.com", str(desk.engine.cast["bob"].id)):
        wanted = {**DECLARED, "owner": id}
        assert await mallory.refusal("create_incident", **wanted) == "invalid_target_user"
    assert await desk.dump() == before


async def test_a_revoked_key_is_dead_with_the_next_call(desk: Desk) -> None:
    await desk.declare()
    await desk.engine.do("alice", keys.revoke_key, desk.member.key_id)
    before = await desk.dump()

    for tool in ("get_incident", "acknowledge_incident"):
        assert await desk.member.refusal(tool, number=1) == "not_authorized"
    assert await desk.dump() == before
