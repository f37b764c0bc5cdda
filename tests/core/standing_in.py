"""Somebody stands in: asked for by name and hours, and what is stored and told of it."""

from datetime import datetime, timedelta
from uuid import UUID

from core import oncall, overrides, schedules
from core.covering import OverrideDraft
from core.remarks import DutyChanged
from storage.models import ScheduleOverride
from tests.cast import NOON
from tests.engine import Engine


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def draft(engine: Engine, name: str, start: float, end: float) -> OverrideDraft:
    return OverrideDraft(engine.cast[name].id, at(start), at(end))


async def create(engine: Engine, name: str, start: float, end: float) -> UUID:
    made: ScheduleOverride = await engine.do(
        "alice", overrides.create, engine.schedule_id, draft(engine, name, start, end)
    )
    return made.id


async def cover(engine: Engine, name: str, start: float, end: float) -> UUID:
    made: ScheduleOverride = await engine.do(
        "alice", overrides.cover, engine.schedule_id, draft(engine, name, start, end)
    )
    return made.id


async def value(engine: Engine) -> oncall.Schedule:
    async with engine.core.reading(engine.system) as tx:
        return await schedules.value_of(tx, engine.schedule_id)


async def on_call(engine: Engine, hours: float) -> str | None:
    owner = oncall.resolve(await value(engine), at(hours)).owner
    names = {member.id: name for name, member in engine.cast.items()}
    return names[owner.member_id] if owner else None


async def stored(engine: Engine) -> list[tuple[UUID, float, float]]:
    async with engine.core.reading(engine.system) as tx:
        found = await overrides.list_overrides(tx, engine.schedule_id)
    hour = timedelta(hours=1)
    return [
        (one.member_id, (one.start_at - NOON) / hour, (one.end_at - NOON) / hour) for one in found
    ]


async def told(engine: Engine) -> list[tuple[str | None, str, bool]]:
    """Who was told what of an override, since last asked."""
    await engine.settle()
    posts = [one for one in engine.sender.posts.values() if one.kind == "duty_changed"]
    engine.sender.posts.clear()
    found = []
    for one in posts:
        message = one.outgoing.message
        assert isinstance(message, DutyChanged)
        found.append((one.name, message.change, message.covers))
    return found
