"""Names in a file: that they can be kept, that no two are one, and that each is one there is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cli.reading import Entry, Fault, Reader, plain_text
from cli.values import nearest
from cli.wanted import Word
from storage.limits import NAME_MAX


def named(
    reader: Reader,
    found: Mapping[str, Entry],
    key: str,
    *,
    limit: int = NAME_MAX,
    trimmed: bool = False,
) -> list[Entry]:
    """The entries of a section by name; two that differ in their case alone are a fault.

    `trimmed` are names that are stored without space around them, even from quotation marks.
    """
    if key not in found:
        return []
    entries = reader.entries(found[key].value, key)
    if trimmed:
        entries = [replace(one, key=one.key.strip()) for one in entries]
    seen: dict[str, Entry] = {}
    for one in entries:
        _kept(reader, one, f"the name in {key}", limit)
        first = seen.setdefault(one.key.casefold(), one)
        if first is one:
            continue
        said = "differ in their case alone. Give one another name."
        if first.key == one.key:
            said = "are the same without the space around them. Remove one."
        reader.fault(one.line, f"“{one.key}” and “{first.key}” (line {first.line}) {said}")
    return entries


def distinct(reader: Reader, words: Sequence[Word], what: str) -> None:
    """What is named twice in one list is a fault."""
    seen: dict[str, Word] = {}
    for word in words:
        first = seen.setdefault(word.text, word)
        if first is not word and word.text:
            reader.fault(word.line, f"{what}: “{word.text}” is here twice; remove one.")


def other_cases(kind: str, wanted: Iterable[Word], stored: Iterable[str]) -> Iterator[Fault]:
    """The names of the file that are stored already, but in another case."""
    there = set(stored)
    by_name = {name.casefold(): name for name in there}
    for one in wanted:
        name = by_name.get(one.text.casefold())
        if one.text not in there and name:
            yield Fault(one.line, f"the {kind} is called “{name}” already. Write it so.")


def unknown(
    kind: str, section: str, wanted: Iterable[Word], known: Sequence[str]
) -> Iterator[Fault]:
    """The names of the file that neither it nor the database describes."""
    for one in wanted:
        if one.text not in known:
            meant = nearest(one.text, known)
            remedy = f"Did you mean “{meant}”?" if meant else f"Describe it under {section}."
            yield Fault(
                one.line,
                f"there is no {kind} “{one.text}”, neither in this file nor in the database. "
                f"{remedy}",
            )


def _kept(reader: Reader, entry: Entry, what: str, limit: int) -> None:
    try:
        plain_text(entry.key, limit)
    except ValueError as error:
        reader.fault(entry.line, f"{what}: {error}")
    if not entry.key:
        reader.fault(entry.line, f"{what} is empty.")
