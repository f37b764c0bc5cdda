"""A name stands in the file so that it is read as it was, wherever it stands."""

from itertools import product
from uuid import uuid4

import pytest

from cli import written
from cli.reading import parse

SIGNS = "? -:,[]{}#&*!|>'\"%@`a\\=~<.é1"


@pytest.mark.parametrize("first", SIGNS.replace(" ", ""))
def test_a_name_in_braces_is_read_as_it_was(first: str) -> None:
    schedule_id = uuid4()
    for rest in ("", *SIGNS, *map("".join, product(SIGNS, SIGNS))):
        name = f"{first}{rest}".strip()

        text = written._yaml({"page": written.target(schedule_id, (), {}, {schedule_id: name})})

        ((_, page),) = parse(text, "tocsin.yaml").value
        ((_, schedule),) = page.value
        assert schedule.value == name
