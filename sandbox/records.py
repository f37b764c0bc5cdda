"""What the workspace remembers: users, conversations, messages and views as Slack stores them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sandbox import rendered
from sandbox.markup import Names
from sandbox.people import Person

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]
"""What stands in a surface's fields: block_id, then action_id, then Slack's value object."""


@dataclass(eq=False)
class User:
    """A person and the id under which Slack knows them."""

    id: str
    person: Person
    updated: int = 0

    @property
    def zone(self) -> tzinfo:
        """The time zone in which they read times."""
        return ZoneInfo(self.person.tz)


@dataclass(eq=False)
class Message:
    """A message as it stands now; an ephemeral one has a `reader`."""

    channel: str
    ts: str
    user: str
    text: str
    names: Names = field(repr=False)
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    edited: str | None = None
    reader: str | None = None
    deleted: bool = False
    bot: bool = False
    username: str | None = None
    icon: str | None = None
    subtype: str | None = None
    origin: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
    """What each person has chosen in this message's menus, by user id."""

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.reader is not None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread and is not its first message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def shown_blocks(self) -> list[Json]:
        """Its own blocks and those of its attachments."""
        return [*self.blocks, *(b for each in self.attachments for b in each.get("blocks", []))]

    @property
    def plain(self) -> str:
        """All that is visible of it; times in UTC."""
        return self.plain_for(None)

    def plain_for(self, reader: User | None, now: float | None = None) -> str:
        """All that this reader sees of it, with times in their own zone."""
        zone = reader.zone if reader else ZoneInfo("UTC")
        as_text = {"type": "mrkdwn", "text": self.text}
        pieces = (
            [rendered.visible_text(self.shown_blocks, self.names, zone, now)]
            if self.shown_blocks
            else [rendered.text_seen(as_text, self.names, zone, now)]
        )
        for each in self.attachments:
            for part in ("pretext", "title", "text", "footer"):
                if each.get(part):
                    said = {"type": "mrkdwn", "text": str(each[part])}
                    pieces.append(rendered.text_seen(said, self.names, zone, now))
        return "\n".join(piece for piece in pieces if piece)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return rendered.button_labels(self.shown_blocks)

    @property
    def menu(self) -> list[str]:
        """The labels in its overflow menus."""
        return rendered.overflow_labels(self.shown_blocks)

    @property
    def mentions(self) -> set[str]:
        """The user ids it pings, and `channel`, `here` or `everyone`."""
        return rendered.pinged(self.text, self.shown_blocks)


@dataclass(eq=False)
class Conversation:
    """A channel, a direct message with the app, or a group message."""

    id: str
    name: str
    kind: Literal["channel", "im", "mpim"] = "channel"
    private: bool = False
    topic: str = ""
    purpose: str = ""
    creator: str = ""
    created: int = 0
    archived: bool = False
    general: bool = False
    members: set[str] = field(default_factory=set)
    stored: list[Message] = field(default_factory=list, repr=False)
    ephemerals: list[Message] = field(default_factory=list, repr=False)
    pins: list[str] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def scope_kind(self) -> str:
        """Which family of scopes covers it: channels, groups, im or mpim."""
        if self.kind != "channel":
            return self.kind
        return "groups" if self.private else "channels"

    @property
    def messages(self) -> list[Message]:
        """Everything that stands in it, thread replies included, in order."""
        return [message for message in self.stored if not message.deleted]

    @property
    def top_level(self) -> list[Message]:
        """What is read without opening a thread: no replies but those that were broadcast."""
        return [each for each in self.messages if not each.is_reply or each.broadcast]

    def thread(self, ts: str) -> list[Message]:
        """A thread, beginning with its first message."""
        return [each for each in self.messages if ts in {each.ts, each.thread_ts}]

    def find(self, ts: str) -> Message | None:
        """The message with this ts."""
        return next((each for each in self.messages if each.ts == ts), None)


@dataclass(eq=False)
class View:
    """A modal or Home tab as one person has it before them, with what they have typed."""

    id: str
    user: str
    source: Json
    names: Names = field(repr=False)
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Values = field(default_factory=dict)
    errors: dict[str, str] | None = None
    open: bool = True
    channel: str | None = None

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.source["type"])

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, every one and every element with its id."""
        blocks: list[Json] = self.source["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The app's name for it."""
        return str(self.source.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app carries along in it."""
        return str(self.source.get("private_metadata", ""))

    @property
    def title(self) -> str:
        """Its title as it is read."""
        return str((self.source.get("title") or {}).get("text", ""))

    @property
    def plain(self) -> str:
        """All that is visible of it; times in UTC."""
        return "\n".join(filter(None, [self.title, rendered.visible_text(self.blocks, self.names)]))

    def plain_for(self, reader: User, now: float | None = None) -> str:
        """All that this reader sees of it, with times in their own zone."""
        shown = rendered.visible_text(self.blocks, self.names, reader.zone, now)
        return "\n".join(filter(None, [self.title, shown]))

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return rendered.button_labels(self.blocks)

    @property
    def menu(self) -> list[str]:
        """The labels in its overflow menus."""
        return rendered.overflow_labels(self.blocks)

    @property
    def fields(self) -> list[str]:
        """The labels of its input fields."""
        return [each["label"]["text"] for each in self.blocks if each["type"] == "input"]


def shown_to(messages: Iterable[Message], user_id: str) -> list[Message]:
    """Those messages that this person sees."""
    return [each for each in messages if each.reader in {None, user_id} and not each.deleted]
