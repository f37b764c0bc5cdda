"""Calendar feeds in Slack: one's own, or a schedule's."""

from typing import Any
from uuid import UUID

from bot.answering import Answer, Show
from bot.blocks import ids, simple
from bot.blocks.calendar import NEEDS_URL, calendar_modal
from bot.gesture import Gesture
from core import calendars, schedules

MINE = "mine"


async def open_calendar(gesture: Gesture, whose: str) -> Answer:
    """Show the address of a feed (`mine`, or a schedule's id), made at first sight."""
    if gesture.view.get("callback_id") == ids.CALENDAR_VIEW:
        return Show(await _view(gesture, whose))
    return await gesture.open_modal(
        "Calendar", lambda: _view(gesture, whose), push=gesture.in_a_modal
    )


async def revoke_calendar(gesture: Gesture, whose: str) -> Answer:
    """Make the address dead at once."""
    async with gesture.core.transaction(gesture.actor) as tx:
        if whose == MINE:
            await calendars.revoke(tx, member_id=gesture.actor.id)
            name = "your shifts"
        else:
            name = (await schedules.get_schedule(tx, UUID(whose))).name
            await calendars.revoke(tx, schedule_id=UUID(whose))
    return Show(calendar_modal(name, whose, None))


async def _view(gesture: Gesture, whose: str) -> dict[str, Any]:
    public_url = gesture.workspace.public_url
    if public_url is None:
        return simple.message_view("Calendar", NEEDS_URL)
    async with gesture.core.transaction(gesture.actor) as tx:
        if whose == MINE:
            assert gesture.actor.id is not None  # noqa: S101  (who presses is a member)
            feed, name = await calendars.feed_for_member(tx, gesture.actor.id), "Your shifts"
        else:
            name = (await schedules.get_schedule(tx, UUID(whose))).name
            feed = await calendars.feed_for_schedule(tx, UUID(whose))
    return calendar_modal(name, whose, f"{public_url}{feed.path}")
