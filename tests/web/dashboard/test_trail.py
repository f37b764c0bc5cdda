"""The audit trail in the dashboard: looked through, read, and taken along as CSV."""

import csv
import io
from typing import Any

import pytest

from core import audit, people
from core.trail_facts import TrailLine
from core.transaction import Actor
from storage.vocabulary import ActorKind, AuditType, Surface
from tests.cast import NOON
from tests.web.dashboard.browser import Shown, browser
from tests.world import World
from web.dashboard import trail, trail_csv, trail_words


def _line(type: AuditType, data: dict[str, Any], **more: Any) -> TrailLine:
    fields = {
        "sequence": 1, "at": NOON, "by": "Alice", "by_kind": ActorKind.MEMBER,
        "surface": Surface.SLACK, "incident": None, "names": {},
    }  # fmt: skip
    return TrailLine(type=type, data=data, **{**fields, **more})


def _rows(page: Shown) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.html.removeprefix("\ufeff"))))


async def test_an_incidents_life_can_be_read(world: World) -> None:
    await world.declare(world.alice, "Checkout is down")
    await world.pass_time(minutes=6)
    await world.alice.command("/incident ack 1")
    await world.settle()
    async with browser(world, world.alice) as alice:
        page = await alice.open("/settings/trail")

    assert "#1 : declared as critical: Checkout is down Alice Martin Slack" in page.text
    assert "#1 : layer 1 of 2 pages Bob Okafor Alice Martin Slack" in page.text
    assert "#1 : Bob Okafor was paged by Slack DM Tocsin" in page.text
    assert "#1 : escalated from layer 1 to layer 2" in page.text
    assert "#1 : acknowledged Alice Martin Slack" in page.text
    assert "Alice Martin signed in Alice Martin Dashboard" in page.text


async def test_every_event_that_was_written_has_a_sentence_of_its_own(world: World) -> None:
    """None falls back on the name of its type, as one that an older version wrote would."""
    await world.declare(world.alice)
    await world.pass_time(minutes=20)
    async with browser(world, world.alice) as alice:
        rows = _rows(await alice.open("/settings/trail.csv"))

    assert {one["type"] for one in rows} > {"layer_paged", "policy_created", "settings_changed"}
    for one in rows:
        assert not one["what"].endswith(trail_words.type_words(AuditType(one["type"])))


def test_there_is_a_sentence_for_every_type() -> None:
    assert set(trail_words._SAYS) == set(AuditType)


def test_what_an_older_version_wrote_is_told_by_its_kind() -> None:
    assert trail_words.sentence(_line(AuditType.ROLE_CHANGED, {})) == "Role changed"


async def test_it_is_looked_through_by_kind_and_by_days_on_the_readers_clock(
    world: World,
) -> None:
    world.clock.at = NOON.replace(hour=23)  # in Berlin the 19th has begun
    await world.declare(world.alice)
    async with browser(world, world.alice) as alice:
        kind = await alice.open("/settings/trail?type=incident_created")
        that_day = await alice.open("/settings/trail?type=incident_created&from=2026-11-19")
        before = await alice.open("/settings/trail?type=incident_created&to=2026-11-18")
        wrong = await alice.open("/settings/trail?type=nonsense&from=yesterday&to=0001-01-01")
        taken = _rows(await alice.open("/settings/trail.csv?type=incident_created"))

    assert "declared as critical" in kind.text
    assert "layer 1" not in kind.html.split('id="trail"')[1]
    assert "declared as critical" in that_day.text
    assert "Nothing like that happened." in before.text
    assert wrong.status == 200
    assert "There is no such kind of event." in wrong.text
    assert "A day is written like 2026-11-22." in wrong.text
    assert [one["incident"] for one in taken] == ["1"]


async def test_it_is_turned_page_by_page_and_nothing_is_left_out(world: World) -> None:
    async with world.tocsin.core.transaction(world.system) as tx:
        for number in range(2 * trail.AT_ONCE):
            audit.record(tx, AuditType.API_KEY_REVOKED, keyId="1", name=f"Key {number:03}")
    path, seen = "/settings/trail?type=api_key_revoked", []
    async with browser(world, world.alice) as alice:
        for _ in range(2):
            page = await alice.open(path)
            seen += page.html.split("“Key ")[1:]
            _, found, rest = page.html.partition("&amp;before=")
            path = f"/settings/trail?type=api_key_revoked&before={rest.partition(chr(34))[0]}"

    assert [one[:3] for one in seen] == [f"{number:03}" for number in reversed(range(100))]
    assert not found


async def test_no_cell_is_a_formula(world: World) -> None:
    await world.declare(world.alice, "=HYPERLINK(1)")
    actor = Actor(ActorKind.API_KEY, None, "+cmd|' /C calc'!A0", Surface.API, world.organization_id)
    async with world.tocsin.core.transaction(actor) as tx:
        await people.set_alerts_channel(tx, "=1+1")
    async with browser(world, world.alice) as alice:
        page = await alice.open("/settings/trail.csv")

    rows = _rows(page)
    assert page.answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in page.answer.headers["Content-Disposition"]
    assert rows[1]["actor"] == "'+cmd|' /C calc'!A0"
    assert rows[1]["what"] == "Alerts channel set to “=1+1”"
    assert not any(cell[:1] in set("=+-@\t\r\n") for one in rows for cell in one.values() if cell)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_what_a_spreadsheet_would_reckon_is_text(cell: str) -> None:
    (read,) = csv.reader(io.StringIO(trail_csv.row(cell), newline=""))
    assert read == [f"'{cell}"]


async def test_a_file_that_holds_not_everything_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_csv, "ROWS_MAX", 3)
    async with browser(world, world.alice) as alice:
        rows = _rows(await alice.open("/settings/trail.csv"))

    assert len(rows) == 4
    assert rows[-1]["what"] == "There is more: 3 rows fit. Ask for fewer days."
