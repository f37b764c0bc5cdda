"""What a file can't say: noted with its reason, so that nothing is missing without a word."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cli import written
from cli.reading import plain_text
from storage.limits import DESCRIPTION_MAX, NAME_MAX

UNREADABLE = "a file can't keep its characters"


@dataclass
class LeftOut:
    """Gathers what one walk over what is stored leaves out."""

    lines: list[str] = field(default_factory=list)

    def leave_out(self, what: str, reason: str) -> None:
        """Note one thing, and why."""
        self.lines.append(written.one_line(f"{what}: {reason}"))

    def description(self, what: str, text: str | None) -> str | None:
        """A description that the file can hold, or none."""
        if not text:
            return None
        if text.strip() and reads(lambda it: plain_text(it, DESCRIPTION_MAX, lines=True), text):
            return text
        self.leave_out(f"the description of {what}", UNREADABLE)
        return None

    def named(self, kind: str, names: Iterable[str]) -> list[str]:
        """The names that a file can hold, in their order; of two that are one but for case, one."""
        kept: dict[str, str] = {}
        for name in sorted(names):
            first = kept.get(name.casefold())
            if not is_name(name):
                self.leave_out(f"{kind} “{name}”", f"{UNREADABLE}; rename it")
            elif first:
                said = f"it differs from “{first}” in its case alone; rename it"
                self.leave_out(f"{kind} “{name}”", said)
            else:
                kept[name.casefold()] = name
        return list(kept.values())


def is_name(text: str) -> bool:
    """Whether a file can hold this as a name."""
    return bool(text.strip()) and reads(lambda it: plain_text(it, NAME_MAX), text)


def reads(read: Callable[[str], object], text: str) -> bool:
    """Whether the reader takes this text as it is."""
    try:
        return bool(read(text) == text)
    except ValueError:
        return False
