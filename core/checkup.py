"""PURE. What a check found: a mark, a sentence, and a remedy for what is not well."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How good or bad something is. Only `bad` keeps Tocsin from working."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked, what it is like, and what to do about it."""

    mark: Mark
    what: str
    remedy: str | None = None


def ok(what: str) -> Finding:
    """It is as it should be."""
    return Finding(Mark.OK, what)


def warn(what: str, remedy: str) -> Finding:
    """It works, but somebody should know."""
    return Finding(Mark.WARN, what, remedy)


def bad(what: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(Mark.BAD, what, remedy)
