"""Who is told of a message: unread counts, mentions and the notification on a lock screen."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox import markup
from sandbox.records import Conversation, Message
from sandbox.store import Store

Reason = Literal["dm", "mention", "channel", "here", "everyone", "thread"]


@dataclass(frozen=True)
class Notification:
    """What lights up somebody's phone: the message's `text`, never its blocks."""

    user: str
    channel: str
    ts: str
    reason: Reason
    text: str


@dataclass(eq=False)
class Notices:
    """Every notification that was ever given; editing a message gives none."""

    store: Store
    given: list[Notification] = field(default_factory=list)

    def announce(self, conversation: Conversation, message: Message) -> None:
        """Tell those whom this new message concerns."""
        for user_id in sorted(conversation.members - {message.user, self.store.bot.id}):
            reason = self._reason(conversation, message, user_id)
            if reason:
                shown = markup.seen(message.text, self.store, self.store.users[user_id].zone)
                self.given.append(Notification(user_id, conversation.id, message.ts, reason, shown))

    def unread(self, conversation: Conversation, user_id: str) -> int:
        """How many messages somebody has not seen; replies count in their thread only."""
        seen = conversation.last_read.get(user_id, "")
        return sum(
            each.user != user_id and each.ts > seen
            for each in conversation.top_level
            if user_id in conversation.members
        )

    def mentions(self, conversation: Conversation, user_id: str) -> int:
        """The number on the red badge: unseen messages that notified somebody."""
        seen = conversation.last_read.get(user_id, "")
        return sum(
            each.user == user_id
            and each.channel == conversation.id
            and each.ts > seen
            and conversation.find(each.ts) is not None
            for each in self.given
        )

    def _reason(self, conversation: Conversation, message: Message, user_id: str) -> Reason | None:
        pinged = message.mentions
        if user_id in pinged:
            return "mention"
        if message.is_reply and any(
            user_id == each.user or user_id in each.mentions
            for each in conversation.thread(str(message.thread_ts))
            if each is not message
        ):
            return "thread"
        if conversation.kind != "channel":
            return "dm" if not message.is_reply or message.broadcast else None
        # In a thread @channel and @here stay silent, as in Slack.
        if not message.is_reply:
            for word in ("channel", "here", "everyone"):
                if word in pinged:
                    return word
        return None
