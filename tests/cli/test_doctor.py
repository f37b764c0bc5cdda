"""The doctor: each thing it checks, well and unwell, against a small Slack that does as told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from alembic.script import ScriptDirectory
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text, update

from assembly.manifest import bot_scopes
from assembly.settings import Settings
from cli.doctor import diagnose, exit_code, render
from core import people
from core.checkup import Finding, Mark
from core.transaction import Actor, Core
from storage.database import Database
from storage.migrate import MIGRATIONS
from storage.models import Member
from tests.mail.post_office import post_office

pytestmark = pytest.mark.postgresql_later

HEAD = ScriptDirectory(str(MIGRATIONS)).get_current_head()


class RealClock:
    """The computer's own clock, wrong by as much as a test wants."""

    wrong = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.wrong

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.now()).total_seconds()


@dataclass
class Slack:
    """What Slack answers to each method; a test changes it first."""

    answers: dict[str, Any]
    scopes: list[str] = field(default_factory=bot_scopes)
    emails: dict[str, dict[str, Any]] = field(default_factory=dict)
    clock_wrong: timedelta = timedelta()
    called: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.called.append(method)
        form = {**request.query, **await request.post()}
        found = self.answers.get(method)
        if method == "users.lookupByEmail" and found is None:
            user = self.emails.get(str(form["email"]))
            found = {"ok": True, "user": user} if user else no("users_not_found")
        if method == "conversations.list" and isinstance(found, list):
            page = int(str(form.get("cursor") or 0))
            more = str(page + 1) if page + 1 < len(found) else ""
            found = {
                "ok": True,
                "channels": found[page],
                "response_metadata": {"next_cursor": more},
            }
        headers = {
            "Date": format_datetime(datetime.now(UTC) + self.clock_wrong, usegmt=True),
            "X-OAuth-Scopes": ",".join(self.scopes),
        }
        if isinstance(found, str):
            return web.Response(text=found, content_type="text/html", status=502, headers=headers)
        return web.json_response(found, headers=headers)


def no(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}


def well() -> dict[str, Any]:
    return {
        "auth.test": {"ok": True, "team": "Acme", "team_id": "T1", "user": "tocsin"},
        "apps.connections.open": {"ok": True, "url": "wss://x"},
        "conversations.list": [
            [{"id": "C1", "name": "general", "is_member": False}],
            [
                {"id": "C2", "name": "incidents", "is_member": False, "is_private": False},
                {"id": "G1", "name": "war-room", "is_member": True, "is_private": True},
            ],
        ],
    }


@dataclass
class Clinic:
    """Everything the doctor is handed, well to begin with."""

    core: Core
    slack: Slack
    client: AsyncWebClient
    clock: RealClock
    settings: dict[str, Any]

    async def diagnose(self, **changed: Any) -> list[Finding]:
        core = changed.pop("core", self.core)
        settings = Settings(_env_file=None, **{**self.settings, **changed})
        return await diagnose(core, self.client, settings)

    async def unwell(self, **changed: Any) -> list[Finding]:
        return [one for one in await self.diagnose(**changed) if one.mark is not Mark.OK]

    async def member(self, email: str, **values: Any) -> None:
        organization = await people.ensure_organization(self.core, slack_team_id="T1", name="Acme")
        async with self.core.transaction(Actor.system(organization.id)) as tx:
            member = await people.ensure_by_email(tx, email)
            for name, value in values.items():
                setattr(member, name, value)


@pytest.fixture
async def clinic(database_url: str) -> AsyncIterator[Clinic]:
    slack = Slack(well())
    application = web.Application()
    application.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    clock = RealClock()
    core = Core(Database(database_url), clock)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token="xoxb-x", base_url=f"http://127.0.0.1:{port}/api/", session=session
        )
        client.retry_handlers.clear()
        yield Clinic(
            core,
            slack,
            client,
            clock,
            {
                "slack_bot_token": "xoxb-x",
                "slack_app_token": "xapp-x",
                "tocsin_alerts_channel": "incidents",
                "tocsin_admin_emails": "alice@example.com",
                "smtp_url": None,
            },
        )
    await runner.cleanup()
    await core.database.dispose()


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


async def test_a_missing_bot_token_is_bad_and_slack_is_not_asked(clinic):
    findings = await clinic.unwell(
        slack_bot_token=None, slack_app_token=None, slack_signing_secret="s"
    )
    assert [one.what for one in findings] == ["Slack: SLACK_BOT_TOKEN is not set."]
    assert exit_code(findings) == 1
    assert clinic.slack.called == []


@pytest.mark.parametrize(
    "error", ["invalid_auth", "token_revoked", "account_inactive", "not_authed", "ratelimited"]
)
async def test_a_refused_token_is_bad_with_its_own_remedy(clinic, error):
    clinic.slack.answers["auth.test"] = no(error)
    (finding,) = await clinic.unwell()
    assert finding.what == f"Slack: SLACK_BOT_TOKEN is refused ({error})."
    assert "slack-status.com" not in finding.remedy


async def test_an_answer_that_is_not_slacks_is_said_as_such(clinic):
    clinic.slack.answers["auth.test"] = "<h1>Bad gateway</h1>"
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.BAD
    assert "not Slack's, HTTP 502" in finding.what


async def test_an_unreachable_slack_is_said_once_and_in_a_sentence(clinic):
    clinic.client.base_url = "http://127.0.0.1:1/api/"
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.BAD
    assert finding.what.startswith("Slack can't be reached at http://127.0.0.1:1/api/ (")


async def test_missing_scopes_are_named_and_more_than_needed_are_fine(clinic):
    clinic.slack.scopes = [*clinic.slack.scopes, "files:write"]
    assert await clinic.unwell() == []
    clinic.slack.scopes.remove("im:write")
    clinic.slack.scopes.remove("users:read.email")
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.BAD
    assert finding.what == "Scopes: not granted: im:write, users:read.email."


@pytest.mark.parametrize(
    ("seconds", "mark", "said"),
    [
        (20, Mark.WARN, "Clock: 20 s ahead of Slack's."),
        (-20, Mark.WARN, "Clock: 20 s behind Slack's."),
        (90, Mark.BAD, "Clock: 90 s ahead of Slack's. Slack's requests are refused at 300 s."),
    ],
)
async def test_a_clock_that_differs_from_slacks_is_said(clinic, seconds, mark, said):
    clinic.slack.clock_wrong = timedelta(seconds=-seconds)
    (finding,) = await clinic.unwell()
    assert finding.mark is mark
    shown = finding.what.replace(f" {abs(seconds) - 1} s ", f" {abs(seconds)} s ")
    assert shown.replace(f" {abs(seconds) + 1} s ", f" {abs(seconds)} s ") == said


async def test_a_clock_that_differs_from_the_databases_is_said_on_postgresql(clinic):
    if clinic.core.database.is_sqlite:
        pytest.skip("SQLite has no clock of its own")
    clinic.clock.wrong = timedelta(minutes=2)
    assert [one.what.split(".")[0] for one in await clinic.unwell()] == [
        "Clock: 120 s ahead of the database's",
        "Clock: 120 s ahead of Slack's",
    ]


async def test_without_a_way_in_for_slack_it_is_bad(clinic):
    (finding,) = await clinic.unwell(slack_app_token=None)
    assert finding.mark is Mark.BAD
    assert finding.what.startswith("Slack can't reach Tocsin: neither SLACK_APP_TOKEN")
    assert await clinic.unwell(slack_app_token=None, slack_signing_secret="s") == []


async def test_an_app_token_that_opens_no_socket_is_bad(clinic):
    clinic.slack.answers["apps.connections.open"] = no("not_allowed_token_type")
    (finding,) = await clinic.unwell()
    assert finding.what == "Slack: SLACK_APP_TOKEN opens no socket (not_allowed_token_type)."


async def test_an_alerts_channel_is_found_on_any_page_by_name_or_id(clinic):
    for name in ("incidents", "#incidents", "C2", "war-room"):
        assert await clinic.unwell(tocsin_alerts_channel=name) == []


async def test_the_alerts_channel_of_the_database_counts_where_the_environment_has_none(clinic):
    await clinic.member("alice@example.com", slack_user_id="U1")
    (finding,) = await clinic.unwell(tocsin_alerts_channel=None)
    assert finding.mark is Mark.WARN
    organization = await people.ensure_organization(clinic.core, slack_team_id="T1", name="Acme")
    async with clinic.core.transaction(Actor.system(organization.id)) as tx:
        await people.set_alerts_channel(tx, "nowhere")
    (finding,) = await clinic.unwell(tocsin_alerts_channel=None)
    assert finding.what == "Alerts channel: the bot sees no channel “nowhere”."


async def test_channels_that_slack_does_not_list_are_said_with_the_reason(clinic):
    clinic.slack.answers["conversations.list"] = no("missing_scope")
    (finding,) = await clinic.unwell()
    assert finding.what == "Alerts channel: Slack does not list channels (missing_scope)."
    assert "install it again" in finding.remedy
    clinic.slack.answers["conversations.list"] = "<h1>Bad gateway</h1>"
    (finding,) = await clinic.unwell()
    assert finding.remedy == "Try again in a minute; see https://slack-status.com."


async def test_a_private_alerts_channel_without_the_bot_is_bad(clinic):
    clinic.slack.answers["conversations.list"][1][1]["is_member"] = False
    (finding,) = await clinic.unwell(tocsin_alerts_channel="war-room")
    assert finding.what == "Alerts channel: #war-room is private, and the bot is not in it."


async def test_members_whom_slack_does_not_know_are_named(clinic):
    await clinic.member("bob@example.com", name="Bob")
    await clinic.member("carol@example.com", name="Carol")
    await clinic.member("gail@example.com", name="Gail")
    clinic.slack.emails = {
        "bob@example.com": {"id": "U1", "team_id": "T1"},
        "gail@example.com": {"id": "U2", "team_id": "T1", "is_restricted": True},
    }
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.WARN
    assert finding.what == (
        "Members: reachable by nobody, as Slack does not know them: Carol (carol@example.com), "
        "Gail (gail@example.com: a guest, a bot, or gone)."
    )


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
