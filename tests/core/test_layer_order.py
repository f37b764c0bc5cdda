"""Layers are found, put, taken away, moved and ordered, whatever they are layers of."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from core.errors import ValidationFailed
from core.layer_order import in_order, layer_of, moved, with_layer, without_layer


@dataclass(frozen=True)
class Letter:
    """A layer that is known by its letter."""

    id: UUID
    of: str


ABC = tuple(Letter(UUID(int=ord(one)), one) for one in "ABC")
A, B, C = ABC
D = Letter(UUID(int=ord("D")), "D")


def _said(layers: tuple[Letter, ...]) -> str:
    return "".join(one.of for one in layers)


def test_a_layer_is_put_in_its_place_or_after_all_others() -> None:
    assert layer_of(ABC, B.id) is B
    assert layer_of(ABC, D.id) is None
    assert _said(with_layer(ABC, replace(B, of="b"))) == "AbC"
    assert _said(with_layer(ABC, D)) == "ABCD"
    assert _said(without_layer(ABC, B.id)) == "AC"
    assert without_layer(ABC, D.id) == ABC


@pytest.mark.parametrize(
    ("letter", "to", "then"),
    [(A, 0, "ABC"), (A, 1, "BAC"), (A, 9, "BCA"), (C, 0, "CAB"), (D, 0, "ABC")],
)
def test_a_layer_is_moved_and_the_others_keep_their_order(
    letter: Letter, to: int, then: str
) -> None:
    once = moved(ABC, letter.id, to=to)

    assert _said(once) == then
    assert moved(once, letter.id, to=to) == once


def test_an_order_names_each_layer_exactly_once() -> None:
    assert _said(in_order(ABC, [C.id, A.id, B.id])) == "CAB"
    for named in ([], [A, B], [A, B, B], [A, B, D], [A, B, C, C]):
        with pytest.raises(ValidationFailed, match="Name each of the 3 layers exactly once"):
            in_order(ABC, [one.id for one in named])
