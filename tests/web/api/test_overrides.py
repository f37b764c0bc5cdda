"""Overrides over REST, as spec sections 5 and 9 have them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from storage.vocabulary import AuditType, Surface
from tests.cast import NOON
from tests.core import given
from tests.web.api.caller import Office


def _at(hours: float) -> str:
    at = (NOON + timedelta(hours=hours)).isoformat(timespec="milliseconds")
    return at.replace("+00:00", "Z")


def _wanted(office: Office, name: str, start: float, end: float) -> dict[str, str]:
    return {"userId": office.user(name), "startAt": _at(start), "endAt": _at(end)}


def _path(office: Office, below: str = "/overrides") -> str:
    return f"/v1/oncall/schedules/{office.engine.schedule_id}{below}"


async def _create(office: Office, name: str, start: float, end: float) -> Any:
    return await office.member.post(_path(office), _wanted(office, name, start, end))


async def _spans(office: Office, start: float, end: float) -> list[tuple[str, str, str]]:
    """Who is on call, as the calendar has it."""
    asked = _path(office, f"/shifts?from={_at(start)}&to={_at(end)}")
    found = (await office.member.get(asked))["shifts"]
    return [(one["user"]["name"], one["startAt"], one["endAt"]) for one in found]


async def test_somebody_stands_in_and_whoever_they_replace_is_told(office: Office) -> None:
    made = await _create(office, "dave", 1, 3)

    assert made == {"id": made["id"], **_wanted(office, "dave", 1, 3)}
    assert await office.admin.get(_path(office)) == [made]
    assert (await office.admin.get(_path(office, "")))["overrides"] == [made]
    await office.engine.settle()
    told = [post for post in office.engine.sender.posts.values() if post.kind == "duty_changed"]
    assert {post.name for post in told} == {"Bob", "Dave"}


async def test_those_that_have_ended_are_not_listed(office: Office) -> None:
    later = await _create(office, "carol", 5, 6)
    await _create(office, "dave", 1, 3)
    office.engine.clock.at = NOON + timedelta(hours=3)

    assert await office.member.get(_path(office)) == [later]
    assert (await office.member.get(_path(office, "")))["overrides"] == [later]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"endAt": _at(1)}, "endAt"),
    ({"startAt": _at(-3), "endAt": _at(-1)}, "endAt"),
    ({"startAt": "2026-11-18T13:00:00"}, "startAt"),
    ({"startAt": "tomorrow"}, "startAt"),
    ({"endAt": None}, "endAt"),
    ({"userId": "dave"}, "userId"),
    ({"userId": None}, "userId"),
    ({"reason": "holidays"}, "reason"),
]


async def test_what_is_wrong_is_said_at_its_field(office: Office) -> None:
    made = await _create(office, "carol", 10, 12)
    path = _path(office, f"/overrides/{made['id']}")
    for wanted, field in WRONG:
        for method, asked, body in (
            ("POST", _path(office), {**_wanted(office, "dave", 1, 3), **wanted}),
            ("PATCH", path, wanted),
        ):
            answer = await office.member.ask(method, asked, body)
            assert answer.status_code == 422
            assert [one["field"] for one in answer.json()["errors"]] == [field]
        assert await office.member.get(_path(office)) == [made]


async def test_two_never_overlap_and_may_touch(office: Office) -> None:
    made = await _create(office, "dave", 1, 3)
    conflict = (409, "override_conflict")
    for start, end in ((0, 2), (2, 4), (1.5, 2), (0, 9)):
        wanted = _wanted(office, "carol", start, end)
        assert await office.member.refusal("POST", _path(office), wanted) == conflict
    touching = await _create(office, "carol", 3, 4)
    path = _path(office, f"/overrides/{touching['id']}")
    assert await office.member.refusal("PATCH", path, {"startAt": _at(2)}) == conflict
    assert await office.member.get(_path(office)) == [made, touching]


async def test_only_a_member_stands_in(office: Office) -> None:
    nobody = {"userId": str(uuid4())}
    refused = (400, "invalid_target_user")
    wanted = _wanted(office, "dave", 1, 3) | nobody
    assert await office.member.refusal("POST", _path(office), wanted) == refused
    made = await _create(office, "dave", 1, 3)
    path = _path(office, f"/overrides/{made['id']}")
    assert await office.member.refusal("PATCH", path, nobody) == refused


async def test_one_that_is_ahead_changes_in_what_is_named_and_goes(office: Office) -> None:
    made = await _create(office, "dave", 1, 3)
    path = _path(office, f"/overrides/{made['id']}")

    assert await office.member.patch(path, {}) == made
    for name, value in (
        ("userId", office.user("carol")),
        ("startAt", _at(2)),
        ("endAt", _at(5)),
    ):
        changed = await office.member.patch(path, {name: value})
        assert changed == {**made, name: value}
        made = changed
    await office.member.delete(path)
    assert await office.member.get(_path(office)) == []
    assert await office.member.refusal("DELETE", path) == (404, "not_found")


async def test_one_that_runs_can_end_at_another_time_and_keeps_its_start(office: Office) -> None:
    made = await _create(office, "dave", -1, 3)
    path = _path(office, f"/overrides/{made['id']}")

    assert await office.member.patch(path, {"endAt": _at(2)}) == {**made, "endAt": _at(2)}
    assert await office.member.patch(path, {"startAt": _at(-1)}) == {**made, "endAt": _at(2)}
    for start in (-2, 1):
        answer = await office.member.ask("PATCH", path, {"startAt": _at(start)})
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == ["startAt"]


async def test_somebody_else_takes_one_that_runs_from_now_on(office: Office) -> None:
    made = await _create(office, "dave", -1, 3)
    path = _path(office, f"/overrides/{made['id']}")

    changed = await office.member.patch(path, {"userId": office.user("carol")})
    assert changed == {"id": made["id"], **_wanted(office, "carol", 0, 3)}
    assert await office.member.get(_path(office)) == [changed]
    assert await _spans(office, -2, 4) == [
        ("Bob", _at(-2), _at(-1)),
        ("Dave", _at(-1), _at(0)),
        ("Carol", _at(0), _at(3)),
        ("Bob", _at(3), _at(4)),
    ]


async def test_taking_one_back_that_runs_ends_it_now_and_leaves_its_past(office: Office) -> None:
    made = await _create(office, "dave", -1, 3)
    path = _path(office, f"/overrides/{made['id']}")

    await office.member.delete(path)
    assert await office.member.get(_path(office)) == []
    assert await _spans(office, -1, 1) == [("Dave", _at(-1), _at(0)), ("Bob", _at(0), _at(1))]
    ended = (409, "override_ended")
    assert await office.member.refusal("DELETE", path) == ended
    assert await office.member.refusal("PATCH", path, {"endAt": _at(5)}) == ended
    assert await office.member.refusal("PATCH", path, {}) == ended
    assert await office.member.refusal("PATCH", path, {"no": 1}) == (422, "validation_error")


async def test_an_override_is_made_once_and_every_change_is_on_the_trail(office: Office) -> None:
    key = {"Idempotency-Key": "dave-stands-in"}
    wanted = _wanted(office, "dave", 1, 3)

    first = await office.member.post(_path(office), wanted, headers=key)
    assert await office.member.post(_path(office), wanted, headers=key) == first
    path = _path(office, f"/overrides/{first['id']}")
    await office.member.patch(path, {"endAt": _at(4)})
    await office.member.delete(path)
    events = (await given.organization_trail(office.engine))[-3:]
    assert [event.type for event in events] == [
        AuditType.OVERRIDE_CREATED,
        AuditType.OVERRIDE_CHANGED,
        AuditType.OVERRIDE_REMOVED,
    ]
    assert {(one.actor_name, one.surface) for one in events} == {("Deploys", Surface.API)}
