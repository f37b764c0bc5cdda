"""What the stories about managing schedules and policies ask of a world."""

from typing import Any

from sqlalchemy import select

from core import policies, schedules, scheduling
from core.policies import PolicyDraft
from core.schedule_drafts import ScheduleDraft
from storage.models import AuditEvent
from tests.world import World


async def schedule_of(world: World, name: str = "Payments") -> ScheduleDraft:
    """A schedule as it is stored."""
    async with world.tocsin.core.reading(world.system) as tx:
        return scheduling.draft_of(await schedules.find_schedule(tx, name))


async def policy_of(world: World, name: str = "Payments") -> PolicyDraft:
    """A policy as it is stored."""
    async with world.tocsin.core.reading(world.system) as tx:
        every = await policies.list_policies(tx)
        return policies.draft_of(next(one for one in every if one.name == name))


async def trail(world: World, about: str) -> list[AuditEvent]:
    """What people did to schedules or policies in Slack, on the organization's trail."""
    async with world.tocsin.core.reading(world.system) as tx:
        every = await tx.db.scalars(select(AuditEvent).order_by(AuditEvent.sequence))
        return [one for one in every if one.type.value.startswith(about) and one.actor_id]


async def member_ids(world: World, *people: Any) -> tuple[Any, ...]:
    """The members that these people of the workspace are."""
    from core import people as members

    async with world.tocsin.core.reading(world.system) as tx:
        known = await members.by_slack_user_id(tx, [one.id for one in people])
    return tuple(known[one.id].id for one in people)


async def open_schedule(person: Any, name: str = "Payments") -> Any:
    """The view of a schedule, opened by its name."""
    return (await person.command(f"/incident schedules {name}")).view


async def edit_layer(person: Any, name: str = "Payments", layer: str = "1. Primary") -> Any:
    """The form of a rotation layer."""
    return (await person.click("Edit", on=await open_schedule(person, name), near=layer)).view


async def open_policy(person: Any, name: str = "Payments") -> Any:
    """The view of a policy, opened by its name."""
    return (await person.command(f"/incident policies {name}")).view
