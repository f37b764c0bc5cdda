"""Who is on call, and who would be paged, over REST: what core says, and nothing else."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from core import oncall, schedules, simulation
from core.oncall import Schedule
from tests.cast import NOON
from tests.core import given
from tests.web.api.caller import Office


def _text(at: datetime | None) -> str | None:
    return at and at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _path(office: Office, below: str) -> str:
    return f"/v1/oncall/schedules/{office.engine.schedule_id}/{below}"


async def _busy(office: Office) -> Schedule:
    """The schedule with three layers, of which one ends, and three overrides, of which one ran."""
    for name, days, more in (
        ("Nights", 3, {"participantIds": [office.user("carol"), office.user("dave")]}),
        ("Launch", 1, {"participantIds": [office.user("alice"), office.user("bob")],
                       "effectiveUntil": _text(NOON + timedelta(days=4))}),
    ):  # fmt: skip
        wanted = {
            "name": name,
            "rotationType": "custom",
            "rotationLengthDays": days,
            "handoffTime": "21:00",
            "effectiveFrom": _text(NOON - timedelta(days=1)),
            **more,
        }
        await office.member.post(_path(office, "layers"), wanted)
    for name, start, end in (("alice", -30, -20), ("dave", 4, 12), ("carol", 24, 60)):
        clock = office.engine.clock
        clock.at = NOON + timedelta(hours=min(start, 0))
        wanted = {
            "userId": office.user(name),
            "startAt": _text(NOON + timedelta(hours=start)),
            "endAt": _text(NOON + timedelta(hours=end)),
        }
        await office.member.post(_path(office, "overrides"), wanted)
        clock.at = NOON
    async with office.engine.core.reading(office.engine.system) as tx:
        long_ago = NOON - timedelta(days=400)
        return await schedules.value_of(tx, office.engine.schedule_id, at=long_ago)


def _named(office: Office, member_id: Any) -> dict[str, str]:
    (member,) = (one for one in office.cast.values() if one.id == member_id)
    return {"id": str(member.id), "name": member.name}


async def test_who_is_on_call_is_what_core_says_at_any_instant(office: Office) -> None:
    value = await _busy(office)

    for hours in (-100, -26, -20, 0, 4, 11.9, 12, 25, 60, 96, 1_000, 10_000):
        at = NOON + timedelta(hours=hours)
        found = oncall.resolve(value, at)
        assert await office.member.get(_path(office, f"resolve?at={_text(at)}")) == {
            "at": _text(at),
            "owner": found.owner and _named(office, found.owner.member_id),
            "pagingTargets": [_named(office, duty.member_id) for duty in found.targets],
            "until": _text(found.until),
        }
    now = await office.member.get(_path(office, "resolve"))
    assert now == await office.member.get(_path(office, f"resolve?at={_text(NOON)}"))
    assert now["owner"]["name"] == "Bob"


async def test_an_instant_may_be_asked_for_in_any_zone(office: Office) -> None:
    at = quote("2026-11-18T13:00:00+01:00")
    assert (await office.member.get(_path(office, f"resolve?at={at}")))["at"] == _text(NOON)


async def test_the_shifts_and_gaps_are_what_core_says(office: Office) -> None:
    value = await _busy(office)

    for start, end in ((-200, 300), (5, 30), (0, 9_600), (-9_600, 0)):
        window = NOON + timedelta(hours=start), NOON + timedelta(hours=end)
        asked = f"shifts?from={_text(window[0])}&to={_text(window[1])}"
        assert await office.member.get(_path(office, asked)) == {
            "shifts": [
                {
                    "user": _named(office, one.member_id),
                    "layerId": one.layer_id and str(one.layer_id),
                    "position": one.position,
                    "overrideId": one.override_id and str(one.override_id),
                    "startAt": _text(one.start_at),
                    "endAt": _text(one.end_at),
                }
                for one in oncall.shifts(value, *window)
            ],
            "gaps": [
                {"startAt": _text(gap.start_at), "endAt": _text(gap.end_at)}
                for gap in oncall.gaps(value, *window)
            ],
        }


async def test_a_schedule_without_anybody_is_one_gap(office: Office) -> None:
    made = await office.member.post("/v1/oncall/schedules", {"name": "Search", "timezone": "UTC"})
    path = f"/v1/oncall/schedules/{made['id']}"

    nobody = {"at": _text(NOON), "owner": None, "pagingTargets": [], "until": None}
    assert await office.member.get(f"{path}/resolve") == nobody
    window = {"startAt": _text(NOON), "endAt": _text(NOON + timedelta(days=1))}
    asked = f"{path}/shifts?from={window['startAt']}&to={window['endAt']}"
    assert await office.member.get(asked) == {"shifts": [], "gaps": [window]}


async def test_who_has_left_keeps_the_past(office: Office) -> None:
    await given.remove(office.engine, "bob")
    asked = f"shifts?from={_text(NOON - timedelta(hours=2))}&to={_text(NOON + timedelta(hours=2))}"

    found = await office.member.get(_path(office, asked))
    assert [one["user"]["name"] for one in found["shifts"]] == ["Bob"]
    assert found["shifts"][0]["endAt"] == _text(NOON)
    assert (await office.member.get(_path(office, "resolve")))["owner"] is None


DAY = "2026-11-18T00:00:00Z"


WRONG = [
    ("resolve?at=2026-11-18T00:00:00", "at"),
    ("resolve?at=now", "at"),
    ("resolve?at=", "at"),
    ("resolve?at=0001-01-01T00:00:00%2B14:00", "at"),
    (f"resolve?at={DAY}&user=bob", "user"),
    ("shifts", "from"),
    (f"shifts?from={DAY}", "to"),
    (f"shifts?from={DAY}&to=2026-11-18", "to"),
    (f"shifts?from={DAY}&to={DAY}", "to"),
    (f"shifts?from={DAY}&to=2026-11-17T00:00:00Z", "to"),
    (f"shifts?from={DAY}&to=2027-12-23T00:00:00.001Z", "to"),
    (f"shifts?from={DAY}&to=2026-11-19T00:00:00Z&limit=1", "limit"),
]


async def test_what_is_wrong_with_a_question_is_said(office: Office) -> None:
    for below, field in WRONG:
        answer = await office.member.ask("GET", _path(office, below))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


async def test_the_calendars_first_and_last_day_can_be_asked_about(office: Office) -> None:
    for at in ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"):
        found = await office.member.get(_path(office, f"resolve?at={at}"))
        assert found["at"] == at
    window = "from=9999-01-01T00:00:00Z&to=9999-12-31T23:59:59Z"
    assert (await office.member.get(_path(office, f"shifts?{window}")))["gaps"] == []


async def test_a_simulation_says_what_core_says_and_pages_nobody(office: Office) -> None:
    engine = office.engine
    path = f"/v1/escalation/policies/{engine.policy_id}/simulate"

    for at in (None, NOON - timedelta(days=3), NOON + timedelta(days=30)):
        told = await simulation.simulate(engine.core, engine.system, engine.policy_id, at=at)
        assert await office.member.get(path, params={"at": _text(at)} if at else {}) == {
            "steps": [
                {
                    "at": _text(step.at),
                    "layer": step.layer,
                    "users": [_named(office, one.person.id) for one in step.people],
                    "reason": step.reason.value,
                }
                for step in told.steps
            ],
            "endsAt": _text(told.ends_at),
            "outcome": told.outcome.value,
        }
    before = await office.member.get(path, params={"at": _text(NOON - timedelta(days=3))})
    assert [one["reason"] for one in before["steps"]] == ["declared", "unstaffed"]
    await engine.settle()
    assert engine.sender.pages() == []


async def test_a_policy_without_layers_pages_nobody(office: Office) -> None:
    made = await office.member.post("/v1/escalation/policies", {"name": "Search"})
    told = await office.member.get(f"/v1/escalation/policies/{made['id']}/simulate")
    assert told == {"steps": [], "endsAt": _text(NOON), "outcome": "nobody_paged"}


INSTANTS = [
    ("at=2026-11-18T00:00:00", "at"),
    ("at=9999-12-31T23:59:59Z", "at"),
    ("at=0001-01-01T00:00:00Z", None),
    ("when=now", "when"),
]


async def test_a_simulation_needs_an_instant_that_it_can_walk_from(office: Office) -> None:
    for asked, field in INSTANTS:
        path = f"/v1/escalation/policies/{office.engine.policy_id}/simulate?{asked}"
        answer = await office.member.ask("GET", path)
        assert answer.status_code == (422 if field else 200)
        assert [one["field"] for one in answer.json().get("errors", [])] == [field] * bool(field)
