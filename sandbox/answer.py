"""What a person gets to see after they did something."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.engine import Engine
from sandbox.records import Message, View
from sandbox.reply import Reply
from sandbox.response_urls import ResponseUrl
from sandbox.triggers import Trigger

Json = dict[str, Any]


@dataclass(eq=False)
class Answer:
    """The app's answer; `view` and `messages` also show what arrives after the acknowledgement."""

    engine: Engine = field(repr=False)
    user: str
    trigger: Trigger | None = field(default=None, repr=False)
    response_url: ResponseUrl | None = field(default=None, repr=False)
    began: str = ""
    ended: str = ""
    status: int | None = None
    failed: str | None = None

    def settle(self, reply: Reply) -> Reply:
        """Note how the app has answered."""
        self.status, self.failed = reply.status, reply.failed
        self.ended = self.engine.store.new_ts()
        return reply

    @property
    def ok(self) -> bool:
        """Whether the app answered in time and without an error."""
        return self.failed is None

    @property
    def view(self) -> View | None:
        """The modal that was opened by this, if any."""
        return self.trigger.view if self.trigger else None

    @property
    def messages(self) -> list[Message]:
        """What was answered: ephemeral messages, and those that this response_url made public."""
        found = [
            message
            for conversation in self.engine.store.conversations.values()
            for message in [*conversation.ephemerals, *conversation.stored]
            if not message.deleted and self._is_mine(message)
        ]
        return sorted(found, key=lambda message: message.ts)

    @property
    def text(self) -> str:
        """All that can be read in the answer."""
        return "\n".join(message.plain for message in self.messages)

    def _is_mine(self, message: Message) -> bool:
        if message.origin is not None:
            return self.response_url is not None and message.origin == self.response_url.token
        mine = message.bot and message.reader == self.user
        return mine and self.began < message.ts < (self.ended or "~")


@dataclass(frozen=True)
class Submission:
    """How a form was received; errors are by the field's label (by block_id in `block_errors`)."""

    ok: bool
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    failed: str | None = None
    block_errors: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = field(default=None, repr=False)
