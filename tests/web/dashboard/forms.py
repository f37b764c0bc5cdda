"""The forms of a page as a browser has them: where each is sent, and what stands in its fields."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form, and what would be sent if nobody touched it."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def put(self, name: str | None, value: str | None) -> None:
        """One more value of a field's."""
        if name:
            self.fields.setdefault(name, []).append(value or "")


class _Reader(HTMLParser):
    """Reads the forms of a page by their names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Form] = {}
        self._form: Form | None = None
        self._typed: tuple[str, list[str]] | None = None
        self._choices: tuple[str, list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = Form((given.get("action") or "").removeprefix("/app"))
            self.found[given.get("data-form") or ""] = self._form
        if self._form is None:
            return
        name, value = given.get("name"), given.get("value")
        if tag == "input":
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._form.put(name, value)
        elif tag == "textarea":
            self._typed = name or "", []
        elif tag == "select":
            self._choices = name or "", []
        elif tag == "option" and self._choices:
            self._choices[1].append((value or "", "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._typed:
            self._typed[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._form is None:
            return
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._typed:
            name, parts = self._typed
            self._form.put(name, "".join(parts).removeprefix("\n"))
            self._typed = None
        elif tag == "select" and self._choices:
            name, choices = self._choices
            selected = [value for value, is_it in choices if is_it]
            if choices:
                self._form.put(name, (selected or [choices[0][0]])[0])
            self._choices = None


def forms_of(html: str) -> dict[str, Form]:
    """Every form of a page by the name that refusals are told by."""
    reader = _Reader()
    reader.feed(html)
    return reader.found
