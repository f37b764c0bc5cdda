"""A schedule as it is asked for, as it is once it was changed, and what the trail says of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from core import schedules, scheduling
from core.scheduling import ScheduleDraft
from storage.vocabulary import AuditType
from tests.core import given
from tests.engine import Engine


def draft_of(*people: UUID, **given_: Any) -> ScheduleDraft:
    """A schedule of these people in one layer, but for what is given."""
    layer = given.rotation(*people)
    return replace(ScheduleDraft("Search", "Europe/Berlin", "Who looks", (layer,)), **given_)


async def changed(engine: Engine, schedule_id: UUID, draft: ScheduleDraft) -> ScheduleDraft:
    """A schedule, once it was made to be as the draft says."""
    async with engine.core.transaction(engine.actor("alice")) as tx:
        schedule = await schedules.get_schedule(tx, schedule_id)
        await scheduling.change_schedule(tx, schedule, draft)
    async with engine.core.reading(engine.system) as tx:
        return scheduling.draft_of(await schedules.get_schedule(tx, schedule_id))


async def schedule_events(engine: Engine) -> list[AuditType]:
    """What the trail has of schedules."""
    return [
        event.type
        for event in await given.organization_trail(engine)
        if event.type.value.startswith("schedule")
    ]
