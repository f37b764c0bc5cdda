"""The settings, from the environment (or a `.env` file), each refused in a sentence if wrong."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mail.server import MailServer, Sender
from storage.database import normalize_url

SLACK_API = "https://slack.com/api/"


class SettingsError(Exception):
    """A setting is missing or wrong: one sentence a fault, each with what to do."""


class Settings(BaseSettings):
    """What Tocsin is told from outside, in the names of the README's table."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    database_url: str = "sqlite+aiosqlite:///tocsin.db"
    slack_bot_token: str | None = None
    slack_signing_secret: str | None = None
    slack_app_token: str | None = None
    slack_client_id: str | None = None
    slack_client_secret: str | None = None
    slack_api_url: str = SLACK_API
    host: str = "0.0.0.0"  # noqa: S104  (a server is there to be reached)
    port: int = 3000
    public_url: str | None = None
    tocsin_admin_emails: str = ""
    tocsin_alerts_channel: str | None = None
    tocsin_heartbeat_url: str | None = None
    tocsin_api_rate: int = 100
    tocsin_api_burst: int = 200
    tocsin_api_key: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    smtp_url: str | None = None
    mail_from: str | None = None

    @property
    def admin_emails(self) -> list[str]:
        """Who is an admin by configuration."""
        return [one.strip() for one in self.tocsin_admin_emails.split(",") if one.strip()]

    @property
    def secrets(self) -> list[str]:
        """What must stand in no log."""
        whole = (self.slack_bot_token, self.slack_signing_secret, self.slack_app_token,
                 self.slack_client_secret,
                 self.tocsin_heartbeat_url, self.tocsin_api_key)  # fmt: skip
        urls = (self.database_url, self.smtp_url or "")
        passwords = (url.rpartition("@")[0].rpartition(":")[2] for url in urls)
        return [one for one in (*whole, *passwords) if one]

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is embedded, for this one process."""
        return normalize_url(self.database_url).get_backend_name() == "sqlite"

    @property
    def sqlite_file(self) -> Path | None:
        """The database's file, if it is one."""
        url = normalize_url(self.database_url)
        is_file = url.get_backend_name() == "sqlite" and url.database
        return Path(url.database) if is_file and url.database else None

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_lower_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _a_database_we_know(cls, value: str) -> str:
        try:
            normalize_url(value)
        except Exception as error:
            raise ValueError(
                "is no database URL we know; use sqlite+aiosqlite:///tocsin.db or "
                "postgresql://user:password@host/name"
            ) from error
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_api(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not value.endswith("/api/"):
            raise ValueError("must be a URL that ends in /api/, such as https://slack.com/api/")
        return value

    @field_validator("tocsin_heartbeat_url")
    @classmethod
    def _a_url_to_call(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^/?#\s@]+([/?#]\S*)?", value):
            raise ValueError(
                "must be an http:// or https:// URL that is called while nothing is overdue"
            )
        return value

    @field_validator("tocsin_api_rate", "tocsin_api_burst")
    @classmethod
    def _so_many_requests(cls, value: int) -> int:
        if value < 1:
            raise ValueError("must be a number of requests, 1 or more")
        return value

    @field_validator("port")
    @classmethod
    def _a_port(cls, value: int) -> int:
        if not 1 <= value <= 65535:
            raise ValueError("must be a port from 1 to 65535")
        return value

    @field_validator("public_url")
    @classmethod
    def _where_people_reach_us(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^/?#\s@]+/?", value):
            raise ValueError(
                "must be where people reach Tocsin, such as https://tocsin.example.com, "
                "without a path"
            )
        return value.rstrip("/") if value else None

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str | None) -> str | None:
        if value:
            MailServer.parse(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _whom_letters_are_from(cls, value: str | None) -> str | None:
        if value:
            Sender.parse(value)
        return value

    @model_validator(mode="after")
    def _mail_as_a_whole(self) -> Self:
        if self.smtp_url and not self.mail_from:
            raise ValueError(
                "SMTP_URL is set and MAIL_FROM is not: set MAIL_FROM to the address that letters "
                "are from, or unset SMTP_URL to page in Slack alone"
            )
        if self.mail_from and not self.smtp_url:
            raise ValueError(
                "MAIL_FROM is set and SMTP_URL is not: set SMTP_URL to your mail server "
                "(smtp://user:password@host:587), or unset MAIL_FROM to page in Slack alone"
            )
        return self

    @model_validator(mode="after")
    def _an_app_as_a_whole(self) -> Self:
        if bool(self.slack_client_id) != bool(self.slack_client_secret):
            raise ValueError(
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: copy both from “Basic "
                "Information” of your Slack app, or unset both to sign in by links alone"
            )
        return self

    @model_validator(mode="after")
    def _tokens_in_their_places(self) -> Self:
        if self.slack_api_url != SLACK_API:
            return self
        kinds = (
            ("SLACK_BOT_TOKEN", self.slack_bot_token, "xoxb-", "OAuth & Permissions"),
            ("SLACK_APP_TOKEN", self.slack_app_token, "xapp-", "Basic Information"),
        )
        for name, value, prefix, page in kinds:
            if value and not value.startswith(prefix):
                raise ValueError(
                    f"{name} must begin with {prefix}; copy it from “{page}” of your Slack app"
                )
        return self

    def check_slack(self) -> None:
        """Refuse to serve without what Slack needs. Raises SettingsError."""
        faults = []
        if not self.slack_bot_token:
            faults.append(
                "SLACK_BOT_TOKEN is not set: install the app (see `python app.py manifest`) and "
                "copy the Bot User OAuth Token, or try `make sandbox`, which needs none."
            )
        if not self.slack_app_token and not self.slack_signing_secret:
            faults.append(
                "Neither SLACK_APP_TOKEN (Socket Mode, no public URL needed) nor "
                "SLACK_SIGNING_SECRET (HTTP) is set: copy one from “Basic Information” of your "
                "Slack app."
            )
        if faults:
            raise SettingsError("\n".join(faults))


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError, naming the variable and what to do."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(fault) for fault in error.errors())) from None


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)  # noqa: S101  (pydantic's ErrorDetails)
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "int_parsing":
        message = f"must be a whole number, not “{fault['input']}”"
    name = str(fault["loc"][0]).upper() if fault["loc"] else ""
    return f"{name} {message}.".strip() if name else f"{message}."
