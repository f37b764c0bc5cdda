"""Who is on call, now or at another instant, for one schedule or for all."""

import asyncio
import re
from datetime import datetime

from bot.answering import Answer, Say
from bot.blocks import oncall
from bot.gesture import Gesture
from bot.moments import read_moment
from core import people, schedules, targets

_AT = re.compile(r"(?:^|\s)at\s+(?P<moment>.+)$", re.IGNORECASE)


async def tell_on_call(gesture: Gesture, typed: str) -> Answer:
    """Answer `oncall [schedule] [at <time>]`; the time is on the asker's own clock.

    Raises NotFound, ValidationFailed.
    """
    async with gesture.core.reading(gesture.actor) as tx:
        zone = await people.zone_name_of(tx, gesture.actor.id)
        names = {one.name.casefold() for one in await schedules.list_schedules(tx)}
    if typed.strip().casefold() in names:
        name, at = typed, None  # a name may have “at” in it
    else:
        now = gesture.core.clock.now()
        name, at = await asyncio.to_thread(take_apart, typed, zone, now)
    async with gesture.core.reading(gesture.actor) as tx:
        every = await schedules.list_schedules(tx)
        found = [await schedules.find_schedule(tx, name)] if name else every
        told = await targets.on_duty(tx, found, at)
    return Say(oncall.on_call(told, at=at, reader=zone))


def take_apart(typed: str, zone: str, now: datetime) -> tuple[str, datetime | None]:
    """The schedule's name and the instant, of which either may be missing."""
    match = _AT.search(typed)
    if match is None:
        return typed.strip(), None
    return typed[: match.start()].strip(), read_moment(match["moment"], timezone=zone, now=now)
