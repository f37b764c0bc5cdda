"""The doctor: each thing it checks, well and unwell, but for Slack."""

from datetime import timedelta

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text, update

from cli.doctor import exit_code, render
from core.checkup import Finding, Mark
from core.transaction import Actor, Core
from storage.database import Database
from storage.migrate import MIGRATIONS
from storage.models import Member
from tests.mail.post_office import post_office

HEAD = ScriptDirectory(str(MIGRATIONS)).get_current_head()


async def test_where_all_is_well_everything_has_a_green_mark(clinic):
    await clinic.member("bob@example.com", slack_user_id="U1", name="Bob")
    findings = await clinic.diagnose()
    assert exit_code(findings) == 0
    said = render(findings).plain.splitlines()
    assert said[0].startswith("✓ Database: ")
    assert said[1] == f"✓ Tables: at {HEAD}, as this version needs."
    said = [line for line in said[2:] if "the database's" not in line]
    assert said == [
        "✓ Slack: SLACK_BOT_TOKEN is good, tocsin in Acme.",
        "✓ Scopes: all that the manifest asks for are granted.",
        "✓ Clock: agrees with Slack's.",
        "✓ Slack: SLACK_APP_TOKEN opens a socket.",
        "✓ Alerts channel: #incidents is there, and the bot can post to it.",
        "✓ Members: Slack knows all 1.",
        "✓ Admins: alice@example.com, from when Tocsin first starts.",
        "✓ E-mail: not configured, so people are paged in Slack alone.",
    ]


async def test_a_finding_is_shown_with_its_remedy_on_the_line_below(clinic):
    shown = render([Finding(Mark.BAD, "It is dark.", "Light a candle.")]).plain
    assert shown == "✗ It is dark.\n  → Light a candle."


async def test_a_database_without_tables_is_bad(clinic, tmp_path):
    empty = tmp_path / "empty.db"
    empty.touch()
    database = Database(f"sqlite:///{empty}")
    core = Core(database, clinic.clock)
    (finding,) = await clinic.unwell(core=core)
    await database.dispose()
    assert finding == Finding(
        Mark.BAD, "Tables: there are none yet.", "Run `python app.py migrate`."
    )


async def test_a_file_that_is_not_there_is_bad_and_is_not_made(clinic, tmp_path):
    missing = tmp_path / "missing.db"
    database = Database(f"sqlite:///{missing}")
    (finding,) = await clinic.unwell(core=Core(database, clinic.clock))
    await database.dispose()
    assert finding.what == f"Database: {missing} is not there yet."
    assert not missing.exists()


@pytest.mark.own_database
async def test_tables_of_another_version_are_bad(clinic):
    async with clinic.core.database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.BAD
    assert finding.what == f"Tables: the database is at 0000, and this version needs {HEAD}."


async def test_a_database_that_does_not_answer_is_named_without_its_password(clinic):
    database = Database("postgresql://tocsin:s3cret@127.0.0.1:1/tocsin?password=s3cret")
    findings = await clinic.unwell(core=Core(database, clinic.clock))
    await database.dispose()
    assert findings[0].mark is Mark.BAD
    assert findings[0].what.startswith(
        "Database: postgresql+asyncpg://tocsin:***@127.0.0.1:1/tocsin does not answer ("
    )
    assert "s3cret" not in render(findings).plain


async def test_a_clock_that_differs_from_the_databases_is_said_on_postgresql(clinic):
    if clinic.core.database.is_sqlite:
        pytest.skip("SQLite has no clock of its own")
    clinic.clock.wrong = timedelta(minutes=2)
    assert [one.what.split(".")[0] for one in await clinic.unwell()] == [
        "Clock: 120 s ahead of the database's",
        "Clock: 120 s ahead of Slack's",
    ]


async def test_without_an_admin_there_is_a_warning(clinic):
    (finding,) = await clinic.unwell(tocsin_admin_emails="")
    assert finding.mark is Mark.WARN
    assert "TOCSIN_ADMIN_EMAILS" in finding.remedy


async def test_mail_that_can_be_handed_in_is_well(clinic):
    async with post_office(login=("me", "s3cret")) as office:
        findings = await clinic.diagnose(
            smtp_url=office.url,
            mail_from="Tocsin <tocsin@acme.example>",
            public_url="https://tocsin.example.com",
        )
        where = office.url.rpartition("@")[2]
        assert findings[-1] == Finding(
            Mark.OK,
            f"E-mail: {where} takes letters from tocsin@acme.example, without encryption, "
            "logged in as me.",
        )
        assert office.letters == []


async def test_a_wrong_password_is_bad_and_not_repeated(clinic):
    async with post_office(login=("me", "s3cret")) as office:
        url = office.url.replace("s3cret", "s3same")
        (finding,) = await clinic.unwell(
            smtp_url=url, mail_from="tocsin@acme.example", public_url="https://tocsin.example.com"
        )
    assert finding.mark is Mark.BAD
    assert "refuses the user and password (535" in finding.what
    assert "s3same" not in render([finding]).plain


async def test_a_mail_server_that_is_not_there_is_bad(clinic):
    (finding,) = await clinic.unwell(
        smtp_url="smtp://127.0.0.1:1",
        mail_from="tocsin@acme.example",
        public_url="https://tocsin.example.com",
    )
    assert finding.mark is Mark.BAD
    assert finding.what.startswith("E-mail: 127.0.0.1:1 can't be used (")
    assert "Check SMTP_URL" in finding.remedy


async def test_without_a_public_url_or_addresses_letters_do_less_and_it_is_said(clinic):
    await clinic.member("bob@example.com", slack_user_id="U1", name="Bob")
    async with clinic.core.transaction(Actor.system()) as tx:
        await tx.db.execute(update(Member).values(email=None))
    async with post_office() as office:
        link, address = await clinic.unwell(smtp_url=office.url, mail_from="tocsin@acme.example")
    assert (link.mark, address.mark) == (Mark.WARN, Mark.WARN)
    assert "PUBLIC_URL is not set" in link.what
    assert address.what == "E-mail: no address is known of Bob."
