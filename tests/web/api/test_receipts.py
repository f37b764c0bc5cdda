"""What became of each page, as data: whom it was for and why, each try, and what ended it."""

from datetime import timedelta
from typing import Any

from tests.core import given
from tests.web.api.caller import Office


async def _receipts(office: Office) -> list[dict[str, Any]]:
    made = (await office.member.get("/v1/incidents"))["incidents"][-1]
    return list(await office.member.get(f"/v1/incidents/{made['id']}/receipts"))


async def test_a_page_says_whom_it_was_for_and_why_and_how_it_went(office: Office) -> None:
    made = await office.declare()
    office.engine.clock.at += timedelta(milliseconds=250)
    await office.engine.settle()
    office.engine.clock.at += timedelta(minutes=1)
    await office.member.post(f"/v1/incidents/{made['id']}/acknowledge")

    (told,) = await _receipts(office)

    (delivery,) = [one for one in await office.engine.deliveries() if one.member_id]
    sent_at = "2026-11-18T12:00:00.250Z"
    assert told == {
        "deliveryId": str(delivery.id),
        "responder": {"id": office.user("bob"), "name": office.cast["bob"].name},
        "channel": "slack_dm",
        "policy": "Payments",
        "layer": 1,
        "round": 1,
        "why": {
            "kind": "schedule", "schedule": "Payments", "rotationLayer": "Primary",
            "until": "2026-11-23T08:00:00.000Z", "byOverride": False, "overriding": None,
            "by": None,
        },
        "committedAt": made["createdAt"],
        "state": "sent",
        "sentAt": sent_at,
        "latencyMs": 250,
        "provider": {"id": str(delivery.id)},
        "failures": 0,
        "attempts": [{"at": sent_at, "tookMs": 0, "outcome": "sent", "error": None}],
        "error": None,
        "superseded": None,
        "stop": {"at": "2026-11-18T12:01:00.250Z", "reason": "acknowledged", "by": "Deploys"},
        "togetherWith": 0,
    }  # fmt: skip


async def test_a_page_that_did_not_arrive_says_what_went_wrong(office: Office) -> None:
    bob = office.cast["bob"].name
    office.engine.sender.before = given.failing(given.NEVER, kind="page", name=bob)
    await office.declare()
    await office.engine.settle()

    first, second = await _receipts(office)

    assert (first["state"], first["sentAt"], first["latencyMs"]) == ("failed", None, None)
    assert first["error"] == "no such person"
    assert [one["outcome"] for one in first["attempts"]] == ["failed"]
    assert (second["responder"]["name"], second["layer"]) == (office.cast["carol"].name, 2)


async def test_a_page_that_is_not_sent_yet_says_so(office: Office) -> None:
    await office.declare()

    (told,) = await _receipts(office)

    assert (told["state"], told["attempts"], told["stop"]) == ("pending", [], None)


async def test_an_incident_that_paged_nobody_has_no_receipts(office: Office) -> None:
    nights = await given.empty_schedule(office.engine)
    await office.declare(ownerScheduleId=str(nights))

    assert await _receipts(office) == []
