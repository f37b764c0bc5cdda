"""A person at their Slack client: everything they can do and see, in a test's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import aiming
from sandbox.aiming import Surface
from sandbox.answer import Answer, Submission
from sandbox.engine import Engine
from sandbox.errors import NotPossibleError
from sandbox.forms import Forms
from sandbox.interactions import Interactions
from sandbox.notices import Notification
from sandbox.records import Conversation, Message, User, View, shown_to

Json = dict[str, Any]


@dataclass(eq=False)
class Actor:
    """One person; what they do is refused with LookupError if it is not there to be done."""

    engine: Engine
    user: User
    interactions: Interactions
    forms: Forms

    @property
    def id(self) -> str:
        """Their user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Their handle."""
        return self.user.person.name

    @property
    def home(self) -> View | None:
        """The app's Home tab as they see it."""
        return self.engine.modals.homes.get(self.id)

    @property
    def modal(self) -> View | None:
        """The modal on top."""
        stack = self.modals
        return stack[-1] if stack else None

    @property
    def modals(self) -> list[View]:
        """All modals they have open, the last one on top."""
        return list(self.engine.modals.stack(self.id))

    @property
    def notifications(self) -> list[Notification]:
        """Everything that ever lit up their phone."""
        return [each for each in self.engine.notices.given if each.user == self.id]

    def dm(self) -> list[Message]:
        """Their direct messages with the app."""
        return self.engine.store.dm(self.id).messages

    def ephemerals(self, channel: str | None = None) -> list[Message]:
        """What only they can see, in one conversation or in all."""
        places = [self._place(channel)] if channel else self.engine.store.conversations.values()
        found = [each for place in places for each in shown_to(place.ephemerals, self.id)]
        return sorted(found, key=lambda message: message.ts)

    def unread(self, channel: str | None = None) -> int:
        """How many messages they have not seen; without a channel in their DM with the app."""
        return self.engine.notices.unread(self._place(channel), self.id)

    def mentions(self, channel: str | None = None) -> int:
        """The number on the red badge; without a channel of their DM with the app."""
        return self.engine.notices.mentions(self._place(channel), self.id)

    def reads(self, surface: Surface) -> str:
        """A message or view as this person reads it, times in their own zone."""
        return surface.plain_for(self.user, self.engine.clock())

    def read(self, channel: str | None = None) -> None:
        """Look at a conversation, so that nothing in it is unread."""
        place = self._place(channel)
        place.last_read[self.id] = self.engine.store.new_ts()
        self.engine.changes.tell(place.id, user=self.id)

    async def command(self, line: str, channel: str | None = None) -> Answer:
        """Type a slash command; without a channel into the workspace's first one."""
        if channel is None:
            place = next(iter(self.engine.store.conversations.values()))
        else:
            place = self._place(channel)
        return await self.interactions.command(self.user, place, line)

    async def say(
        self, text: str, channel: str | None = None, thread: Message | None = None
    ) -> Message:
        """Write a message, without a channel to the app itself; done when the app has answered."""
        place, manifest = self._place(channel), self.engine.manifest
        if place.kind == "im" and (not manifest.messages_tab or manifest.messages_read_only):
            raise NotPossibleError("the app takes no messages", code="messages_tab_disabled")
        thread_ts = (thread.thread_ts or thread.ts) if thread else None
        message, telling = self.engine.posting.say(self.user, place, text, thread_ts)
        for each in telling:
            await each
        return message

    async def click(
        self,
        what: str,
        on: Surface | None = None,
        *,
        confirm: bool = True,
        near: str | None = None,
        block_id: str | None = None,
    ) -> Answer:
        """Press a button or overflow entry, by visible text or action_id.

        With `confirm=False` they say no to the question that a button with one asks.
        """
        surface = self.surface(on)
        target = aiming.find_button(surface, what, near=near, block_id=block_id)
        if "confirm" in target.element and not confirm:
            return Answer(self.engine, self.id)
        return await self.interactions.press(self.user, surface, target)

    async def choose(
        self, what: str, value: Any, on: Surface | None = None, *, near: str | None = None
    ) -> Answer:
        """Pick something in a menu, picker, or set of boxes, by label or action_id."""
        surface = self.surface(on)
        target = aiming.find_field(surface, what, near=near)
        answer = await self.interactions.put(self.user, surface, target, value)
        return answer or Answer(self.engine, self.id)

    async def enter(self, what: str, text: str, on: Surface | None = None) -> Answer:
        """Type into a field and press Enter; the app hears of it if it has asked to."""
        surface = self.surface(on)
        target = aiming.find_field(surface, what)
        answer = await self.interactions.put(self.user, surface, target, text, entered=True)
        return answer or Answer(self.engine, self.id)

    async def suggest(self, what: str, query: str, on: Surface | None = None) -> list[str]:
        """Type into an external menu, and read what it offers."""
        surface = self.surface(on)
        target = aiming.find_field(surface, what)
        given = await self.interactions.suggest(self.user, surface, target, query)
        options = list(given.get("options", []))
        for group in given.get("option_groups", []):
            options.extend(group["options"])
        return [str(option["text"]["text"]) for option in options]

    async def fill(self, view: View, values: Mapping[str, Any]) -> View:
        """Type into a modal's fields, by label, block_id or action_id."""
        for what, value in values.items():
            target = aiming.find_field(self.surface(view), what)
            await self.interactions.put(self.user, view, target, value)
        return view

    async def submit(self, view: View | None = None) -> Submission:
        """Press the submit button of a modal, by default of the one on top."""
        surface = self.surface(view)
        if isinstance(surface, Message):
            raise NotPossibleError("a message has no submit button", code="no_submit")
        return await self.forms.submit(self.user, surface)

    async def close(self, view: View | None = None, *, everything: bool = False) -> None:
        """Cancel a modal, or all of them."""
        surface = self.surface(view)
        if isinstance(surface, View):
            await self.forms.close(self.user, surface, everything=everything)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Answer:
        """Use a shortcut, on a message if one is given."""
        if message is not None:
            self.surface(message)
        return await self.interactions.shortcut(self.user, callback_id, message)

    async def open_home(self) -> View | None:
        """Open the app's Home tab; returns it once the app has answered."""
        await self.interactions.open_home(self.user)
        return self.home

    def surface(self, on: Surface | None) -> Surface:
        """What they act on, by default the modal on top; refused if they can't see it."""
        surface = on if on is not None else self.modal
        if surface is None:
            raise NotPossibleError(f"{self.name} has no modal open", code="view_not_found")
        if isinstance(surface, View):
            if surface.user != self.id:
                raise NotPossibleError("that is somebody else's view", code="view_not_found")
            return surface
        place = self.engine.store.conversations[surface.channel]
        if self.id not in place.members or surface.reader not in {None, self.id}:
            raise NotPossibleError(f"{self.name} can't see it", code="message_not_found")
        return surface

    def _place(self, channel: str | None) -> Conversation:
        if channel is None:
            return self.engine.store.dm(self.id)
        return self.engine.store.channel(channel)
