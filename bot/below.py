"""What lies below a modal, brought up to date when something was changed on top of it."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.answering import Answer
from bot.gesture import Gesture

log = logging.getLogger(__name__)

View = dict[str, Any]
Build = Callable[[], Awaitable[View]]


async def refresh(gesture: Gesture, *, parent: Build | None, root: Build | None) -> Answer:
    """After a form was submitted: update what it lies on, and the list below that.

    Without a `parent` the form itself becomes that view. A view that was closed meanwhile needs
    nothing.
    """
    view = gesture.view
    below, bottom = view.get("previous_view_id"), view.get("root_view_id")
    if parent and below:
        await _update(gesture, below, await parent())
    if root and bottom and bottom not in (view["id"], below if parent else None):
        await _update(gesture, bottom, await root())
    return None


async def _update(gesture: Gesture, view_id: str, view: View) -> None:
    try:
        await gesture.workspace.slack.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        log.warning("a view below could not be updated: %s", error.response.get("error"))
