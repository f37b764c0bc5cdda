"""What is said about an incident over REST, each step of its status, and what is taken back."""

from datetime import timedelta
from json import dumps
from typing import Any
from uuid import UUID, uuid4

from core import updates
from storage.vocabulary import Role, Status
from tests.core import public
from tests.web.api.caller import Caller, Office
from tests.web.api.test_incidents import EMOJI, JSON


async def _shown_in_public(office: Office) -> str:
    """The path of an incident that affects what a published status page shows."""
    api = await public.component(office.engine)
    await public.page(office.engine, api)
    made = await office.declare(componentIds=[str(api)])
    return f"/v1/incidents/{made['id']}"


async def _declared(office: Office) -> str:
    return f"/v1/incidents/{(await office.declare())['id']}"


async def _said(office: Office, path: str) -> list[dict[str, Any]]:
    return list((await office.member.get(f"{path}/updates"))["updates"])


async def test_an_update_is_posted_and_listed_as_it_was_answered(office: Office) -> None:
    path = await _declared(office)

    posted = await office.member.post(f"{path}/updates", {"body": " Looking into it \n"})

    assert posted == {
        "id": posted["id"],
        "incidentId": path.rsplit("/", 1)[1],
        "body": "Looking into it",
        "statusChange": None,
        "visibility": "internal",
        "postedBy": {"id": str(office.member.key_id), "name": "Deploys"},
        "postedAt": "2026-11-18T12:00:00.000Z",
        "redactedAt": None,
        "redactedBy": None,
    }
    assert await _said(office, path) == [posted]


async def test_updates_are_listed_in_the_order_they_were_posted(office: Office) -> None:
    path = await _declared(office)

    for body in ("one", "two", "three"):
        await office.member.post(f"{path}/updates", {"body": body})
    await office.engine.do("bob", updates.post_update, UUID(path.rsplit("/", 1)[1]), body="four")

    said = await _said(office, path)
    assert [one["body"] for one in said] == ["one", "two", "three", "four"]
    assert said[3]["postedBy"] == {"id": office.user("bob"), "name": office.cast["bob"].name}


async def test_an_update_may_advance_the_status_and_then_both_happen_or_neither(
    office: Office,
) -> None:
    path = await _declared(office)

    posted = await office.member.post(f"{path}/updates", {"statusChange": "identified"})
    assert (posted["body"], posted["statusChange"]) == (None, "identified")
    for status in ("investigating", "identified", "resolved"):
        wanted = {"body": "And on", "statusChange": status}
        assert await office.member.refusal("POST", f"{path}/updates", wanted) == (
            400,
            "invalid_status_transition",
        )

    assert len(await _said(office, path)) == 1
    assert (await office.member.get(path))["status"] == "identified"


async def test_an_update_that_says_nothing_or_too_much_is_refused(office: Office) -> None:
    path = f"{await _shown_in_public(office)}/updates"
    for said, field in (
        ({}, "body"),
        ({"body": None}, "body"),
        ({"body": " \u2028\n"}, "body"),
        ({"body": EMOJI * 10_001}, "body"),
        ({"body": "a\0"}, "body"),
        ({"body": "\ud83d"}, "body"),
        ({"body": 5}, "body"),
        ({"visibility": "public"}, "body"),
        ({"visibility": "public", "statusChange": "identified"}, "body"),
        ({"visibility": "public", "statusChange": "identified", "body": " "}, "body"),
        ({"body": "x", "visibility": "secret"}, "visibility"),
        ({"body": "x", "visibility": None}, "visibility"),
        ({"body": "x", "statusChange": "closed"}, "statusChange"),
        ({"body": "x", "postedBy": "me"}, "postedBy"),
    ):
        answer = await office.member.ask("POST", path, content=dumps(said), headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_error"), said
        assert [one["field"] for one in answer.json()["errors"]] == [field], said
    assert (await office.member.get(path))["updates"] == []

    longest = await office.member.post(path, {"body": f" {EMOJI * 10_000} "})
    assert longest["body"] == EMOJI * 10_000


async def test_a_public_update_is_one_step_where_a_page_shows_it(office: Office) -> None:
    path = await _shown_in_public(office)
    before = await public.version(office.engine)

    posted = await office.member.post(
        f"{path}/updates", {"body": "We are on it.", "visibility": "public"}
    )

    assert posted["visibility"] == "public"
    assert await public.version(office.engine) == before + 1


async def test_where_nobody_could_read_a_public_update_nothing_is_written(office: Office) -> None:
    api = await public.component(office.engine)
    await public.page(office.engine, api, published=False)
    made = await office.declare(componentIds=[str(api)])
    for path in (await _declared(office), f"/v1/incidents/{made['id']}"):
        before = await office.member.get(path)
        for more in ({}, {"statusChange": "identified"}):
            wanted = {"body": "We are on it.", "visibility": "public", **more}
            told = await office.member.refusal("POST", f"{path}/updates", wanted)
            assert told == (400, "NO_PUBLIC_SURFACE")
        assert await office.member.get(path) == before
        assert await _said(office, path) == []


async def test_the_first_thing_wrong_is_told_in_its_order(office: Office) -> None:
    path = await _declared(office)
    public_one: dict[str, Any] = {"visibility": "public", "statusChange": "resolved"}

    async def told(body: dict[str, Any]) -> str:
        return (await office.member.refusal("POST", f"{path}/updates", body))[1]

    assert await told(public_one) == "validation_error"
    assert await told({**public_one, "body": "x"}) == "invalid_status_transition"
    assert await told({**public_one, "body": "x", "statusChange": "identified"}) == (
        "NO_PUBLIC_SURFACE"
    )
    await office.engine.do("bob", updates.resolve, UUID(path.rsplit("/", 1)[1]))
    assert await told(public_one) == "validation_error"
    assert await told({**public_one, "body": "x"}) == "incident_resolved"


async def test_each_step_of_the_status_is_an_internal_update(office: Office) -> None:
    path = await _declared(office)
    note = EMOJI * 2_000

    for status, said in (
        ("identified", {"resolutionNote": f" {note}\n"}),
        ("monitoring", {}),
        ("resolved", {"resolutionNote": None}),
    ):
        advanced = await office.member.patch(f"{path}/status", {"status": status, **said})
        assert advanced["status"] == status
        assert "statusHistory" not in advanced

    assert [
        (one["statusChange"], one["body"], one["visibility"]) for one in await _said(office, path)
    ] == [
        ("identified", note, "internal"),
        ("monitoring", None, "internal"),
        ("resolved", None, "internal"),
    ]
    trail = (await office.member.get(path))["audit"]
    told = [one for one in trail if one["type"] == "status_changed"]
    assert [one["data"]["after"] for one in told] == ["identified", "monitoring", "resolved"]
    assert {(one["actor"]["kind"], one["surface"]) for one in told} == {("api_key", "api")}


async def test_a_step_that_is_none_is_refused(office: Office) -> None:
    path = f"{await _declared(office)}/status"
    invalid, malformed = (400, "invalid_status_transition"), (422, "validation_error")

    for said, refused in (
        ({"status": "investigating"}, invalid),
        ({"status": "monitoring"}, invalid),
        ({"status": "resolved", "resolutionNote": "x"}, invalid),
        ({}, malformed),
        ({"status": None}, malformed),
        ({"status": "closed"}, malformed),
        ({"resolutionNote": "x"}, malformed),
        ({"status": "identified", "resolutionNote": ""}, malformed),
        ({"status": "identified", "resolutionNote": "  "}, malformed),
        ({"status": "identified", "resolutionNote": EMOJI * 2_001}, malformed),
        ({"status": "identified", "resolutionNote": "\0"}, malformed),
        ({"status": "identified", "visibility": "public"}, malformed),
    ):
        assert await office.member.refusal("PATCH", path, said) == refused, said


async def _redact(caller: Caller, path: str, update: dict[str, Any]) -> Any:
    return await caller.post(f"{path}/updates/{update['id']}/redact")


async def test_a_key_takes_back_its_own_text_within_five_minutes(office: Office) -> None:
    path = await _declared(office)
    posted = await office.member.post(f"{path}/updates", {"body": "password: hunter2"})
    office.engine.clock.at += timedelta(seconds=300)

    redacted = await _redact(office.member, path, posted)

    assert redacted == {
        **posted,
        "body": None,
        "redactedAt": "2026-11-18T12:05:00.000Z",
        "redactedBy": {"id": str(office.member.key_id), "name": "Deploys"},
    }
    assert await _said(office, path) == [redacted]
    assert "hunter2" not in (await office.member.ask("GET", path)).text


async def test_after_five_minutes_or_with_another_key_only_an_admins_may(office: Office) -> None:
    path = await _declared(office)
    posted = await office.member.post(f"{path}/updates", {"body": "password: hunter2"})
    other = await office.caller("Another", Role.MEMBER)
    redact = f"{path}/updates/{posted['id']}/redact"
    refused = (403, "redaction_not_permitted")

    assert await other.refusal("POST", redact) == refused
    office.engine.clock.at += timedelta(seconds=301)
    assert await office.member.refusal("POST", redact) == refused

    redacted = await _redact(office.admin, path, posted)
    assert redacted["redactedBy"] == {"id": str(office.admin.key_id), "name": "Terraform"}
    assert await other.refusal("POST", redact) == refused, "judged first, though it is done"


async def test_a_members_text_is_no_keys_own(office: Office) -> None:
    path = await _declared(office)
    posted = await office.engine.do(
        "bob", updates.post_update, UUID(path.rsplit("/", 1)[1]), body="password: hunter2"
    )

    told = await office.member.refusal("POST", f"{path}/updates/{posted.id}/redact")

    assert told == (403, "redaction_not_permitted")


async def test_taking_back_again_succeeds_and_keeps_what_was_first(office: Office) -> None:
    path = await _declared(office)
    posted = await office.member.post(f"{path}/updates", {"body": "password: hunter2"})
    first = await _redact(office.member, path, posted)
    office.engine.clock.at += timedelta(seconds=60)

    assert await _redact(office.member, path, posted) == first
    assert await _redact(office.admin, path, posted) == first


async def test_where_there_is_no_text_there_is_nothing_to_take_back(office: Office) -> None:
    path = await _declared(office)
    posted = await office.member.post(f"{path}/updates", {"statusChange": "identified"})
    redact = f"{path}/updates/{posted['id']}/redact"
    other = await office.caller("Another", Role.MEMBER)

    assert await office.member.refusal("POST", redact) == (400, "nothing_to_redact")
    assert await office.admin.refusal("POST", redact) == (400, "nothing_to_redact")
    assert await other.refusal("POST", redact) == (403, "redaction_not_permitted")


async def test_a_note_is_taken_back_from_the_history_too_also_once_it_is_resolved(
    office: Office,
) -> None:
    path = await _declared(office)
    for status in ("identified", "monitoring", "resolved"):
        await office.member.patch(
            f"{path}/status", {"status": status, "resolutionNote": f"hunter2 {status}"}
        )

    for one in await _said(office, path):
        await _redact(office.member, path, one)

    whole = await office.member.ask("GET", path)
    assert "hunter2" not in whole.text
    history = whole.json()["data"]["statusHistory"]
    assert [(one["status"], one["resolutionNote"]) for one in history] == [
        (status, None) for status in Status
    ]


async def test_a_repeated_request_is_not_told_what_was_taken_back(office: Office) -> None:
    path = await _declared(office)
    wanted, once = {"body": "hunter2"}, {"Idempotency-Key": "once"}
    posted = await office.member.post(f"{path}/updates", wanted, headers=once)
    await _redact(office.member, path, posted)

    again = await office.member.ask("POST", f"{path}/updates", wanted, headers=once)

    assert (again.status_code, again.json()["data"]["id"]) == (201, posted["id"])
    assert again.json()["data"]["body"] is None


async def test_an_update_that_is_not_there_or_elsewhere_is_not_found(office: Office) -> None:
    path, elsewhere = await _declared(office), await _declared(office)
    posted = await office.member.post(f"{elsewhere}/updates", {"body": "x"})

    for id in (posted["id"], uuid4(), "1"):
        for body in (None, {"reason": "x"}):
            redact = f"{path}/updates/{id}/redact?what=1" if body else f"{path}/updates/{id}/redact"
            assert await office.admin.refusal("POST", redact, body) == (404, "not_found")
    assert await office.admin.refusal(
        "POST", f"{elsewhere}/updates/{posted['id']}/redact", {"reason": "x"}
    ) == (422, "validation_error")
    assert (await _said(office, elsewhere))[0]["body"] == "x"
