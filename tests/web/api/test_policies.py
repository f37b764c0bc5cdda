"""Escalation policies over REST, as spec sections 5 and 9 have them."""

import asyncio
from typing import Any
from uuid import uuid4

from storage.vocabulary import AuditType, Surface
from tests.core import given
from tests.web.api.caller import Office

POLICIES = "/v1/escalation/policies"


def _path(office: Office, below: str = "") -> str:
    return f"{POLICIES}/{office.engine.policy_id}{below}"


def _layer(office: Office, *names: str, **more: Any) -> dict[str, Any]:
    users = [office.user(name) for name in names or ("dave",)]
    return {"ackTimeoutMinutes": 15, "target": {"type": "users", "userIds": users}, **more}


def _on_call(office: Office) -> dict[str, str]:
    return {"type": "schedule", "scheduleId": str(office.engine.schedule_id)}


async def _layers(office: Office) -> list[Any]:
    return (await office.member.get(_path(office)))["layers"]  # type: ignore[no-any-return]


async def test_a_policy_is_made_read_changed_and_removed(office: Office) -> None:
    made = await office.member.post(POLICIES, {"name": " Search ", "description": " Slowly. "})

    assert made == {
        "id": made["id"],
        "name": "Search",
        "description": "Slowly.",
        "createdAt": "2026-11-18T12:00:00.000Z",
        "layers": [],
    }
    path = f"{POLICIES}/{made['id']}"
    assert await office.admin.get(path) == made
    assert await office.member.patch(path, {}) == made
    assert await office.member.patch(path, {"name": "Find"}) == {**made, "name": "Find"}
    cleared = await office.member.patch(path, {"description": None})
    assert cleared == {**made, "name": "Find", "description": None}
    await office.member.delete(path)
    assert await office.member.refusal("GET", path) == (404, "not_found")


async def test_the_list_is_metadata_alone_and_by_name(office: Office) -> None:
    made = await office.member.post(POLICIES, {"name": "Billing"})

    listed = await office.member.get(POLICIES)
    assert [one["name"] for one in listed] == ["Billing", "Payments"]
    assert listed[0] == {name: made[name] for name in made if name != "layers"}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "name"),
    ({"name": ""}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"name": None}, "name"),
    ({"name": "Search", "layers": []}, "layers"),
    ({"name": "Search", "description": 1}, "description"),
]


async def test_what_is_wrong_is_said_at_its_field(office: Office) -> None:
    for wanted, field in WRONG:
        answer = await office.member.ask("POST", POLICIES, wanted)
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_a_name_is_taken_once_in_an_organization(office: Office) -> None:
    conflict = (409, "name_conflict")
    assert await office.member.refusal("POST", POLICIES, {"name": "Payments"}) == conflict
    made = await office.member.post(POLICIES, {"name": "Search"})
    path = f"{POLICIES}/{made['id']}"
    assert await office.member.refusal("PATCH", path, {"name": "Payments"}) == conflict
    stranger = await office.stranger()
    assert (await stranger.post(POLICIES, {"name": "Payments"}))["name"] == "Payments"


async def test_a_layer_is_appended_or_inserted_where_the_rest_moves_down(office: Office) -> None:
    first, second = await _layers(office)
    path = _path(office, "/layers")

    last = await office.member.post(path, _layer(office, "dave", "carol"))
    assert last == {"id": last["id"], "position": 3, **_layer(office, "dave", "carol")}
    top = await office.member.post(path, _layer(office, target=_on_call(office), position=1))
    assert top["position"] == 1
    assert top["target"] == _on_call(office)
    far = await office.member.post(path, _layer(office, position=99))
    assert far["position"] == 5
    every = [top, first, second, last, far]
    assert await _layers(office) == [
        {**layer, "position": position} for position, layer in enumerate(every, start=1)
    ]


WRONG_LAYERS = [
    ({"position": 0}, "position"),
    ({"position": "1"}, "position"),
    ({"ackTimeoutMinutes": 0}, "ackTimeoutMinutes"),
    ({"ackTimeoutMinutes": 10_081}, "ackTimeoutMinutes"),
    ({"ackTimeoutMinutes": 1.5}, "ackTimeoutMinutes"),
    ({"ackTimeoutMinutes": None}, "ackTimeoutMinutes"),
    ({"target": None}, "target"),
    ({"target": {"userIds": []}}, "target.type"),
    ({"target": {"type": "team"}}, "target.type"),
    ({"target": {"type": "users", "userIds": ["dave"]}}, "target.userIds.0"),
    ({"target": {"type": "schedule", "id": "x"}}, "target.id"),
    ({"name": "First"}, "name"),
]


async def test_what_is_wrong_with_a_layer_is_said_at_its_field(office: Office) -> None:
    for wanted, field in WRONG_LAYERS:
        before = await _layers(office)
        for method, path, asked in (
            ("POST", _path(office, "/layers"), _layer(office, **wanted)),
            ("PATCH", _path(office, f"/layers/{before[0]['id']}"), wanted),
        ):
            answer = await office.member.ask(method, path, asked)
            assert answer.status_code == 422
            assert [one["field"] for one in answer.json()["errors"]] == [field]
        assert await _layers(office) == before


async def test_a_target_is_a_schedule_or_people_who_exist(office: Office) -> None:
    schedule, dave = str(office.engine.schedule_id), office.user("dave")
    before = await _layers(office)
    stranger = await office.stranger()
    search = {"name": "Search", "timezone": "UTC"}
    theirs = (await stranger.post("/v1/oncall/schedules", search))["id"]
    for target, refused in (
        ({"type": "users"}, (400, "invalid_target")),
        ({"type": "users", "userIds": []}, (400, "invalid_target")),
        ({"type": "schedule"}, (400, "invalid_target")),
        ({"type": "schedule", "scheduleId": None}, (400, "invalid_target")),
        ({"type": "schedule", "userIds": [dave]}, (400, "invalid_target")),
        ({"type": "users", "scheduleId": schedule}, (400, "invalid_target")),
        (
            {"type": "users", "scheduleId": schedule, "userIds": [dave]},
            (400, "invalid_target"),
        ),
        ({"type": "schedule", "scheduleId": str(uuid4())}, (404, "not_found")),
        ({"type": "schedule", "scheduleId": theirs}, (404, "not_found")),
        ({"type": "users", "userIds": [dave, str(uuid4())]}, (400, "invalid_target_user")),
    ):
        for method, path, wanted in (
            ("POST", _path(office, "/layers"), _layer(office, target=target)),
            ("PATCH", _path(office, f"/layers/{before[1]['id']}"), {"target": target}),
        ):
            assert await office.member.refusal(method, path, wanted) == refused
    assert await _layers(office) == before


async def test_who_has_left_stays_in_a_layer_and_comes_into_no_other(office: Office) -> None:
    _, carols = await _layers(office)
    await given.remove(office.engine, "carol")

    path = _path(office, f"/layers/{carols['id']}")
    changed = await office.member.patch(path, {"ackTimeoutMinutes": 7})
    assert changed == {**carols, "ackTimeoutMinutes": 7}
    wanted = _layer(office, "carol")
    refused = (400, "invalid_target_user")
    assert await office.member.refusal("POST", _path(office, "/layers"), wanted) == refused


async def test_a_patch_changes_what_is_named_and_nothing_else(office: Office) -> None:
    first, second = await _layers(office)
    path = _path(office, f"/layers/{second['id']}")

    assert await office.member.patch(path, {}) == second
    longer = await office.member.patch(path, {"ackTimeoutMinutes": 10_080})
    assert longer == {**second, "ackTimeoutMinutes": 10_080}
    aimed = await office.member.patch(path, {"target": _on_call(office)})
    assert aimed == {**longer, "target": _on_call(office)}
    moved = await office.member.patch(path, {"position": 1})
    assert moved == {**aimed, "position": 1}
    assert await _layers(office) == [moved, {**first, "position": 2}]
    assert (await office.member.patch(path, {"position": 50}))["position"] == 2


async def test_the_order_is_set_as_a_whole_even_of_layers_that_are_alike(office: Office) -> None:
    first, second = [one["id"] for one in await _layers(office)]
    twins = [
        (await office.member.post(_path(office, "/layers"), _layer(office)))["id"] for _ in range(2)
    ]
    order = _path(office, "/layers/order")

    for wanted in ([first, second, *reversed(twins)], [*twins, second, first]):
        answered = await office.member.put(order, {"layerIds": wanted})
        assert [(one["position"], one["id"]) for one in answered["layers"]] == [
            *enumerate(wanted, start=1)
        ]
        assert await office.member.get(_path(office)) == answered
    for wrong in ([], [first], [first, first, *twins], [first, second, *twins, str(uuid4())]):
        answer = await office.member.ask("PUT", order, {"layerIds": wrong})
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == ["layerIds"]
    await office.member.delete(_path(office, f"/layers/{second}"))
    assert [one["id"] for one in await _layers(office)] == [*twins, first]


async def test_who_change_different_parts_at_once_both_get_what_they_asked_for(
    office: Office,
) -> None:
    first, second = [one["id"] for one in await _layers(office)]

    await asyncio.gather(
        office.member.patch(_path(office, f"/layers/{first}"), {"ackTimeoutMinutes": 2}),
        office.admin.patch(_path(office, f"/layers/{second}"), {"ackTimeoutMinutes": 3}),
        office.member.post(_path(office, "/layers"), _layer(office)),
        office.admin.patch(_path(office), {"description": "Money"}),
    )
    now = await office.member.get(_path(office))
    assert [one["ackTimeoutMinutes"] for one in now["layers"]] == [2, 3, 15]
    assert now["description"] == "Money"


async def test_a_policy_that_an_open_incident_runs_stays_and_keeps_its_layers(
    office: Office,
) -> None:
    incident = await office.declare()
    answer = await office.member.ask("DELETE", _path(office))
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert "#1" in answer.json()["message"]

    for layer in await _layers(office):
        await office.member.delete(_path(office, f"/layers/{layer['id']}"))
    await office.engine.pass_time(minutes=6)
    now = await office.member.get(f"/v1/incidents/{incident['id']}")
    assert now["escalation"]["layer"] == 2


async def test_a_policy_is_made_once_and_every_change_is_on_the_trail(office: Office) -> None:
    key = {"Idempotency-Key": "search"}
    wanted = {"name": "Search"}

    first = await office.member.post(POLICIES, wanted, headers=key)
    assert await office.member.post(POLICIES, wanted, headers=key) == first
    path = f"{POLICIES}/{first['id']}"
    layer = await office.member.post(f"{path}/layers", _layer(office))
    assert layer["position"] == 1
    await office.member.delete(path)
    events = (await given.organization_trail(office.engine))[-3:]
    assert [event.type for event in events] == [
        AuditType.POLICY_CREATED,
        AuditType.POLICY_CHANGED,
        AuditType.POLICY_REMOVED,
    ]
    assert {(one.actor_name, one.surface) for one in events} == {("Deploys", Surface.API)}


ENDPOINTS = [
    ("GET", "", None),
    ("PATCH", "", {"name": "Mine"}),
    ("DELETE", "", None),
    ("GET", "/simulate", None),
    ("POST", "/layers", {"ackTimeoutMinutes": 5}),
    ("PUT", "/layers/order", {"layerIds": []}),
    ("PATCH", "/layers/{layer}", {"ackTimeoutMinutes": 5}),
    ("DELETE", "/layers/{layer}", None),
]


async def test_who_has_no_key_learns_nothing_and_strangers_find_nothing(office: Office) -> None:
    present = await office.member.get(_path(office))
    layer = present["layers"][0]["id"]
    stranger = await office.stranger()
    other = (await office.member.post(POLICIES, {"name": "Other"}))["id"]

    for method, below, wanted in ENDPOINTS:
        path = _path(office, below.format(layer=layer))
        assert await office.nobody.refusal(method, path, wanted) == (401, "not_authorized")
        for caller, asked in (
            (stranger, path),
            (office.member, f"{POLICIES}/{uuid4()}{below.format(layer=layer)}"),
            (office.member, f"{POLICIES}/Payments{below.format(layer=layer)}"),
            *(
                (office.member, f"{POLICIES}/{id}{below.format(layer=elsewhere)}")
                for id, elsewhere in ((present["id"], uuid4()), (other, layer))
                if "{" in below
            ),
        ):
            assert await caller.refusal(method, asked, wanted) == (404, "not_found")
            assert await caller.refusal(method, asked, {"no": 1}) == (404, "not_found")
    assert await office.member.get(_path(office)) == present
    assert await stranger.get(POLICIES) == []
