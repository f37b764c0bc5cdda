"""A field in which one types whom one means: names are offered, and what was typed is understood.

It is a list that the browser itself offers, so it works by keyboard and without a script.
"""

from collections import Counter
from uuid import UUID

from core import people
from core.errors import InvalidTargetUser
from core.transaction import Transaction

MORE_PEOPLE = 3
"""So many empty places follow the people whom a layer has."""

_NAMED = 5


async def offered(tx: Transaction) -> list[str]:
    """Every member, by name, as the field offers them."""
    return list(await _labels(tx))


async def meant(tx: Transaction, typed: str, *, field: str) -> UUID:
    """The member whom somebody means: one who was offered, or the only one whose name or surname
    begins so.

    Raises InvalidTargetUser, at the field, for nobody and for several.
    """
    wanted = typed.strip().casefold()
    labels = await _labels(tx)
    exact = [id for label, id in labels.items() if label.casefold() == wanted]
    if len(exact) == 1:
        return exact[0]
    near = {label: id for label, id in labels.items()
            if wanted and f" {wanted}" in f" {label.casefold()}"}  # fmt: skip
    if len(near) == 1:
        return next(iter(near.values()))
    if near:
        named = ", ".join(f"“{label}”" for label in list(near)[:_NAMED])
        more = f" and {len(near) - _NAMED} more" if len(near) > _NAMED else ""
        raise InvalidTargetUser(f"That may be {named}{more}. Choose one of them.", field=field)
    raise InvalidTargetUser(field=field)


async def _labels(tx: Transaction) -> dict[str, UUID]:
    """What each member is offered as: the name, and the e-mail beside it where two share one."""
    members = await people.members(tx)
    shared = Counter(one.name.strip().casefold() for one in members)
    labels: dict[str, UUID] = {}
    for one in members:
        label = one.name.strip()
        if shared[label.casefold()] > 1:
            label = f"{label} ({one.email or one.slack_user_id or one.id})"
        labels[label] = one.id
    return labels
