"""What an `apply` changes, as a diff that people read before they say yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rich.text import Text

Mark = Literal["+", "~", "-"]
Fields = Mapping[str, str]
"""A thing as people read it: a label and a text for each of its properties, in order."""

_STYLES: dict[Mark, str] = {"+": "green", "~": "yellow", "-": "red"}


@dataclass(frozen=True)
class Line:
    """One property: what it is, and what it becomes. Without a `before` it is new."""

    field: str
    before: str | None
    after: str | None

    @property
    def mark(self) -> Mark:
        """+ for new, - for removed, ~ for changed."""
        return "+" if self.before is None else "-" if self.after is None else "~"


@dataclass(frozen=True)
class Change:
    """One thing that is made or changed, with the properties that this is about."""

    mark: Mark
    what: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Every change, what is worth a warning, and what the file does not name."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()


def compare(what: str, before: Fields | None, after: Fields) -> Change | None:
    """The change from one state to another; None where they are the same."""
    if before is None:
        return Change("+", what, tuple(Line(field, None, text) for field, text in after.items()))
    removed = [Line(field, text, None) for field, text in before.items() if field not in after]
    changed = [
        Line(field, before.get(field), text)
        for field, text in after.items()
        if before.get(field) != text
    ]
    return Change("~", what, (*changed, *removed)) if removed or changed else None


def render(plan: Plan, *, applied: bool = False) -> Text:
    """The plan as a diff for a terminal; its `.plain` is the same without colours.

    `applied` says that it has been done, otherwise that it has not.
    """
    shown = Text()
    for change in plan.changes:
        shown.append(f"{change.mark} {change.what}\n", style=f"bold {_STYLES[change.mark]}")
        for line in change.lines:
            mark = "+" if change.mark == "+" else line.mark
            shown.append(f"    {mark} {line.field}: {_said(line)}\n", style=_STYLES[mark])
    for warning in plan.warnings:
        shown.append(f"! {warning}\n", style="bold yellow")
    if plan.left_alone:
        shown.append(f"Left alone, not in the file: {', '.join(plan.left_alone)}.\n", style="dim")
    shown.append(_summary(plan, applied=applied))
    return shown


def _said(line: Line) -> str:
    texts = [_one_line(text) for text in (line.before, line.after) if text is not None]
    return " → ".join(texts)


def _one_line(text: str) -> str:
    return " ⏎ ".join(text.splitlines()) or "(none)"


def _summary(plan: Plan, *, applied: bool) -> str:
    if not plan.changes:
        return "Nothing to change."
    made = sum(change.mark == "+" for change in plan.changes)
    counts = [(made, "created"), (len(plan.changes) - made, "changed")]
    if not applied:
        counts = [(made, "to create"), (len(plan.changes) - made, "to change")]
    said = ", ".join(f"{count} {verb}" for count, verb in counts if count)
    return f"{said}." if applied else f"{said}. Nothing has been changed yet."
