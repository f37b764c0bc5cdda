"""What somebody did in Slack, with everything a handler needs to carry it out."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError

from bot.answering import Answer, Say, Show
from bot.blocks import simple
from bot.workspace import Workspace
from core import facts, incidents
from core.errors import DomainError, NotFound
from core.facts import IncidentFacts
from core.transaction import Actor, Core
from storage.vocabulary import Status

OPEN_WITHIN_SECONDS = 0.8
"""A trigger is good for three seconds: open a modal by then, filled in or not."""


@dataclass(frozen=True)
class Gesture:
    """A member's command, press, submission or shortcut."""

    core: Core
    workspace: Workspace
    actor: Actor
    user_id: str
    trigger_id: str
    body: dict[str, Any]
    order: int = 0
    """Its number among what was done in its view."""

    @property
    def view(self) -> dict[str, Any]:
        """The view in which it was done, as it was then."""
        return dict(self.body.get("view") or {})

    @property
    def in_a_modal(self) -> bool:
        """Whether it was done in a modal, so that what opens goes on top of it."""
        return self.view.get("type") == "modal"

    async def redraw(self, view: dict[str, Any]) -> None:
        """Show the same form anew, with what was typed still in it.

        Of two changes made in quick succession the later one wins, whichever was quicker.
        """
        shown = self.view
        if not self.workspace.presses.is_last(shown["id"], self.order):
            return
        update = self.workspace.slack.views_update
        try:
            await update(view_id=shown["id"], hash=shown.get("hash"), view=view)
        except SlackApiError as error:
            if error.response.get("error") != "hash_conflict":
                raise
            if self.workspace.presses.is_last(shown["id"], self.order):
                await update(view_id=shown["id"], view=view)

    async def facts(self, incident_id: UUID) -> IncidentFacts:
        """An incident as it is now. Raises NotFound."""
        async with self.core.reading(self.actor) as tx:
            return await facts.of(tx, await incidents.get(tx, incident_id))

    async def open_by_number(self, number: int | None) -> IncidentFacts:
        """The incident that a number means; without one, the only open one.

        Raises NotFound, naming the open incidents where there are several.
        """
        async with self.core.reading(self.actor) as tx:
            if number is not None:
                return await facts.of(tx, await incidents.find(tx, number))
            found = await incidents.list_open(tx, limit=11)
            if len(found) == 1:
                return await facts.of(tx, found[0])
            if not found:
                raise NotFound(
                    "No incident is open. One that is resolved is found by its number, as in “12”."
                )
            numbers = ", ".join(f"#{one.number}" for one in found[:10])
            raise NotFound(f"Several incidents are open: {numbers}. Say which one by its number.")

    async def open_modal(
        self,
        title: str,
        build: Callable[[], Coroutine[Any, Any, dict[str, Any]]],
        *,
        push: bool = False,
        opened: Callable[[dict[str, Any]], None] = lambda _view: None,
    ) -> Answer:
        """Open a modal while the trigger is good, filled in as soon as the data is there.

        A refusal before it opened is told to the one who asked; after that, in the modal. Once it
        is filled in, `opened` is told what Slack says of it.
        """
        opening = self.workspace.slack.views_push if push else self.workspace.slack.views_open
        task = asyncio.create_task(build())
        done, _ = await asyncio.wait({task}, timeout=OPEN_WITHIN_SECONDS)
        first = task.result() if done else simple.loading_view(title)
        try:
            shown = await opening(trigger_id=self.trigger_id, view=first)
        except SlackApiError as error:
            if not push or error.response.get("error") != "push_limit_reached":
                raise
            return Show(
                await task
            )  # three lie on one another already: it takes the top one's place
        opened(shown["view"])
        if done:
            return None
        try:
            view = await task
        except DomainError as refusal:
            view = simple.message_view(title, refusal.message)
        update = self.workspace.slack.views_update
        shown = await update(view_id=shown["view"]["id"], view=view)
        opened(shown["view"])
        return None


def say(text: str) -> Say:
    """A sentence for the one who acted."""
    return Say(simple.refusal(text))


def is_open(facts: IncidentFacts) -> bool:
    """Whether an incident can still change."""
    return facts.status is not Status.RESOLVED
