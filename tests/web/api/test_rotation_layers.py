"""Rotation layers over REST, as spec sections 5 and 9 have them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from storage.vocabulary import AuditType, Surface
from tests.core import given
from tests.web.api.caller import Office


def _layer(office: Office, *names: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "Nights",
        "rotationType": "custom",
        "rotationLengthDays": 3,
        "handoffTime": "21:30",
        "effectiveFrom": "2026-11-16T21:30:00+01:00",
        "participantIds": [office.user(name) for name in names or ("carol", "dave")],
        **more,
    }


def _path(office: Office, below: str = "/layers") -> str:
    return f"/v1/oncall/schedules/{office.engine.schedule_id}{below}"


async def _ids(office: Office) -> list[str]:
    return [one["id"] for one in (await office.member.get(_path(office, "")))["layers"]]


async def test_a_layer_is_added_after_the_others_as_it_was_asked_for(office: Office) -> None:
    made = await office.member.post(_path(office), _layer(office))

    assert made == {
        "id": made["id"],
        "name": "Nights",
        "position": 1,
        "rotationType": "custom",
        "rotationLengthDays": 3,
        "handoffTime": "21:30",
        "effectiveFrom": "2026-11-16T20:30:00.000Z",
        "effectiveUntil": None,
        "participantIds": [office.user("carol"), office.user("dave")],
    }
    assert (await office.member.get(_path(office, "")))["layers"][1] == made


@pytest.mark.parametrize(("rotation", "days"), [("daily", 1), ("weekly", 7)])
async def test_the_type_says_how_long_a_shift_is(office: Office, rotation: str, days: int) -> None:
    wanted = _layer(office, rotationType=rotation)
    del wanted["rotationLengthDays"]

    made = await office.member.post(_path(office), wanted)
    assert (made["rotationType"], made["rotationLengthDays"]) == (rotation, days)
    path = _path(office, f"/layers/{made['id']}")
    assert await office.member.refusal("PATCH", path, {"rotationLengthDays": 8 - days}) == (
        422,
        "validation_error",
    )
    custom = await office.member.patch(path, {"rotationType": "custom"})
    assert custom["rotationLengthDays"] == days
    longer = await office.member.patch(path, {"rotationLengthDays": 30})
    assert longer["rotationLengthDays"] == 30
    back = await office.member.patch(path, {"rotationType": rotation})
    assert back["rotationLengthDays"] == days


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"rotationType": "monthly"}, "rotationType"),
    ({"rotationType": "weekly", "rotationLengthDays": 3}, "rotationLengthDays"),
    ({"rotationLengthDays": 0}, "rotationLengthDays"),
    ({"rotationLengthDays": 367}, "rotationLengthDays"),
    ({"rotationLengthDays": "3"}, "rotationLengthDays"),
    ({"rotationLengthDays": None}, "rotationLengthDays"),
    ({"handoffTime": "24:00"}, "handoffTime"),
    ({"handoffTime": "9:00"}, "handoffTime"),
    ({"handoffTime": "09:00:00"}, "handoffTime"),
    ({"handoffTime": 9}, "handoffTime"),
    ({"effectiveFrom": "2026-11-16T09:00:00"}, "effectiveFrom"),
    ({"effectiveFrom": "0001-01-01T00:00:00+14:00"}, "effectiveFrom"),
    ({"effectiveFrom": 1_763_000_000}, "effectiveFrom"),
    ({"effectiveFrom": None}, "effectiveFrom"),
    ({"effectiveUntil": "2026-11-16T20:30:00Z"}, "effectiveUntil"),
    ({"participantIds": []}, "participantIds"),
    ({"participantIds": ["bob"]}, "participantIds.0"),
    ({"position": 0}, "position"),
]


async def test_what_is_wrong_is_said_at_its_field(office: Office) -> None:
    made = await office.member.post(_path(office), _layer(office, name="Other"))
    for wanted, field in WRONG:
        for method, path, asked in (
            ("POST", _path(office), _layer(office, **wanted)),
            ("PATCH", _path(office, f"/layers/{made['id']}"), wanted),
        ):
            answer = await office.member.ask(method, path, asked)
            assert answer.status_code == 422
            assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_a_custom_layer_says_how_long_a_shift_is(office: Office) -> None:
    wanted = _layer(office)
    del wanted["rotationLengthDays"]

    answer = await office.member.ask("POST", _path(office), wanted)
    assert [one["field"] for one in answer.json()["errors"]] == ["rotationLengthDays"]


async def test_only_members_take_turns(office: Office) -> None:
    nobody = {"participantIds": [office.user("carol"), str(uuid4())]}
    wanted = _layer(office, **nobody)
    refused = (400, "invalid_target_user")
    assert await office.member.refusal("POST", _path(office), wanted) == refused
    made = await office.member.post(_path(office), _layer(office))
    path = _path(office, f"/layers/{made['id']}")
    assert await office.member.refusal("PATCH", path, nobody) == refused

    await given.remove(office.engine, "dave")
    kept = await office.member.patch(path, {"name": "Late"})  # who has left stays in the order
    assert kept["participantIds"] == made["participantIds"]
    gone = _layer(office, "dave", name="More")
    assert await office.member.refusal("POST", _path(office), gone) == refused


async def test_a_patch_changes_what_is_named_and_nothing_else(office: Office) -> None:
    made = await office.member.post(
        _path(office), _layer(office, effectiveUntil="2027-01-01T00:00:00Z")
    )
    path = _path(office, f"/layers/{made['id']}")

    assert await office.member.patch(path, {}) == made
    for name, value in (
        ("name", "Late"),
        ("handoffTime", "22:00"),
        ("effectiveFrom", "2026-11-17T21:00:00.000Z"),
        ("effectiveUntil", None),
        ("participantIds", [office.user("dave")]),
        ("rotationLengthDays", 4),
    ):
        changed = await office.member.patch(path, {name: value})
        assert changed == {**made, name: value}
        made = changed


async def test_a_name_is_taken_once_in_a_schedule(office: Office) -> None:
    wanted = _layer(office, name="Primary")
    conflict = (409, "name_conflict")
    assert await office.member.refusal("POST", _path(office), wanted) == conflict
    made = await office.member.post(_path(office), _layer(office))
    path = _path(office, f"/layers/{made['id']}")
    assert await office.member.refusal("PATCH", path, {"name": "Primary"}) == conflict


async def test_the_order_is_set_as_a_whole_and_ids_stay(office: Office) -> None:
    for name in ("Nights", "Weekends"):
        await office.member.post(_path(office), _layer(office, name=name))
    primary, nights, weekends = await _ids(office)

    order = _path(office, "/layers/order")
    answered = await office.member.put(order, {"layerIds": [weekends, primary, nights]})
    assert [(one["id"], one["position"]) for one in answered["layers"]] == [
        (weekends, 0),
        (primary, 1),
        (nights, 2),
    ]
    assert await office.member.get(_path(office, "")) == answered
    await office.member.delete(_path(office, f"/layers/{primary}"))
    assert await _ids(office) == [weekends, nights]
    for wrong in ([], [nights], [nights, nights], [nights, weekends, primary]):
        answer = await office.member.ask("PUT", order, {"layerIds": wrong})
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == ["layerIds"]
    assert await _ids(office) == [weekends, nights]


async def test_who_change_different_fields_at_once_both_get_them(office: Office) -> None:
    (id,) = await _ids(office)
    path = _path(office, f"/layers/{id}")

    await asyncio.gather(
        office.member.patch(path, {"name": "First"}),
        office.admin.patch(path, {"handoffTime": "10:00"}),
        office.member.post(_path(office), _layer(office)),
        office.admin.patch(_path(office, ""), {"description": "Money"}),
    )
    now = await office.member.get(_path(office, ""))
    first, second = now["layers"]
    assert (first["name"], first["handoffTime"], second["name"]) == ("First", "10:00", "Nights")
    assert now["description"] == "Money"


async def test_a_layer_is_added_once_and_is_on_the_trail(office: Office) -> None:
    key = {"Idempotency-Key": "nights"}
    wanted = _layer(office)

    first = await office.member.post(_path(office), wanted, headers=key)
    assert await office.member.post(_path(office), wanted, headers=key) == first
    assert len(await _ids(office)) == 2
    event = (await given.organization_trail(office.engine))[-1]
    assert (event.type, event.surface) == (AuditType.SCHEDULE_CHANGED, Surface.API)
    assert event.actor_name == "Deploys"
