"""The open incidents in an answer, what needs somebody first; and the way on to the others."""

from bot.answering import Answer, Say
from bot.blocks import lists
from bot.gesture import Gesture
from core import facts, incidents


async def list_open(gesture: Gesture, before: int = 0) -> Answer:
    """Tell which incidents are open, but for so many that come `before` these."""
    async with gesture.core.reading(gesture.actor) as tx:
        count = await incidents.count_open(tx)
        found = await incidents.in_need_first(tx, limit=lists.INCIDENTS_SHOWN, offset=before)
        return Say(lists.open_incidents(await facts.of_many(tx, found), count, before))
