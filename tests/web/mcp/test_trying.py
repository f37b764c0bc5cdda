"""A dry run says what would happen, by the functions that do it, and changes nothing."""

from typing import Any

import pytest

from core.policies import EscalationLayerDraft
from tests.core import given, public
from tests.web.mcp.desk import Desk, said, text


async def _published(desk: Desk) -> None:
    await public.page(desk.engine, await public.component(desk.engine))


async def _ready(desk: Desk) -> None:
    """An incident that customers see."""
    await _published(desk)
    await desk.declare(components=["API"])


WRITES: list[tuple[str, dict[str, Any]]] = [
    ("create_incident", {"title": "Down", "severity": "low", "schedule": "Payments",
                         "components": ["API"]}),
    ("post_incident_update", {"number": 1, "body": "We are on it", "visibility": "public"}),
    ("acknowledge_incident", {"number": 1}),
    ("hand_off_incident", {"number": 1, "to": "Dave"}),
    ("transition_incident_status", {"number": 1, "status": "identified"}),
    ("resolve_incident", {"number": 1, "note": "Rolled back"}),
]  # fmt: skip


async def test_it_changes_nothing_and_says_what_then_happens(desk: Desk) -> None:
    await _ready(desk)
    woken: list[object] = []
    desk.engine.core.on_due = woken.append
    desk.engine.core.on_published = lambda: woken.append("published")

    for tool, wanted in WRITES:
        before = await desk.dump()
        answer = await desk.member.ask(tool, **wanted, dry_run=True, idempotency_key="once")
        foreseen: Any = answer.structured_content

        assert said(answer).startswith("Dry run, nothing was changed. It would be so: "), answer
        assert await desk.dump() == before
        assert woken == []
        done = await desk.member.call(tool, **wanted)
        woken.clear()
        for same in ("changed", "paged", "status_pages"):
            assert foreseen[same] == done[same], (tool, same)
        assert [_said(one) for one in foreseen["updates"]] == [
            _said(one) for one in done["updates"]
        ]
        known = {"id", "number", "created_at", "updated_at"} if "number" not in wanted else set()
        for name, value in done["incident"].items():
            assert foreseen["incident"][name] == value or name in known, (tool, name)


def _said(update: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in update.items() if name != "id"}


async def test_of_an_incident_that_is_not_declared_there_is_no_number(desk: Desk) -> None:
    done = await desk.declare(dry_run=True)

    assert (done["incident"]["number"], done["incident"]["id"]) == (None, None)
    assert (await desk.declare())["incident"]["number"] == 1


async def test_declaring_says_who_would_be_paged_and_who_would_follow(desk: Desk) -> None:
    done = await desk.declare(dry_run=True)

    assert [text(one["name"]) for one in done["paged"]] == ["Bob"]
    assert [
        (one["at"][11:16], [text(who["name"]) for who in one["people"]])
        for one in done["if_nobody_answers"]
    ] == [("12:00", ["Bob"]), ("12:05", ["Carol"])]
    assert desk.engine.sender.posts == {}


async def test_declaring_for_somebody_without_a_policy_pages_them_once(desk: Desk) -> None:
    done = await desk.member.call(
        "create_incident", title="Down", severity="low", owner="Dave", dry_run=True
    )

    assert [text(one["name"]) for one in done["paged"]] == ["Dave"]
    assert done["if_nobody_answers"] is None


async def test_declaring_what_would_page_nobody_says_so(desk: Desk) -> None:
    nights = await given.empty_schedule(desk.engine)
    await given.policy(desk.engine, "Nights", EscalationLayerDraft(5, nights))

    answer = await desk.member.ask(
        "create_incident", title="Down", severity="low", schedule="Nights", dry_run=True
    )

    assert "NOBODY IS PAGED" in said(answer)


async def test_a_public_update_names_its_pages_and_what_not_to_publish_perhaps(desk: Desk) -> None:
    await _ready(desk)
    body = "Restarted db1.internal, ping <!channel>"

    within = await desk.member.call("post_incident_update", number=1, body=body, dry_run=True)
    outside = await desk.member.call(
        "post_incident_update", number=1, body=body, visibility="public", dry_run=True
    )

    assert (within["status_pages"], within["possible_leaks"]) == ([], None)
    assert [one["slug"] for one in outside["status_pages"]] == ["acme"]
    assert {(one["kind"], text(one["excerpt"])) for one in outside["possible_leaks"]} == {
        ("host", "db1.internal"),
        ("mention", "<!channel>"),
    }


async def test_resolving_says_which_steps_would_be_walked(desk: Desk) -> None:
    await _ready(desk)

    done = await desk.member.call("resolve_incident", number=1, dry_run=True)

    assert [one["status_change"] for one in done["updates"]] == [
        "identified",
        "monitoring",
        "resolved",
    ]
    assert {one["id"] for one in done["updates"]} == {None}
    assert [one["slug"] for one in done["status_pages"]] == ["acme"]


@pytest.mark.parametrize("dry", ["yes", 1, None])
async def test_only_true_and_false_say_whether_it_is_dry(desk: Desk, dry: object) -> None:
    await desk.declare()
    before = await desk.dump()

    assert await desk.member.refusal("resolve_incident", number=1, dry_run=dry) == (
        "validation_error"
    )
    assert await desk.dump() == before
