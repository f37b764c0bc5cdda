"""The settings: what they are when nothing is said, and each fault in a sentence that helps."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assembly.settings import Settings, SettingsError, read_settings

Environment = Callable[..., None]
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    """Set exactly these variables, in a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def put(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


def test_with_nothing_set_the_defaults_are_those_of_the_readme(environment: Environment) -> None:
    assert read_settings().model_dump() == {
        "database_url": "sqlite+aiosqlite:///tocsin.db",
        "slack_bot_token": None,
        "slack_signing_secret": None,
        "slack_app_token": None,
        "slack_client_id": None,
        "slack_client_secret": None,
        "slack_api_url": "https://slack.com/api/",
        "host": "0.0.0.0",
        "port": 3000,
        "public_url": None,
        "tocsin_admin_emails": "",
        "tocsin_alerts_channel": None,
        "tocsin_heartbeat_url": None,
        "tocsin_api_rate": 100,
        "tocsin_api_burst": 200,
        "tocsin_api_key": None,
        "log_level": "info",
        "log_format": "text",
        "smtp_url": None,
        "mail_from": None,
    }


def test_the_readme_names_every_setting_that_is_in_use() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Settings")[2]
    named = set(re.findall(r"`([A-Z_]+)`", table.partition("\n## ")[0]))
    assert {name.upper() for name in Settings.model_fields} <= named


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "DATABASE_URL",
            "mysql://localhost/tocsin",
            "DATABASE_URL is no database URL we know; use sqlite+aiosqlite:///tocsin.db or "
            "postgresql://user:password@host/name.",
        ),
        ("PORT", "0", "PORT must be a port from 1 to 65535."),
        (
            "SLACK_CLIENT_ID",
            "1.2",
            "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: copy both from “Basic "
            "Information” of your Slack app, or unset both to sign in by links alone.",
        ),
        ("TOCSIN_API_RATE", "0", "TOCSIN_API_RATE must be a number of requests, 1 or more."),
        ("PORT", "70000", "PORT must be a port from 1 to 65535."),
        (
            "SLACK_API_URL",
            "https://slack.com",
            "SLACK_API_URL must be a URL that ends in /api/, such as https://slack.com/api/.",
        ),
        *(
            (
                "TOCSIN_HEARTBEAT_URL",
                wrong,
                "TOCSIN_HEARTBEAT_URL must be an http:// or https:// URL that is called while "
                "nothing is overdue.",
            )
            for wrong in ("monitor.example.com/abc", "ftp://monitor.example.com/abc", "https://")
        ),
        (
            "SLACK_BOT_TOKEN",
            "xapp-1",
            "SLACK_BOT_TOKEN must begin with xoxb-; copy it from “OAuth & Permissions” of your "
            "Slack app.",
        ),
        (
            "SLACK_APP_TOKEN",
            "xoxb-1",
            "SLACK_APP_TOKEN must begin with xapp-; copy it from “Basic Information” of your "
            "Slack app.",
        ),
        (
            "SMTP_URL",
            "http://user:s3cret@mail",
            "SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465 "
            "(user and password only where the server asks for them; write an @ or / in them as "
            "%40 or %2F).",
        ),
        (
            "SMTP_URL",
            "smtp://mail",
            "SMTP_URL is set and MAIL_FROM is not: set MAIL_FROM to the address that letters are "
            "from, or unset SMTP_URL to page in Slack alone.",
        ),
        ("MAIL_FROM", "tocsin", "MAIL_FROM must be one address, such as tocsin@example.com."),
        (
            "MAIL_FROM",
            "tocsin@example.com",
            "MAIL_FROM is set and SMTP_URL is not: set SMTP_URL to your mail server "
            "(smtp://user:password@host:587), or unset MAIL_FROM to page in Slack alone.",
        ),
        (
            "PUBLIC_URL",
            "tocsin.example.com",
            "PUBLIC_URL must be where people reach Tocsin, such as https://tocsin.example.com, "
            "without a path.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_that_names_it(
    environment: Environment, variable: str, value: str, sentence: str
) -> None:
    environment(**{variable: value})
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert str(refused.value) == sentence


def test_each_fault_has_a_line_of_its_own(environment: Environment) -> None:
    environment(PORT="0", SLACK_API_URL="https://slack.com", LOG_LEVEL="loud")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    said = str(refused.value).splitlines()
    assert [line.split()[0] for line in said] == ["SLACK_API_URL", "PORT", "LOG_LEVEL"]


def test_a_variable_set_to_nothing_is_not_set(environment: Environment) -> None:
    environment(SLACK_BOT_TOKEN="", PORT="", DATABASE_URL="")
    settings = read_settings()
    assert (settings.slack_bot_token, settings.port) == (None, 3000)
    assert settings.database_url == "sqlite+aiosqlite:///tocsin.db"


def test_a_file_called_env_is_read_and_the_environment_wins(
    environment: Environment, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nHOST=127.0.0.1\nNOT_OURS=1\n")
    environment(PORT="5000")
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 5000)


def test_another_slack_takes_tokens_of_any_kind(environment: Environment) -> None:
    environment(SLACK_API_URL="http://127.0.0.1:8700/api/", SLACK_BOT_TOKEN="anything")
    assert read_settings().slack_bot_token == "anything"


def test_the_log_level_is_read_in_any_case(environment: Environment) -> None:
    environment(LOG_LEVEL="WARNING")
    assert read_settings().log_level == "warning"


def test_admins_are_separated_by_commas(environment: Environment) -> None:
    environment(TOCSIN_ADMIN_EMAILS=" a@example.com, b@example.com,, ")
    assert read_settings().admin_emails == ["a@example.com", "b@example.com"]


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite+aiosqlite:///tocsin.db", Path("tocsin.db")),
        ("sqlite:////var/lib/tocsin.db", Path("/var/lib/tocsin.db")),
        ("postgresql://somebody:secret@localhost/tocsin", None),
    ],
)
def test_only_sqlite_has_a_file(environment: Environment, url: str, file: Path | None) -> None:
    environment(DATABASE_URL=url)
    assert read_settings().sqlite_file == file


def test_a_public_url_is_kept_without_its_last_slash(environment: Environment) -> None:
    environment(PUBLIC_URL="https://tocsin.example.com/")
    assert read_settings().public_url == "https://tocsin.example.com"


def test_what_is_no_number_is_refused_in_words(environment: Environment) -> None:
    environment(TOCSIN_API_RATE="abc")
    with pytest.raises(SettingsError, match="TOCSIN_API_RATE must be a whole number, not “abc”"):
        read_settings()
