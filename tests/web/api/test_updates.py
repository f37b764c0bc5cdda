"""What is said about an incident over REST, and each step of its status."""

from typing import Any
from uuid import UUID

from core import updates
from tests.core import public
from tests.web.api.caller import EMOJI, Office


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
        answer = await office.member.ask("POST", path, said)
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
