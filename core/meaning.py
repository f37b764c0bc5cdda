"""What somebody means who types a name: a member, a schedule, a policy, a component.

An id is taken as it is, and judged by whoever looks it up; a name must mean one thing alone, or the
refusal names what it may mean.
"""

from collections.abc import Sequence
from uuid import UUID

from core import components, people, policies, schedules
from core.errors import InvalidComponentId, InvalidTargetUser, NotFound
from core.transaction import Transaction
from storage.models import Member

CANDIDATES_TOLD = 5


async def member(tx: Transaction, typed: str) -> UUID:
    """The member of this id, e-mail or name: in any case, or as it begins if one alone does.

    Raises InvalidTargetUser, naming the candidates where there are several.
    """
    if (id := _id(typed)) is not None:
        return id
    wanted = typed.strip().casefold()
    every = await people.members(tx)
    found = (
        [one for one in every if one.email and one.email.casefold() == wanted]
        or [one for one in every if one.name.casefold() == wanted]
        or [one for one in every if wanted and one.name.casefold().startswith(wanted)]
    )
    if len(found) == 1:
        return found[0].id
    if found:
        raise InvalidTargetUser(
            f"“{typed.strip()}” may be {_told(found)}. Say the e-mail or the id."
        )
    raise InvalidTargetUser(
        f"“{typed.strip()}” is no member here. Say somebody's whole name, e-mail or id."
    )


async def schedule(tx: Transaction, typed: str) -> UUID:
    """The schedule of this id or name. Raises NotFound, naming those there are."""
    return _id(typed) or (await schedules.find_schedule(tx, typed)).id


async def policy(tx: Transaction, typed: str) -> UUID:
    """The escalation policy of this id or name. Raises NotFound, naming those there are."""
    if (id := _id(typed)) is not None:
        return id
    known = [(one.name, one) for one in await policies.list_policies(tx)]
    return schedules.meant(typed, known, "escalation policy", "escalation policies").id


async def component(tx: Transaction, typed: str) -> UUID:
    """The component of this id or name. Raises InvalidComponentId, naming those there are."""
    try:
        return _id(typed) or (await components.find_component(tx, typed)).id
    except NotFound as unknown:
        raise InvalidComponentId(unknown.message) from unknown


def _told(found: Sequence[Member]) -> str:
    told = [f"{one.name} ({one.email or one.id})" for one in found[:CANDIDATES_TOLD]]
    if (left := len(found) - len(told)) > 0:
        return f"{', '.join(told)} or {left:,} more"
    return " or ".join([", ".join(told[:-1]), told[-1]])


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed.strip())
    except ValueError:
        return None
