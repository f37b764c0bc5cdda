"""What the doctor found, and how it is shown: a mark, a sentence, and a remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rich.text import Text


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


def exit_code(findings: Iterable[Finding]) -> int:
    """1 if anything is bad, else 0."""
    return int(any(one.mark is Mark.BAD for one in findings))


def render(findings: Iterable[Finding]) -> Text:
    """The findings for a terminal; `.plain` is the same without colours."""
    styles = {Mark.OK: ("✓", "green"), Mark.WARN: ("!", "yellow"), Mark.BAD: ("✗", "bold red")}
    shown = Text()
    for one in findings:
        sign, style = styles[one.mark]
        shown.append(f"{sign} {one.what}\n", style=style)
        if one.remedy:
            shown.append(f"  → {one.remedy}\n")
    shown.rstrip()
    return shown
