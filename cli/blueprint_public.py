"""What customers read, as a blueprint says it: components by name, and status pages by slug."""

from collections.abc import Mapping
from typing import Any

from cli import values
from cli.naming import distinct, named
from cli.reading import Entry, Reader, exact, is_empty, is_empty_list, line_of, plain_text
from cli.wanted import ComponentBlueprint, PageBlueprint, Word
from storage.limits import (
    COMPONENT_DESCRIPTION_MAX,
    COMPONENT_NAME_MAX,
    GROUP_LABEL_MAX,
    PAGE_COMPONENTS_MAX,
    PAGE_TITLE_MAX,
)


def read_components(reader: Reader, found: Mapping[str, Entry]) -> tuple[ComponentBlueprint, ...]:
    """The section `components`; a name with nothing under it is enough (spec section 8)."""
    entries = named(reader, found, "components", limit=COMPONENT_NAME_MAX, trimmed=True)
    return tuple(_component(reader, one) for one in entries)


def read_pages(reader: Reader, found: Mapping[str, Entry]) -> tuple[PageBlueprint, ...]:
    """The section `pages` (spec section 8)."""
    if "pages" not in found:
        return ()
    entries = reader.entries(found["pages"].value, "pages")
    return tuple(_page(reader, one) for one in entries)


def _component(reader: Reader, entry: Entry) -> ComponentBlueprint:
    what = f"component “{entry.key}”"
    found: Mapping[str, Entry] = {}
    if not is_empty(entry.value):
        found = reader.fields(entry.value, what, known=("group", "description"))
    return ComponentBlueprint(
        name=entry.key,
        group=_or_none(reader, found.get("group"), "group", GROUP_LABEL_MAX),
        description=_or_none(
            reader, found.get("description"), "description", COMPONENT_DESCRIPTION_MAX, lines=True
        ),
        line=entry.line,
    )


def _page(reader: Reader, entry: Entry) -> PageBlueprint:
    known = ("title", "components", "published")
    what = f"page “{entry.key}”"
    found = reader.fields(entry.value, what, known=known, required=("title",))
    try:
        values.slug(entry.key)
    except ValueError as error:
        reader.fault(entry.line, f"the name in pages: {error}")
    title = reader.field(
        found.get("title"),
        "title",
        lambda text: plain_text(text, PAGE_TITLE_MAX),
        text_of=_trimmed,
    )
    return PageBlueprint(
        slug=entry.key,
        title=title or "",
        components=_selected(reader, found.get("components")),
        published=reader.field(found.get("published"), "published", values.truth),
        line=entry.line,
    )


def _selected(reader: Reader, entry: Entry | None) -> tuple[Word, ...] | None:
    if entry is None:
        return None
    if is_empty_list(entry.value):
        return ()
    what = "components"
    nodes = reader.items(entry, what, example="a list such as [API, Website], or [] for none")
    read = [(reader.value(one, what, _name, text_of=_trimmed), line_of(one)) for one in nodes]
    words = tuple(Word(name, line) for name, line in read if name)
    distinct(reader, words, what)
    if len(nodes) > PAGE_COMPONENTS_MAX:
        reader.fault(
            entry.line,
            f"{what}: {len(nodes):,} are here, and a page shows at most {PAGE_COMPONENTS_MAX}. "
            "Divide them between two pages.",
        )
    return words


def _or_none(
    reader: Reader, entry: Entry | None, what: str, limit: int, *, lines: bool = False
) -> str | None:
    """A text; empty where quotation marks say that there is to be none."""
    if entry is None:
        return None
    if is_empty(entry.value):
        if entry.value.style not in ("'", '"'):
            reader.fault(entry.line, f'{what} is empty. Write "" for none, or leave it out.')
        return ""
    return reader.field(
        entry, what, lambda text: plain_text(text, limit, lines=lines), text_of=_trimmed
    )


def _name(text: str) -> str:
    return plain_text(text, COMPONENT_NAME_MAX)


def _trimmed(node: Any) -> str:
    """The text of a scalar without space around it, as core keeps it."""
    return exact(node).strip()
