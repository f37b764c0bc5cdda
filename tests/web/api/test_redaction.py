"""Texts taken back over REST: with the key that posted them, for a while, or with an admin's."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from core import updates
from storage.vocabulary import Role, Status
from tests.web.api.caller import Caller, Office


async def _declared(office: Office) -> str:
    return f"/v1/incidents/{(await office.declare())['id']}"


async def _said(office: Office, path: str) -> list[dict[str, Any]]:
    return list((await office.member.get(f"{path}/updates"))["updates"])


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
