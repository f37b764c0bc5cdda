"""PURE. Ids as the fields of forms carry them along."""

from collections.abc import Sequence
from uuid import UUID

from core.errors import InvalidComponentId, NotFound


def id_in(text: str) -> UUID | None:
    """The id that a field holds, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def id_of(text: str) -> UUID:
    """The id that a form of ours carries along. Raises NotFound for what is none."""
    found = id_in(text)
    if found is None:
        raise NotFound
    return found


def component_ids(chosen: Sequence[str]) -> list[UUID]:
    """The components that were chosen. Raises InvalidComponentId for what no menu of ours has."""
    found = [id_in(one) for one in chosen]
    if None in found:
        raise InvalidComponentId(field="component_ids")
    return [one for one in found if one]
