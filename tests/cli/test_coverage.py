"""`coverage` and `simulate` on a real database: what they print, and with what they end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assembly.settings import Settings, SettingsError
from cli.coverage import render, run_coverage
from cli.simulate import run_simulate
from core import people
from core.findings import Finding, FindingKind
from core.transaction import Actor
from tests.core import given
from tests.engine import Engine

ASKED: dict[str, str | None] = {"slack_bot_token": None, "smtp_url": None, "mail_from": None}


def _settings(database_url: str) -> Settings:
    return Settings(_env_file=None, database_url=database_url, **ASKED)


async def test_it_ends_with_1_and_says_what_to_do_while_there_is_anything(
    engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(database_url)
    assert await run_coverage(settings, days=30, org=None) == 1
    before = capsys.readouterr().out
    async with engine.core.transaction(engine.system) as tx:
        for name, member in engine.cast.items():
            (await people.get_member(tx, member.id)).slack_user_id = f"U{name}"

    assert await run_coverage(settings, days=30, org=None) == 0
    after = capsys.readouterr().out

    assert "! Bob is on call for Payments" in before
    assert "  → Ask them to type /incident once in Slack" in before
    assert before.endswith("2 findings for the next 30 days.\n")
    assert after == "✓ Everybody who should be paged in the next 30 days can be.\n"


async def test_a_single_finding_is_one(engine: Engine) -> None:
    one = Finding(FindingKind.GAP, "gap:1", "Nobody is on call.", "Be on call.")

    assert render([one], days=7).plain == (
        "! Nobody is on call.\n  → Be on call.\n1 finding for the next 7 days."
    )


def test_a_readers_own_clock_stands_beside_the_schedules() -> None:
    start = datetime(2026, 11, 23, 8, tzinfo=UTC)
    one = Finding(
        FindingKind.GAP, "gap:1", "Nobody is on call.", "Be on call.", timezone="Europe/Berlin",
        start_at=start, end_at=start + timedelta(hours=18),
    )  # fmt: skip
    tokyo = ZoneInfo("Asia/Tokyo")

    said = render([one], days=7, here=tokyo).plain
    endless = render([replace(one, end_at=None)], days=7, here=tokyo).plain
    same = render([one], days=7, here=ZoneInfo("Europe/Paris")).plain

    span = "Mon 23 Nov 2026, 17:00 JST – Tue 24 Nov 2026, 11:00 JST"
    assert f"! Nobody is on call.\n  On your clock: {span}\n  → Be on call." in said
    assert "  On your clock: from Mon 23 Nov 2026, 17:00 JST\n" in endless
    assert "On your clock" not in same


async def test_a_simulation_is_printed(
    engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_simulate(
        _settings(database_url),
        "payments",
        at="2026-12-24T22:00:00+01:00",
        unreachable=(),
        slack_down=False,
        org=None,
    )

    said = capsys.readouterr().out
    assert said.startswith("Payments: declared Thu 24 Dec 2026, 22:00 Berlin (21:00 UTC)")
    assert "Bob, by Slack\n" in said


async def test_of_several_organizations_one_must_be_named(
    engine: Engine, database_url: str
) -> None:
    settings = _settings(database_url)
    await given.stranger(engine)

    for org, said in {
        None: "There are several organizations: say --org (Acme, Other).",
        "Acne": "There is no organization “Acne”. There are: Acme, Other.",
    }.items():
        with pytest.raises(SettingsError) as refused:
            await run_coverage(settings, days=30, org=org)
        assert str(refused.value) == said
    assert await run_coverage(settings, days=30, org="Other") == 0
    assert await run_coverage(settings, days=30, org=str(engine.organization_id)) == 1


async def test_without_an_organization_it_says_how_to_make_one(database_url: str) -> None:
    with pytest.raises(SettingsError, match="There is no organization yet: run"):
        await run_coverage(_settings(database_url), days=30, org=None)


async def test_without_tables_it_says_how_to_make_them(tmp_path: Path) -> None:
    settings = _settings(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SettingsError, match="The tables are not there yet"):
        await run_coverage(settings, days=30, org=None)


async def test_what_is_asked_of_one_organization_is_its_own(
    engine: Engine, database_url: str
) -> None:
    other = await people.ensure_organization(engine.core, slack_team_id="T0", name="Other")
    async with engine.core.reading(Actor.system(other.id)) as tx:
        assert await people.members(tx) == []

    with pytest.raises(SettingsError, match="There are none yet"):
        await run_simulate(
            _settings(database_url),
            "Payments",
            at=None,
            unreachable=(),
            slack_down=False,
            org="Other",
        )
