"""One call in progress: its arguments, and the checks that many methods share."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.api.scopes import NEEDED
from sandbox.engine import Engine
from sandbox.errors import SlackError
from sandbox.records import Conversation, Message, User

Json = dict[str, Any]
MOST_ON_A_PAGE = 1000


@dataclass(frozen=True)
class Asked:
    """What the app asks for, and the workspace it asks."""

    engine: Engine
    method: str
    arguments: Json

    def text(self, name: str, default: str | None = None) -> str:
        """A string argument; refused if it is missing and has no default."""
        value = self.arguments.get(name)
        if value is None or value == "":
            if default is None:
                raise SlackError("invalid_arguments", faults=[f"missing required field: {name}"])
            return default
        if isinstance(value, dict | list | bool):
            raise SlackError("invalid_arguments", faults=[f"{name} must be a string"])
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean argument in any of the ways in which clients write them."""
        value = self.arguments.get(name)
        return default if value is None else value in (True, 1, "1", "true", "True")

    def structure(self, name: str) -> Any:
        """An argument that is JSON, or JSON in a string."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError("invalid_arguments", faults=[f"{name} is not valid JSON"]) from None

    def names(self, name: str) -> list[str]:
        """A list argument: comma separated, or a JSON list."""
        value = self.arguments.get(name) or []
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def need(self, kind: str) -> None:
        """Refuse the call unless a scope for this kind of conversation is granted."""
        accepted = NEEDED[self.method].get(kind)
        granted = self.engine.manifest.scopes
        if accepted is not None and not granted.intersection(accepted):
            raise SlackError(
                "missing_scope", needed=accepted[0], provided=",".join(sorted(granted))
            )

    def conversation(self, name: str = "channel") -> Conversation:
        """The conversation that is named, if the app may know of it."""
        conversation = self.engine.store.conversations.get(self.text(name))
        if conversation is None or not self.sees(conversation):
            raise SlackError("channel_not_found")
        self.need(conversation.scope_kind)
        return conversation

    def sees(self, conversation: Conversation) -> bool:
        """Whether the app may know that a conversation exists."""
        return not conversation.private or self.engine.store.bot.id in conversation.members

    def member_of(self, conversation: Conversation) -> Conversation:
        """The conversation, if the app is in it."""
        if self.engine.store.bot.id not in conversation.members:
            raise SlackError("not_in_channel")
        return conversation

    def channel(self) -> Conversation:
        """The named channel, refused if it is a direct or group message."""
        conversation = self.conversation()
        if conversation.kind != "channel":
            raise SlackError("method_not_supported_for_channel_type")
        return conversation

    def message(self, conversation: Conversation, name: str) -> Message:
        """The message of that ts."""
        message = conversation.find(self.text(name))
        if message is None:
            raise SlackError("message_not_found")
        return message

    def user(self, user_id: str) -> User:
        """The user with that id."""
        user = self.engine.store.users.get(user_id)
        if user is None:
            raise SlackError("user_not_found")
        return user

    def page(self, items: Sequence[Any], default: int) -> tuple[list[Any], Json]:
        """The part of a list that was asked for, and where the next part begins."""
        limit = self.number("limit", default) or default
        if not 0 < limit <= MOST_ON_A_PAGE:
            raise SlackError("invalid_limit")
        start = _offset(self.text("cursor", ""))
        end = start + limit
        following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
        return list(items[start:end]), {"response_metadata": {"next_cursor": following}}

    def number(self, name: str, default: int) -> int:
        """A whole number argument."""
        try:
            return int(self.text(name, str(default)))
        except ValueError:
            raise SlackError("invalid_arguments", faults=[f"{name} must be a number"]) from None


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except ValueError:
        pass
    raise SlackError("invalid_cursor")
