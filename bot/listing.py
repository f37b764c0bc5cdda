"""The open incidents in an answer, what needs somebody first; and the way on to the others."""

from bot.answering import Answer, Say
from bot.blocks import lists
from bot.gesture import Gesture
from core import facts, incidents
from core.incidents import Need


async def list_open(gesture: Gesture, *, shown: int = 0, after: Need | None = None) -> Answer:
    """Tell which incidents are open: those `after` a place, where so many were `shown` already."""
    async with gesture.core.reading(gesture.actor) as tx:
        count = await incidents.count_open(tx)
        found = await incidents.in_need_first(tx, limit=lists.INCIDENTS_SHOWN, after=after)
        return Say(lists.open_incidents(await facts.of_many(tx, found), count, shown))


async def list_on(gesture: Gesture, value: str) -> Answer:
    """Go on from where a list ended."""
    shown, *place = (int(part) for part in value.split(":"))
    return await list_open(gesture, shown=shown, after=Need(bool(place[0]), *place[1:]))
