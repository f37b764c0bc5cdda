"""Reads YAML as nodes that know their lines, and gathers every fault instead of the first."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from assembly.settings import SettingsError
from cli.values import nearest

Value = TypeVar("Value")

_ADVICE = {
    "found character '\\t'": "Indent with spaces: YAML allows no tabs.",
    "mapping values are not allowed": "Check the indentation, and quote text that has a colon.",
    "found another document": "Remove the line ---: one file is one document.",
    "while scanning a quoted scalar": "Close the quotation mark.",
}


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong at a line of the file, and what to do."""

    line: int
    reason: str


class BlueprintError(SettingsError):
    """The file can't be applied: every fault in it, each with its line."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(f"{name}:{one.line}: {one.reason}" for one in self.faults))


@dataclass(frozen=True)
class Entry:
    """A key of a mapping with what stands under it, and the key's line."""

    key: str
    value: Any
    line: int


@dataclass
class Reader:
    """Walks the nodes of one file. What it can't read it notes, and answers None or nothing."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, reason: str) -> None:
        """Note what is wrong at a line."""
        self.faults.append(Fault(line, reason))

    def entries(self, node: Any, what: str) -> list[Entry]:
        """The keys of a mapping in their order; a key that is there twice is a fault."""
        if not isinstance(node, MappingNode):
            self.fault(line_of(node), f"{what} must have keys and values, not {_kind(node)}.")
            return []
        found: dict[str, Entry] = {}
        for key_node, value in node.value:
            line = line_of(key_node)
            if not isinstance(key_node, ScalarNode):
                self.fault(line, f"{what}: a key is a single word or name, not {_kind(key_node)}.")
                continue
            key = exact(key_node)
            if key in found:
                self.fault(line, f"“{key}” is here twice; the first is on line {found[key].line}.")
                continue
            if is_empty(value):
                value.start_mark = key_node.start_mark  # its own may be on the line after
            found[key] = Entry(key, value, line)
        return list(found.values())

    def fields(
        self, node: Any, what: str, *, known: Sequence[str], required: Sequence[str] = ()
    ) -> dict[str, Entry]:
        """A mapping of known keys. Unknown and missing ones are faults."""
        found = {entry.key: entry for entry in self.entries(node, what)}
        misspelt = set()
        for entry in found.values():
            if entry.key not in known:
                meant = nearest(entry.key, known)
                misspelt.add(meant)
                remedy = f"Did you mean “{meant}”?" if meant else f"Known are: {', '.join(known)}."
                self.fault(entry.line, f"{what} has no “{entry.key}”. {remedy}")
        if isinstance(node, MappingNode):
            for key in required:
                if key not in found and key not in misspelt:
                    self.fault(line_of(node), f"{what} needs “{key}”, and it is missing.")
        return {key: entry for key, entry in found.items() if key in known}

    def items(self, entry: Entry | None, what: str, *, example: str) -> list[Any]:
        """The items of a list that may not be empty."""
        if entry is None:
            return []
        if isinstance(entry.value, SequenceNode) and entry.value.value:
            return list(entry.value.value)
        if isinstance(entry.value, SequenceNode) or is_empty(entry.value):
            self.fault(entry.line, f"{what} is empty. Write {example}.")
        else:
            self.fault(entry.line, f"{what} is a list, not {_kind(entry.value)}. Write {example}.")
        return []

    def value(
        self,
        node: Any,
        what: str,
        read: Callable[[str], Value],
        *,
        text_of: Callable[[Any], str] | None = None,
    ) -> Value | None:
        """One value, through a function that raises ValueError for what it refuses.

        It is handed the text without space around it, unless `text_of` says otherwise.
        """
        if not isinstance(node, ScalarNode) or is_empty(node):
            problem = "is empty" if is_empty(node) else f"is one value, not {_kind(node)}"
            self.fault(line_of(node), f"{what} {problem}.")
            return None
        try:
            return read(text_of(node) if text_of else node.value.strip())
        except ValueError as error:
            self.fault(line_of(node), f"{what}: {error}")
            return None

    def field(
        self,
        entry: Entry | None,
        what: str,
        read: Callable[[str], Value],
        *,
        text_of: Callable[[Any], str] | None = None,
    ) -> Value | None:
        """The same for a key that may be absent: then None, without a fault."""
        if entry is None:
            return None
        if is_empty(entry.value):
            hint = " If it begins with #, quote it: YAML takes # for a comment."
            self.fault(entry.line, f"{what} is empty.{hint if what == 'alerts_channel' else ''}")
            return None
        return self.value(entry.value, what, read, text_of=text_of)

    def text(
        self, entry: Entry | None, what: str, limit: int, *, lines: bool = False
    ) -> str | None:
        """The same for a name, or where `lines` are allowed a description."""
        return self.field(
            entry, what, lambda text: plain_text(text, limit, lines=lines), text_of=exact
        )


def parse(text: str, name: str) -> Any:
    """The root node of a YAML text, or None for an empty one. Raises BlueprintError."""
    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = re.sub(r"\s+", " ", str(error.problem or error.context)).strip()
        said = f"{error.context} {problem}"
        advice = next((remedy for sign, remedy in _ADVICE.items() if sign in said), "")
        reason = f"This is not YAML: {problem}. {advice}".strip()
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        reason = "There is a character here that YAML does not allow. Remove it."
    except RecursionError:
        line, reason = 1, "This is nested too deep to be a blueprint."
    raise BlueprintError(name, [Fault(line, reason)]) from None


def line_of(node: Any) -> int:
    """The line of a node, from 1."""
    return int(node.start_mark.line) + 1


def exact(node: Any) -> str:
    """The text of a scalar: as it is in quotation marks, else without space around it."""
    text = str(node.value)
    return text if node.style in ("'", '"') else text.strip()


def is_empty_list(node: Any) -> bool:
    """Whether somebody wrote `[]`."""
    return isinstance(node, SequenceNode) and not node.value


def is_empty(node: Any) -> bool:
    """Whether nothing was written: no value, a bare null, or an empty quotation."""
    if not isinstance(node, ScalarNode):
        return False
    return not node.value.strip() or (node.style is None and node.value in ("~", "null"))


def plain_text(text: str, limit: int, *, lines: bool = False) -> str:
    """A name, or where `lines` are allowed a description, as it can be kept.

    Raises ValueError for one that is too long or holds what can't be shown.
    """
    if len(text) > limit:
        raise ValueError(f"it has {len(text):,} characters, and at most {limit:,} fit.")
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and not (lines and character in "\n\t"):
            raise ValueError(f"the character U+{ord(character):04X} can't be kept. Remove it.")
    return text


def _kind(node: Any) -> str:
    kinds = {MappingNode: "keys and values", SequenceNode: "a list", ScalarNode: "a single value"}
    return "nothing" if is_empty(node) else kinds.get(type(node), "this")
