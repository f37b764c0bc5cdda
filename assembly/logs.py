"""The log: one line an event, in text or JSON, that says what it is about and nothing secret.

A line carries the incident's number, the delivery's id and the request's id where there is one.
Whoever logs keeps update texts out; this is the net below: tokens, passwords, e-mail addresses and
the rows that a database quotes in its errors are taken out of whatever is written.
"""

import logging
import re
import sys
import time
from collections.abc import Iterable
from typing import IO, Any, Literal

from pythonjsonlogger.json import JsonFormatter

from core import logs

CHATTY = ("apscheduler", "slack_sdk", "slack_bolt", "alembic", "aiosqlite", "asyncio", "mcp")
SECRET_MIN = 6
"""A shorter “secret” is a word that would be taken out everywhere."""

_PATTERNS = (
    (re.compile(r"(?<=://)[^/\s@]+(?=@)"), "…"),
    (re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+"), "x…"),
    (re.compile(r"\btoc_live_[\w-]+"), "toc_live_…"),
    (re.compile(r"(?<=/calendars/)[\w-]+"), "…"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"DETAIL:.*?(?=\n\nThe above|\n\nDuring|\n\[SQL|\Z)", re.DOTALL), "DETAIL: …"),
)


def configure(
    style: Literal["text", "json"],
    level: str,
    *,
    secrets: Iterable[str] = (),
    stream: IO[str] | None = None,
) -> None:
    """Log everything from `level` on, to standard error unless there is a `stream`.

    `secrets` are taken out wherever they stand.
    """
    logging.basicConfig(
        handlers=[make_handler(style, secrets=secrets, stream=stream)],
        level=level.upper(),
        force=True,
    )
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def make_handler(
    style: Literal["text", "json"], *, secrets: Iterable[str] = (), stream: IO[str] | None = None
) -> logging.Handler:
    """What writes the lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_say_what_it_is_about)
    cleaner = Cleaner(secrets)
    handler.setFormatter(_Json(cleaner) if style == "json" else _Text(cleaner))
    return handler


class Cleaner:
    """Takes out of a text what must stand in no log."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({one for one in secrets if len(one) >= SECRET_MIN}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def clean(self, text: str) -> str:
        """The same text with an ellipsis in the place of each secret."""
        if self._known:
            text = self._known.sub("…", text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def _say_what_it_is_about(record: logging.LogRecord) -> bool:
    for name, value in logs.subjects().items():
        if not hasattr(record, name):
            setattr(record, name, value)
    return True


class _Text(logging.Formatter):
    """For people: what it is about stands at the end of the line."""

    def __init__(self, cleaner: Cleaner) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s%(about)s")
        self._cleaner = cleaner

    def format(self, record: logging.LogRecord) -> str:
        found = [(name, getattr(record, name, None)) for name in logs.NAMES]
        about = " ".join(f"{name}={value}" for name, value in found if value is not None)
        record.about = f" [{about}]" if about else ""
        return self._cleaner.clean(super().format(record))


class _Json(JsonFormatter):
    """For machines: one object a line."""

    def __init__(self, cleaner: Cleaner) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )
        self._cleaner = cleaner

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  (logging's name)
        """In UTC, to the millisecond."""
        day = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return f"{day}.{record.msecs:03.0f}Z"

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Every text of the object, cleaned."""
        clean = self._cleaner.clean
        return {
            name: clean(value) if isinstance(value, str) else value
            for name, value in super().process_log_record(log_data).items()
            if name != "color_message"  # uvicorn's, for terminals
        }
