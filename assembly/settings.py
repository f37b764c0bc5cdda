"""The settings, from the environment (or a `.env` file), each refused in a sentence if wrong."""

from pathlib import Path
from typing import Literal, Self

from pydantic import ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    slack_api_url: str = SLACK_API
    host: str = "0.0.0.0"  # noqa: S104  (a server is there to be reached)
    port: int = 3000
    public_url: str | None = None
    tocsin_admin_emails: str = ""
    tocsin_alerts_channel: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    smtp_url: str | None = None

    @property
    def admin_emails(self) -> list[str]:
        """Who is an admin by configuration."""
        return [one.strip() for one in self.tocsin_admin_emails.split(",") if one.strip()]

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

    @field_validator("port")
    @classmethod
    def _a_port(cls, value: int) -> int:
        if not 1 <= value <= 65535:
            raise ValueError("must be a port from 1 to 65535")
        return value

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
    name = str(fault["loc"][0]).upper() if fault["loc"] else ""
    return f"{name} {message}.".strip() if name else f"{message}."
