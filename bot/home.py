"""The App Home: what I own, what is open, who is on call."""

from bot.answering import Answer
from bot.blocks import home
from bot.commands import on_call
from bot.gesture import Gesture
from core import facts, incidents


async def open_home(gesture: Gesture) -> Answer:
    """Publish a member's App Home as things are now (spec section 7)."""
    async with gesture.core.reading(gesture.actor) as tx:
        found = [await facts.of(tx, one) for one in await incidents.list_open(tx)]
    mine = [one for one in found if one.owner and one.owner.id == gesture.actor.id]
    view = home.home(mine, found, await on_call(gesture))
    await gesture.workspace.slack.views_publish(user_id=gesture.user_id, view=view)
    return None
