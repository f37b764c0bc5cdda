"""A name stands in the file so that it is read as it was, wherever it stands."""

from itertools import product
from uuid import uuid4

import pytest

from cli import written
from cli.reading import parse
from core.status_pages import StatusPageDraft

SIGNS = "? -:,[]{}#&*!|>'\"%@`a\\=~<.é1"
FIRST = [
    sign if sign in "?-#'" else pytest.param(sign, marks=pytest.mark.long)
    for sign in SIGNS.replace(" ", "")
]


@pytest.mark.parametrize("first", FIRST)
def test_a_name_in_braces_is_read_as_it_was(first: str) -> None:
    schedule_id = uuid4()
    for rest in ("", *SIGNS, *map("".join, product(SIGNS, SIGNS))):
        name = f"{first}{rest}".strip()

        text = written._yaml({"page": written.target(schedule_id, (), {}, {schedule_id: name})})

        ((_, page),) = parse(text, "tocsin.yaml").value
        ((_, schedule),) = page.value
        assert schedule.value == name


@pytest.mark.parametrize("first", SIGNS.replace(" ", ""))
@pytest.mark.parametrize("beside", [0, 90], ids=["in brackets", "on a line each"])
def test_a_name_in_a_list_is_read_as_it_was(first: str, beside: int) -> None:
    for rest in ("", *SIGNS):  # the braces above have tried three
        name = f"{first}{rest}".strip()
        names = [name, "x" * beside or "x", name]

        text = written._yaml({"acme": written.page(StatusPageDraft("acme", name), names)})

        ((_, page),) = parse(text, "tocsin.yaml").value
        title, listed, _ = [value for _, value in page.value]
        assert [title.value, *(one.value for one in listed.value)] == [name, *names]
