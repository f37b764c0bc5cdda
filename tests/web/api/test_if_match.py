"""What somebody else has changed meanwhile is not changed unseen: ETag and If-Match."""

import asyncio
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import components
from core.components import ComponentDraft
from tests.core import public
from tests.web.api.caller import Office
from web.api.preconditions import versions_in

FAILED = (412, "precondition_failed")


async def _declared(office: Office) -> tuple[str, str]:
    """The path of an incident, and its ETag."""
    made = await office.declare()
    path = f"/v1/incidents/{made['id']}"
    return path, (await office.member.ask("GET", path)).headers["ETag"]


def _changes(office: Office) -> tuple[tuple[str, str, Any], ...]:
    """Every endpoint that changes an incident, and something that it would do."""
    return (
        ("PATCH", "", {"title": "Payments are down"}),
        ("PATCH", "/status", {"status": "identified"}),
        ("POST", "/acknowledge", None),
        ("POST", "/handoff", {"targetUserId": office.user("dave")}),
        ("PUT", "/components", {"componentIds": []}),
        ("POST", "/updates", {"body": "x"}),
    )


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        ('"1"', {1}),
        ('"1", "20"', {1, 20}),
        (' "1" ,\t"2",, "1" ', {1, 2}),
        ('W/"1"', set()),
        ('W/"1", "2"', {2}),
        ('"x", "2,3", "4"', {4}),
        ('"01", "+1", " 1", "1.0", "-1", ""', set()),
        ("1", set()),
        ('"1", 2', set()),
        ('"1", *', set()),
        ('w/"1"', set()),
        ('"1', set()),
        ('"1""2"', {1, 2}),
        ("", set()),
        ('"' + "9" * 5_000 + '"', set()),
        ('"' * 100_001, set()),
    ],
)
def test_a_list_of_tags_is_understood_and_a_weak_one_never_matches(
    header: str, versions: set[int]
) -> None:
    assert versions_in(header) == versions


async def test_every_answer_that_is_one_incident_has_an_etag_that_changes_with_it(
    office: Office,
) -> None:
    answer = await office.member.ask(
        "POST", "/v1/incidents", {"title": "x", "severity": "low", "ownerId": office.user("dave")}
    )
    path, seen = f"/v1/incidents/{answer.json()['data']['id']}", [answer.headers["ETag"]]

    for method, below, body in _changes(office):
        answer = await office.member.ask(method, path + below, body, headers={"If-Match": seen[-1]})
        if below == "/handoff":
            assert (answer.status_code, answer.json()["code"]) == (400, "already_owner")
        elif below == "/updates":
            assert "ETag" not in answer.headers
        else:
            assert answer.headers["ETag"] == (await office.member.ask("GET", path)).headers["ETag"]
        seen.append((await office.member.ask("GET", path)).headers["ETag"])

    changed = [one != before for before, one in pairwise(seen)]
    assert changed == [True, True, True, False, False, True]
    assert "ETag" not in (await office.member.ask("GET", "/v1/incidents")).headers


async def test_what_was_not_seen_as_it_is_is_not_changed(office: Office) -> None:
    path, stale = await _declared(office)
    await office.member.patch(path, {"severity": "low"})
    before = await office.member.get(path)

    for method, below, body in _changes(office):
        for header in (stale, f'W/"{before["number"]}"', "nonsense", '"999"'):
            told = await office.member.refusal(
                method, path + below, body, headers={"If-Match": header}
            )
            assert told == FAILED, (method, below, header)
    assert await office.member.get(path) == before


async def test_what_was_seen_as_it_is_is_changed(office: Office) -> None:
    for headers in ({"If-Match": "*"}, {"If-Match": ' "777" , {} '}, {"If-Match": "{}"}, {}):
        path, _ = await _declared(office)
        for method, below, body in _changes(office):
            etag = (await office.member.ask("GET", path)).headers["ETag"]
            told = {name: value.replace("{}", etag) for name, value in headers.items()}
            answer = await office.member.ask(method, path + below, body, headers=told)
            assert answer.status_code in (200, 201), (method, below, told)


async def test_of_two_who_saw_the_same_one_changes_it(office: Office) -> None:
    path, etag = await _declared(office)

    answers = await asyncio.gather(
        *(
            office.member.ask("PATCH", path, {"title": title}, headers={"If-Match": etag})
            for title in ("Mine", "Yours")
        )
    )

    assert sorted(one.status_code for one in answers) == [200, 412]
    won = next(one for one in answers if one.status_code == 200)
    assert (await office.member.get(path))["title"] == won.json()["data"]["title"]


async def test_existence_and_schema_are_judged_before_it_and_the_rest_after_it(
    office: Office,
) -> None:
    path, _ = await _declared(office)
    stale = {"If-Match": '"999"'}
    for method, below, _body in _changes(office):
        for id in (uuid4(), "x"):
            elsewhere = f"/v1/incidents/{id}{below}"
            told = await office.member.refusal(method, elsewhere, {"x": 1}, headers=stale)
            assert told == (404, "not_found")
        told = await office.member.refusal(method, path + below, {"x": 1}, headers=stale)
        assert told == (422, "validation_error"), (method, below)
    without_text = {"visibility": "public", "statusChange": "resolved"}
    told = await office.member.refusal("POST", f"{path}/updates", without_text, headers=stale)
    assert told == (422, "validation_error")

    for status in ("identified", "monitoring", "resolved"):
        await office.member.patch(f"{path}/status", {"status": status})
    for method, below, body in _changes(office):
        assert await office.member.refusal(method, path + below, body, headers=stale) == FAILED


async def test_a_component_with_another_name_makes_another_of_the_incident(office: Office) -> None:
    mine, other = [await public.component(office.engine, name) for name in ("API", "Web")]
    path, _ = await _declared(office)
    answer = await office.member.ask("PUT", f"{path}/components", {"componentIds": [str(mine)]})
    etag = answer.headers["ETag"]

    async def renamed(component: UUID, name: str) -> str:
        draft = ComponentDraft(name)
        await office.engine.do("bob", components.change_component, component, draft)
        return (await office.member.ask("GET", path)).headers["ETag"]

    assert await renamed(other, "Website") == etag
    assert await renamed(mine, "Public API") != etag


async def test_redaction_takes_no_notice_of_it(office: Office) -> None:
    """What must go, goes: whoever removes a text need not have seen all the rest."""
    path, _ = await _declared(office)
    posted = await office.member.post(f"{path}/updates", {"body": "hunter2"})

    answer = await office.member.ask(
        "POST", f"{path}/updates/{posted['id']}/redact", headers={"If-Match": '"999"'}
    )

    assert answer.json()["data"]["body"] is None


async def test_a_request_that_is_repeated_gets_its_first_answer_though_it_is_stale_now(
    office: Office,
) -> None:
    path, etag = await _declared(office)
    headers = {"If-Match": etag, "Idempotency-Key": "once"}

    first = await office.member.ask("POST", f"{path}/acknowledge", headers=headers)
    again = await office.member.ask("POST", f"{path}/acknowledge", headers=headers)

    assert first.status_code == 200
    assert (again.status_code, again.content) == (200, first.content)
    assert (
        await office.member.refusal("POST", f"{path}/acknowledge", headers={"If-Match": etag})
        == FAILED
    )
