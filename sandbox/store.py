"""The memory of the workspace: who and what exists, found by id or by name."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.changes import Changes
from sandbox.people import Channel, Person
from sandbox.records import Conversation, User

Json = dict[str, Any]


@dataclass(eq=False)
class Store:
    """Users and conversations of one workspace; also answers what ids stand for."""

    clock: Callable[[], float]
    changes: Changes
    team_id: str = "T0SANDBOX"
    app_id: str = "A0SANDBOX"
    bot_id: str = "B0SANDBOX"
    users: dict[str, User] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    bot: User = field(init=False)
    _counter: int = 0
    _last_ts: int = 0

    def settle(self, people: Iterable[Person], channels: Iterable[Channel], bot: Person) -> None:
        """Move everybody in and open the channels."""
        self.bot = self.add_user(bot, self.new_id("U"))
        for person in people:
            self.add_user(person)
        for number, channel in enumerate(channels):
            self.add_channel(channel, general=number == 0)

    def new_id(self, prefix: str) -> str:
        """An id as Slack's look: a letter for the kind, then capitals and digits."""
        self._counter += 1
        return f"{prefix}0{self._counter:03d}{secrets.token_hex(3).upper()}"

    def new_ts(self) -> str:
        """The ts of a message: the workspace's time, never used twice."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add_user(self, person: Person, user_id: str | None = None) -> User:
        """A new user, in every public channel that is open to all of the workspace."""
        taken = {user.person.name for user in self.users.values()}
        if person.name in taken:
            raise ValueError(f"there are two people called {person.name}")
        user = User(person.id or user_id or self.new_id("U"), person, int(self.clock()))
        self.users[user.id] = user
        for conversation in self.conversations.values():
            if conversation.general and not person.is_bot:
                conversation.members.add(user.id)
        return user

    def add_channel(self, channel: Channel, *, general: bool = False) -> Conversation:
        """A new channel."""
        everybody = {user.id for user in self.users.values() if not user.person.is_bot}
        members = {self.user(name).id for name in channel.members or ()}
        if channel.members is None and not channel.private:
            members = everybody
        conversation = Conversation(
            id=channel.id or self.new_id("C"),
            name=channel.name,
            private=channel.private,
            topic=channel.topic,
            archived=channel.archived,
            general=general,
            created=int(self.clock()),
            members=members | ({self.bot.id} if channel.bot else set()),
        )
        conversation.creator = min(members, default=self.bot.id)
        self.conversations[conversation.id] = conversation
        return conversation

    def user(self, name_or_id: str) -> User:
        """The user with this handle or id; LookupError names those there are."""
        found = self.users.get(name_or_id) or self._user_named(name_or_id)
        if found is None:
            there = ", ".join(user.person.name for user in self.users.values())
            raise LookupError(f"nobody is called '{name_or_id}'; there are: {there}")
        return found

    def channel(self, name_or_id: str) -> Conversation:
        """The conversation with this name or id; LookupError names those there are."""
        found = self.conversations.get(name_or_id) or self._named(name_or_id.removeprefix("#"))
        if found is None:
            there = ", ".join(self.channel_names())
            raise LookupError(f"there is no channel '{name_or_id}'; there are: {there}")
        return found

    def channel_names(self) -> list[str]:
        """The names of all channels, archived ones too."""
        return [each.name for each in self.conversations.values() if each.kind == "channel"]

    def dm(self, user_id: str) -> Conversation:
        """The direct message between a person and the app; it opens when it is first needed."""
        for conversation in self.conversations.values():
            if conversation.kind == "im" and user_id in conversation.members:
                return conversation
        conversation = Conversation(
            id=self.new_id("D"),
            name=self.users[user_id].person.name,
            kind="im",
            private=True,
            creator=self.bot.id,
            created=int(self.clock()),
            members={user_id, self.bot.id},
        )
        self.conversations[conversation.id] = conversation
        return conversation

    def group(self, user_ids: set[str]) -> Conversation:
        """The group message of exactly these people and the app."""
        members = user_ids | {self.bot.id}
        for conversation in self.conversations.values():
            if conversation.kind == "mpim" and conversation.members == members:
                return conversation
        names = "--".join(sorted(self.users[each].person.name for each in members))
        conversation = Conversation(
            self.new_id("G"), f"mpdm-{names}-1", kind="mpim", private=True, members=members
        )
        self.conversations[conversation.id] = conversation
        return conversation

    def user_name(self, user_id: str) -> str | None:
        """The name readers see for a user."""
        user = self.users.get(user_id)
        return user.person.shown_name if user else None

    def channel_name(self, channel_id: str) -> str | None:
        """The name of a channel."""
        conversation = self.conversations.get(channel_id)
        return conversation.name if conversation else None

    def user_id(self, name: str) -> str | None:
        """The id of the user with this handle."""
        user = self._user_named(name)
        return user.id if user else None

    def channel_id(self, name: str) -> str | None:
        """The id of the channel with this name."""
        conversation = self._named(name)
        return conversation.id if conversation else None

    def _user_named(self, name: str) -> User | None:
        return next((each for each in self.users.values() if each.person.name == name), None)

    def _named(self, name: str) -> Conversation | None:
        for conversation in self.conversations.values():
            if conversation.kind == "channel" and conversation.name == name:
                return conversation
        return None
