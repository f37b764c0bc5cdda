"""What a menu offers while somebody types into it: the time zones or components they mean."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.answering import Answer, Offer
from bot.blocks import ids
from bot.blocks.component_choice import found_options
from bot.blocks.schedule_form import zone_option
from bot.gesture import Gesture
from core import components, schedule_facts
from core.timezones import find_zones


async def suggest(gesture: Gesture) -> Answer:
    """Offer what fits; nothing for a menu that asks us nothing."""
    action_id = str(gesture.body.get("action_id"))
    handler = OPTIONS.get(action_id) or OPTIONS.get(action_id.rpartition(":")[2])
    return await handler(gesture) if handler else Offer([])


async def offer_zones(gesture: Gesture) -> Answer:
    """The time zones for what was typed, those that people here use first."""
    async with gesture.core.reading(gesture.actor) as tx:
        nearby = await schedule_facts.zones_in_use(tx)
        now = tx.now
    typed = str(gesture.body.get("value") or "")
    # In a thread: the first search of a day reads hundreds of small files.
    found = await asyncio.to_thread(find_zones, typed, now, nearby=nearby)
    return Offer([zone_option(zone) for zone in found])


async def offer_components(gesture: Gesture) -> Answer:
    """The components for what was typed, in whatever form it was."""
    async with gesture.core.reading(gesture.actor) as tx:
        known = await components.list_components(tx)
    return Offer(found_options(known, str(gesture.body.get("value") or "")))


OPTIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    f"{ids.SCHEDULE_FORM}:timezone": offer_zones,
    ids.COMPONENTS: offer_components,
}
