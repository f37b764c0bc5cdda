"""Schedules over REST, as spec sections 5 and 9 have them."""

from typing import Any
from uuid import uuid4

from core import schedules
from storage.vocabulary import ActorKind, AuditType, Surface
from tests.core import given
from tests.web.api.caller import Office

SCHEDULES = "/v1/oncall/schedules"


async def _search(office: Office, **more: Any) -> Any:
    return await office.member.post(SCHEDULES, {"name": "Search", "timezone": "UTC", **more})


async def test_a_schedule_is_made_read_changed_and_removed(office: Office) -> None:
    made = await _search(office, name="  Search ", description=" Finds things. ")

    assert made == {
        "id": made["id"],
        "name": "Search",
        "timezone": "UTC",
        "description": "Finds things.",
        "createdAt": "2026-11-18T12:00:00.000Z",
        "layers": [],
        "overrides": [],
    }
    path = f"{SCHEDULES}/{made['id']}"
    assert await office.admin.get(path) == made
    renamed = await office.member.patch(path, {"name": "Finding"})
    assert renamed == {**made, "name": "Finding"}
    moved = await office.member.patch(path, {"timezone": "Asia/Tokyo", "description": None})
    assert moved == {**renamed, "timezone": "Asia/Tokyo", "description": None}
    assert await office.member.patch(path, {}) == moved
    await office.member.delete(path)
    assert await office.member.refusal("GET", path) == (404, "not_found")
    assert await office.member.refusal("DELETE", path) == (404, "not_found")


async def test_the_list_is_metadata_alone_and_by_name(office: Office) -> None:
    made = await _search(office, name="Billing")

    listed = await office.member.get(SCHEDULES)
    assert [one["name"] for one in listed] == ["Billing", "Payments"]
    assert listed[0] == {name: made[name] for name in made if name not in ("layers", "overrides")}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"timezone": "UTC"}, "name"),
    ({"name": "Search"}, "timezone"),
    ({"name": " ", "timezone": "UTC"}, "name"),
    ({"name": "x" * 256, "timezone": "UTC"}, "name"),
    ({"name": None, "timezone": "UTC"}, "name"),
    ({"name": 7, "timezone": "UTC"}, "name"),
    ({"name": "a\0b", "timezone": "UTC"}, "name"),
    ({"name": "Search", "timezone": "Mars/Olympus"}, "timezone"),
    ({"name": "Search", "timezone": ""}, "timezone"),
    ({"name": "Search", "timezone": "UTC", "layers": []}, "layers"),
    ({"name": "Search", "timezone": "UTC", "description": ["no"]}, "description"),
]


async def test_what_is_wrong_is_said_at_its_field(office: Office) -> None:
    for wanted, field in WRONG:
        answer = await office.member.ask("POST", SCHEDULES, wanted)

        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_a_patch_can_not_clear_what_a_schedule_needs(office: Office) -> None:
    path = f"{SCHEDULES}/{office.engine.schedule_id}"
    for wanted in ({"name": None}, {"timezone": None}, {"timezone": "Nowhere"}, {"colour": "red"}):
        assert await office.member.refusal("PATCH", path, wanted) == (422, "validation_error")


async def test_a_name_is_taken_once_in_an_organization(office: Office) -> None:
    wanted = {"name": "Payments", "timezone": "UTC"}
    assert await office.member.refusal("POST", SCHEDULES, wanted) == (409, "name_conflict")
    path = f"{SCHEDULES}/{(await _search(office))['id']}"
    renamed = {"name": "Payments"}
    assert await office.member.refusal("PATCH", path, renamed) == (409, "name_conflict")
    assert (await office.member.patch(path, {"name": "Search"}))["name"] == "Search"
    assert (await (await office.stranger()).post(SCHEDULES, wanted))["name"] == "Payments"


async def test_in_another_zone_its_layers_keep_their_instants_and_their_time_of_day(
    office: Office,
) -> None:
    path = f"{SCHEDULES}/{office.engine.schedule_id}"
    before = await office.member.get(path)

    after = await office.member.patch(path, {"timezone": "America/New_York"})
    assert after["layers"] == before["layers"]


async def test_what_is_in_use_stays_and_where_it_is_used_is_said(office: Office) -> None:
    path = f"{SCHEDULES}/{office.engine.schedule_id}"
    await office.declare()
    await given.stand_by(office.engine, schedule_id=office.engine.schedule_id)

    answer = await office.member.ask("DELETE", path)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "in_use")
    for place in ("the policy “Payments”", "incident #1", "the last resort"):
        assert place in told["message"]


async def test_a_schedule_is_made_once_however_often_the_request_is_repeated(
    office: Office,
) -> None:
    key = {"Idempotency-Key": "search-1"}
    wanted = {"name": "Search", "timezone": "UTC"}

    first = await office.member.post(SCHEDULES, wanted, headers=key)
    assert await office.member.post(SCHEDULES, wanted, headers=key) == first
    assert len(await office.member.get(SCHEDULES)) == 2


async def test_every_change_is_on_the_trail_as_the_keys(office: Office) -> None:
    path = f"{SCHEDULES}/{(await _search(office))['id']}"
    await office.member.patch(path, {"description": "Finds things."})
    await office.member.patch(path, {"description": "Finds things."})
    await office.member.delete(path)

    *_, made, changed, removed = await given.organization_trail(office.engine)
    assert [made.type, changed.type, removed.type] == [
        AuditType.SCHEDULE_CREATED,
        AuditType.SCHEDULE_CHANGED,
        AuditType.SCHEDULE_REMOVED,
    ]
    for event in (made, changed, removed):
        assert (event.actor_kind, event.actor_name) == (ActorKind.API_KEY, "Deploys")
        assert event.surface is Surface.API


ENDPOINTS = [
    ("GET", "", None),
    ("PATCH", "", {"name": "Mine"}),
    ("DELETE", "", None),
    ("GET", "/resolve", None),
    ("GET", "/shifts?from=2026-11-18T00:00:00Z&to=2026-11-19T00:00:00Z", None),
    ("POST", "/layers", {"name": "Mine"}),
    ("PUT", "/layers/order", {"layerIds": []}),
    ("PATCH", "/layers/{layer}", {"name": "Mine"}),
    ("DELETE", "/layers/{layer}", None),
    ("GET", "/overrides", None),
    ("POST", "/overrides", {}),
    ("PATCH", "/overrides/{override}", {"endAt": "2026-11-18T18:00:00Z"}),
    ("DELETE", "/overrides/{override}", None),
]


async def test_who_has_no_key_learns_nothing_and_strangers_find_nothing(office: Office) -> None:
    await given.override(office.engine, office.engine.schedule_id, "dave", hours=8)
    present = await office.member.get(f"{SCHEDULES}/{office.engine.schedule_id}")
    ids = {"layer": present["layers"][0]["id"], "override": present["overrides"][0]["id"]}
    stranger = await office.stranger()
    absent: dict[str, Any] = {"layer": uuid4(), "override": uuid4()}

    for method, below, wanted in ENDPOINTS:
        path = f"{SCHEDULES}/{present['id']}{below.format(**ids)}"
        assert await office.nobody.refusal(method, path, wanted) == (401, "not_authorized")
        unknown = [
            (stranger, path),
            (office.member, f"{SCHEDULES}/{uuid4()}{below.format(**ids)}"),
        ]
        if "{" in below:
            asked = f"{SCHEDULES}/{present['id']}{below.format(**absent)}"
            unknown.append((office.member, asked))
        for caller, asked in unknown:
            assert await caller.refusal(method, asked, wanted) == (404, "not_found")
            assert await caller.refusal(method, asked, {"no": 1}) == (404, "not_found")
        malformed = f"{SCHEDULES}/Payments{below.format(**ids)}"
        assert await office.member.refusal(method, malformed, wanted) == (404, "not_found")
    assert await office.member.get(f"{SCHEDULES}/{present['id']}") == present
    assert [one["id"] for one in await stranger.get(SCHEDULES)] == []


async def test_a_layer_or_an_override_of_another_schedule_is_none_of_this_one(
    office: Office,
) -> None:
    await given.override(office.engine, office.engine.schedule_id, "dave", hours=8)
    present = await office.member.get(f"{SCHEDULES}/{office.engine.schedule_id}")
    other = f"{SCHEDULES}/{(await _search(office))['id']}"
    for path in (
        f"{other}/layers/{present['layers'][0]['id']}",
        f"{other}/overrides/{present['overrides'][0]['id']}",
    ):
        assert await office.member.refusal("PATCH", path, {}) == (404, "not_found")
        assert await office.member.refusal("DELETE", path) == (404, "not_found")
    async with office.engine.core.reading(office.engine.system) as tx:
        value = await schedules.value_of(tx, office.engine.schedule_id)
    assert (len(value.layers), len(value.overrides)) == (1, 1)
