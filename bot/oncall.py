"""Who is on call, now or at another instant, for one schedule or for all."""

import asyncio
import re
from collections.abc import Collection
from datetime import datetime

from bot.answering import Answer, Say
from bot.blocks import oncall
from bot.gesture import Gesture
from bot.moments import read_moment
from core import people, schedules, targets

_AT = re.compile(r"(?:^|(?<=\s))at\s+(?=\S)", re.IGNORECASE)


async def tell_on_call(gesture: Gesture, typed: str) -> Answer:
    """Answer `oncall [schedule] [at <time>]`; the time is on the asker's own clock.

    Raises NotFound, ValidationFailed.
    """
    async with gesture.core.reading(gesture.actor) as tx:
        zone = await people.zone_name_of(tx, gesture.actor.id)
        names = [one.name for one in await schedules.list_schedules(tx)]
    name, at = await name_and_moment(gesture, typed, names, zone)
    async with gesture.core.reading(gesture.actor) as tx:
        every = await schedules.list_schedules(tx)
        found = [await schedules.find_schedule(tx, name)] if name else every
        told = await targets.on_duty(tx, found, at)
    return Say(oncall.on_call(told, at=at, reader=zone))


async def name_and_moment(
    gesture: Gesture, typed: str, names: Collection[str], zone: str
) -> tuple[str, datetime | None]:
    """What somebody typed as `[name] [at <time>]`, on their own clock; either may be missing.

    A name may have “at” in it: of several readings the one with a known name counts. Raises
    ValidationFailed for a time that is not understood.
    """
    name, moment = take_apart(typed, names)
    if moment is None:
        return name, None
    now = gesture.core.clock.now()
    # The first time it may take half a second, and pages are due meanwhile.
    return name, await asyncio.to_thread(read_moment, moment, timezone=zone, now=now)


def take_apart(typed: str, names: Collection[str]) -> tuple[str, str | None]:
    """PURE. The name and the time as they were typed, of which either may be missing."""
    known = {one.casefold() for one in names}
    readings: list[tuple[str, str | None]] = [(typed.strip(), None)]
    readings += [
        (typed[: match.start()].strip(), typed[match.end() :].strip())
        for match in reversed(list(_AT.finditer(typed)))
    ]
    for name, moment in readings:
        if name.casefold() in known:
            return name, moment
    return readings[-1]  # nobody knows the name: the shortest one is asked for
