"""Incidents listed over REST: filtered, newest first, a page at a time, and nothing moves."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOON
from tests.web.api.caller import Office
from web.api.schemas.paging import cursor_after


async def _numbers(office: Office, query: str = "") -> list[int]:
    listed = await office.member.get(f"/v1/incidents{query}")
    return [one["number"] for one in listed["incidents"]]


async def _refused_at(office: Office, query: str) -> tuple[int, str, list[str]]:
    answer = await office.member.ask("GET", f"/v1/incidents?{query}")
    told = answer.json()
    return answer.status_code, told["code"], [one["field"] for one in told["errors"]]


async def test_there_are_none_to_begin_with(office: Office) -> None:
    assert await office.member.get("/v1/incidents") == {"incidents": [], "nextCursor": None}


async def test_incidents_are_listed_as_they_are_read_the_newest_first(office: Office) -> None:
    first, second = await office.declare(), await office.declare(title="Login is down")

    listed = await office.member.get("/api/incidents")

    assert listed == {"incidents": [second, first], "nextCursor": None}


async def test_twenty_are_given_unless_another_number_is_said(office: Office) -> None:
    for _ in range(21):
        await office.declare()

    assert await _numbers(office) == list(range(21, 1, -1))
    assert await _numbers(office, "?limit=1") == [21]
    assert len(await _numbers(office, "?limit=100")) == 21
    for limit in ("0", "101", "-1", "x", "", "1.5", "9" * 30):
        assert await _refused_at(office, f"limit={limit}") == (422, "validation_error", ["limit"])


async def test_pages_stay_as_they_are_while_new_ones_are_declared(office: Office) -> None:
    for _ in range(5):
        await office.declare()

    seen: list[int] = []
    query = "?limit=2"
    while True:
        listed = await office.member.get(f"/v1/incidents{query}")
        seen += [one["number"] for one in listed["incidents"]]
        if listed["nextCursor"] is None:
            break
        await office.declare()
        query = f"?limit=2&cursor={listed['nextCursor']}"

    assert seen == [5, 4, 3, 2, 1]


async def test_the_last_page_says_that_it_is_the_last_though_it_is_full(office: Office) -> None:
    for _ in range(2):
        await office.declare()

    listed = await office.member.get("/v1/incidents?limit=2")

    assert (len(listed["incidents"]), listed["nextCursor"]) == (2, None)


async def test_a_cursor_goes_on_within_what_was_asked_for(office: Office) -> None:
    for severity in ("low", "high", "low", "low"):
        await office.declare(severity=severity)

    listed = await office.member.get("/v1/incidents?severity=low&limit=2")

    assert [one["number"] for one in listed["incidents"]] == [4, 3]
    assert await _numbers(office, f"?severity=low&cursor={listed['nextCursor']}") == [1]


async def test_status_and_severity_choose_and_several_of_one_kind_are_either(
    office: Office,
) -> None:
    for number, severity in enumerate(("critical", "high", "low", "low"), 1):
        made = await office.declare(severity=severity)
        if number > 2:
            path = f"/v1/incidents/{made['id']}/status"
            await office.member.patch(path, {"status": "identified"})

    for query, found in (
        ("?severity=low", [4, 3]),
        ("?status=investigating", [2, 1]),
        ("?status=identified&severity=critical", []),
        ("?severity=critical&severity=low", [4, 3, 1]),
        ("?status=identified&status=investigating&severity=high", [2]),
        ("?status=resolved", []),
    ):
        assert await _numbers(office, query) == found, query
    for query in ("status=open", "status=", "status=identified&status=x"):
        assert (await _refused_at(office, query))[:2] == (422, "validation_error")
    assert (await _refused_at(office, "severity=Low"))[0] == 422


async def test_days_are_whole_and_inclusive_in_utc(office: Office) -> None:
    midnight = NOON.replace(hour=0)
    tick = timedelta(milliseconds=1)
    for at in (midnight - tick, midnight, midnight + timedelta(days=1) - tick,
               midnight + timedelta(days=1)):  # fmt: skip
        office.engine.clock.at = at
        await office.declare()

    for query, found in (
        ("?from=2026-11-18&to=2026-11-18", [3, 2]),
        ("?from=2026-11-18", [4, 3, 2]),
        ("?to=2026-11-18", [3, 2, 1]),
        ("?from=0001-01-01&to=9999-12-31", [4, 3, 2, 1]),
        ("?from=2026-11-20", []),
    ):
        assert await _numbers(office, query) == found, query
    assert await _refused_at(office, "from=2026-11-19&to=2026-11-18") == (
        422, "validation_error", ["from"],
    )  # fmt: skip


@pytest.mark.parametrize("field", ["from", "to"])
async def test_a_day_is_a_day_and_nothing_else(office: Office, field: str) -> None:
    for day in ("2026-02-30", "2026-11-18T00:00:00Z", "1795000000", "yesterday", "", "20261118",
                "2026-W47-3", "10000-01-01", "٢٠٢٦-١١-١٨"):  # fmt: skip
        told = await _refused_at(office, f"{field}={day}")
        assert told == (422, "validation_error", [field]), day


async def test_what_is_asked_for_once_is_not_said_twice(office: Office) -> None:
    for field, query in (("limit", "limit=1&limit=2"), ("from", "from=2026-11-18&from=2026-11-18"),
                         ("cursor", f"cursor={cursor_after(1)}&cursor=x")):  # fmt: skip
        assert await _refused_at(office, query) == (422, "validation_error", [field]), query


async def test_a_limit_is_a_number_in_digits(office: Office) -> None:
    for limit in ("1_0", " 5", "+5", "5.0", "0x5", "٥", "", "0", "101", "9" * 5_000):
        answer = await office.member.ask("GET", "/v1/incidents", params={"limit": limit})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit"), limit


async def test_a_cursor_that_was_never_given_out_is_refused(office: Office) -> None:
    await office.declare()

    for cursor in ("", "x", "MQ", "1", "ä", "\ufffd", cursor_after(1) + "=", cursor_after(0),
                   cursor_after(-1), cursor_after(1)[:-1], "A" * 9_000):  # fmt: skip
        answer = await office.member.ask("GET", "/v1/incidents", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_error"), cursor
        assert [one["field"] for one in answer.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize("place", [2, 2**31, 2**63, 10**400])
async def test_any_cursor_that_looks_right_goes_on_somewhere(office: Office, place: int) -> None:
    await office.declare()

    assert await _numbers(office, f"?cursor={cursor_after(place)}") == [1]


async def test_a_parameter_that_is_not_known_is_refused(office: Office) -> None:
    for name in ("page", "offset", "From", "owner"):
        assert await _refused_at(office, f"{name}=1") == (422, "validation_error", [name])


async def test_every_organization_lists_its_own(office: Office) -> None:
    await office.declare()
    stranger = await office.stranger()
    nothing: dict[str, Any] = {"incidents": [], "nextCursor": None}

    for query in ("", f"?cursor={cursor_after(2)}", "?status=investigating", "?from=2026-11-18"):
        assert await stranger.get(f"/v1/incidents{query}") == nothing
    assert await office.nobody.refusal("GET", "/v1/incidents") == (401, "not_authorized")
