"""PURE. Layers in their order, those of a schedule and those of a policy alike."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from core.errors import ValidationFailed


class Layer(Protocol):
    """What is known by its id and stands at a place."""

    @property
    def id(self) -> UUID | None:
        """None for one that is not stored yet."""


AnyLayer = TypeVar("AnyLayer", bound=Layer)


def layer_of(layers: Sequence[AnyLayer], id: UUID | None) -> AnyLayer | None:
    """The layer with this id."""
    return next((one for one in layers if one.id == id), None)


def with_layer(layers: Sequence[AnyLayer], wanted: AnyLayer) -> tuple[AnyLayer, ...]:
    """The layers with this one: in the place of the one with its id, or after all others."""
    if layer_of(layers, wanted.id) is None:
        return (*layers, wanted)
    return tuple(wanted if one.id == wanted.id else one for one in layers)


def without_layer(layers: Sequence[AnyLayer], id: UUID) -> tuple[AnyLayer, ...]:
    """The layers without this one."""
    return tuple(one for one in layers if one.id != id)


def moved(layers: Sequence[AnyLayer], id: UUID, *, to: int) -> tuple[AnyLayer, ...]:
    """The layers with this one at another place, counted from 0; if it is gone, as they are."""
    others = without_layer(layers, id)
    return (*others[:to], *(one for one in layers if one.id == id), *others[to:])


def in_order(layers: Sequence[AnyLayer], ids: Sequence[UUID]) -> tuple[AnyLayer, ...]:
    """The layers as they are named. Raises ValidationFailed unless each is, exactly once."""
    by_id = {one.id: one for one in layers}
    if len(ids) != len(by_id) or set(ids) != set(by_id):
        raise ValidationFailed(
            f"Name each of the {len(by_id)} layers exactly once.", field="layer_ids"
        )
    return tuple(by_id[one] for one in ids)
