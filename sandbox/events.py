"""The Events API: what happens in the workspace, told to the app and told again until it hears."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.background import Background
from sandbox.delivery import Delivery
from sandbox.manifest import Manifest
from sandbox.records import Conversation, Message
from sandbox.store import Store
from sandbox.wire import message_json

Json = dict[str, Any]

_KINDS = {"channels": "channel", "groups": "group", "im": "im", "mpim": "mpim"}


@dataclass(eq=False)
class Told:
    """One event, and how each attempt to tell it went (None for well)."""

    payload: Json
    attempts: list[str | None] = field(default_factory=list)

    @property
    def event_id(self) -> str:
        """The id that stays the same over all attempts."""
        return str(self.payload["event_id"])


@dataclass(eq=False)
class Events:
    """Tells the app what its manifest subscribes to, up to four times each."""

    store: Store
    manifest: Manifest
    delivery: Delivery
    background: Background
    clock: Callable[[], float]
    retry_delays: Sequence[float] = (0.0, 0.05, 0.1)
    told: list[Told] = field(default_factory=list)

    def publish(self, name: str, event: Json) -> asyncio.Task[Any] | None:
        """Begin to tell an event, if the app has subscribed to it."""
        if name not in self.manifest.events or not self.delivery.connected:
            return None
        stamped = {**event, "event_ts": event.get("event_ts", self.store.new_ts())}
        told = Told(
            {
                "token": "sandbox",
                "team_id": self.store.team_id,
                "api_app_id": self.store.app_id,
                "event": stamped,
                "type": "event_callback",
                "event_id": f"Ev{secrets.token_hex(5).upper()}",
                "event_time": int(self.clock()),
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": self.store.team_id,
                        "user_id": self.store.bot.id,
                        "is_bot": True,
                        "is_enterprise_install": False,
                    }
                ],
                "is_ext_shared_channel": False,
            }
        )
        self.told.append(told)
        return self.background.start(self._tell(told))

    async def repeat(self, told: Told, reason: str = "http_timeout") -> str | None:
        """Tell an event again although it was heard, as when Slack missed the answer."""
        reply = await self.delivery.send("events_api", told.payload, (1, reason))
        told.attempts.append(reply.failed)
        return reply.failed

    def message_posted(
        self, conversation: Conversation, message: Message
    ) -> list[asyncio.Task[Any]]:
        """Tell of a new message: message.*, and app_mention if it names the app."""
        body = message_json(self.store, message) | {"channel": conversation.id}
        begun = [self._message(conversation, body)]
        named = self.store.bot.id in message.mentions and not message.bot
        if named and "app_mentions:read" in self.manifest.scopes and conversation.kind != "im":
            begun.append(self.publish("app_mention", {**body, "type": "app_mention"}))
        return [task for task in begun if task]

    def message_changed(self, conversation: Conversation, before: Json, message: Message) -> None:
        """Tell that a message was edited."""
        after = message_json(self.store, message)
        self._message(
            conversation,
            {
                "type": "message",
                "subtype": "message_changed",
                "message": after,
                "previous_message": before,
                "channel": conversation.id,
                "ts": self.store.new_ts(),
                "hidden": True,
            },
        )

    def message_deleted(self, conversation: Conversation, before: Json) -> None:
        """Tell that a message is gone."""
        self._message(
            conversation,
            {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": before,
                "deleted_ts": before["ts"],
                "channel": conversation.id,
                "ts": self.store.new_ts(),
                "hidden": True,
            },
        )

    def _message(self, conversation: Conversation, body: Json) -> asyncio.Task[Any] | None:
        kind = conversation.scope_kind
        allowed = f"{kind}:history" in self.manifest.scopes
        if self.store.bot.id not in conversation.members or not allowed:
            return None
        return self.publish(
            f"message.{kind}", {**body, "channel_type": _KINDS[kind], "event_ts": body["ts"]}
        )

    async def _tell(self, told: Told) -> None:
        retry: tuple[int, str] | None = None
        for number, delay in enumerate([0.0, *self.retry_delays]):
            if delay:
                await asyncio.sleep(delay)
            reply = await self.delivery.send("events_api", told.payload, retry)
            # Unlike a command, an event is content with any 2xx.
            fine = reply.status is not None and 200 <= reply.status < 300
            told.attempts.append(None if fine else reply.failed)
            refuses = any(name.lower() == "x-slack-no-retry" for name in reply.headers)
            if fine or refuses:
                return
            retry = number + 1, reply.reason or "http_error"
