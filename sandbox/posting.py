"""Messages coming into being, changing and going: the one place where conversations are written."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import markup
from sandbox.changes import Changes
from sandbox.content import Content
from sandbox.errors import NotPossibleError, SlackError
from sandbox.events import Events
from sandbox.notices import Notices
from sandbox.records import Conversation, Message, User
from sandbox.store import Store
from sandbox.wire import message_json

Json = dict[str, Any]


@dataclass(eq=False)
class Posting:
    """Writes messages for the app and for people, and tells those whom it concerns."""

    store: Store
    changes: Changes
    notices: Notices
    events: Events

    def post(
        self,
        conversation: Conversation,
        content: Content,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        reader: str | None = None,
        origin: str | None = None,
        looks: Mapping[str, Any] | None = None,
    ) -> Message:
        """Write a message of the app; with a `reader` only that person sees it."""
        if not content.text and not content.blocks and not content.attachments:
            raise SlackError("no_text")
        if thread_ts is not None:
            self._parent(conversation, thread_ts)
        looks = looks or {}
        message = Message(
            channel=conversation.id,
            ts=self.store.new_ts(),
            user=self.store.bot.id,
            text=content.text or "",
            names=self.store,
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            thread_ts=thread_ts,
            broadcast=broadcast and thread_ts is not None,
            metadata=content.metadata or None,
            reader=reader,
            bot=True,
            username=looks.get("username"),
            icon=looks.get("icon_emoji"),
            origin=origin,
        )
        self._store(conversation, message)
        return message

    def edit(self, message: Message, content: Content) -> None:
        """Replace what a message says; nobody is notified, as in Slack."""
        conversation = self.store.conversations[message.channel]
        before = message_json(self.store, message)
        if "blocks" in content.given or "markdown_text" in content.given:
            message.blocks = content.blocks or []
        elif "text" in content.given:
            message.blocks = []
        if "text" in content.given:
            message.text = content.text or ""
        if "attachments" in content.given:
            message.attachments = content.attachments or []
        if "metadata" in content.given:
            message.metadata = content.metadata or None
        message.edited = self.store.new_ts()
        if not message.ephemeral:
            self.events.message_changed(conversation, before, message)
        self.changes.tell(message.channel, user=message.reader)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        conversation = self.store.conversations[message.channel]
        before = message_json(self.store, message)
        message.deleted = True
        if message.ts in conversation.pins:
            conversation.pins.remove(message.ts)
        if not message.ephemeral:
            self.events.message_deleted(conversation, before)
        self.changes.tell(message.channel, user=message.reader)

    def say(
        self, user: User, conversation: Conversation, text: str, thread_ts: str | None = None
    ) -> tuple[Message, list[asyncio.Task[Any]]]:
        """Write what a person typed, mentions made of their @names as the Slack client does."""
        if user.id not in conversation.members:
            raise NotPossibleError(
                f"{user.person.name} is not in #{conversation.name}", code="not_in_channel"
            )
        if conversation.archived:
            raise NotPossibleError(f"#{conversation.name} is archived", code="is_archived")
        if thread_ts is not None and conversation.find(thread_ts) is None:
            raise NotPossibleError("there is no such thread", code="thread_not_found")
        message = Message(
            channel=conversation.id,
            ts=self.store.new_ts(),
            user=user.id,
            text=markup.escape_typed(text, self.store),
            names=self.store,
            thread_ts=thread_ts,
        )
        conversation.last_read[user.id] = message.ts
        return message, self._store(conversation, message)

    def slackbot(self, conversation: Conversation, reader: str, text: str) -> Message:
        """Slack's own note to one person, such as that a command has failed."""
        message = Message(
            channel=conversation.id,
            ts=self.store.new_ts(),
            user="USLACKBOT",
            text=markup.escape(text),
            names=self.store,
            reader=reader,
        )
        conversation.ephemerals.append(message)
        self.changes.tell(conversation.id, user=reader)
        return message

    def _store(self, conversation: Conversation, message: Message) -> list[asyncio.Task[Any]]:
        if message.ephemeral:
            conversation.ephemerals.append(message)
            self.changes.tell(conversation.id, user=message.reader)
            return []
        conversation.stored.append(message)
        self.notices.announce(conversation, message)
        begun = self.events.message_posted(conversation, message)
        self.changes.tell(conversation.id)
        return begun

    def _parent(self, conversation: Conversation, thread_ts: str) -> None:
        parent = conversation.find(thread_ts)
        if parent is None:
            raise SlackError("thread_not_found")
        if parent.is_reply:
            # Slack accepts it and shows the reply nowhere; an app must name the first message.
            raise SlackError("cannot_reply_to_message")
