"""Trigger ids: proof that a person did something just now, good for one view within 3 seconds."""

import re
import secrets
import time
from dataclasses import dataclass, field

from sandbox.errors import SlackError
from sandbox.records import View


@dataclass(eq=False)
class Trigger:
    """One trigger id, whom it belongs to, and what came of it."""

    id: str
    user: str
    issued: float
    channel: str | None = None
    view: View | None = None
    used: bool = False


@dataclass
class Triggers:
    """All trigger ids that were handed out; their age is measured in real seconds."""

    lifetime: float = 3.0
    _issued: dict[str, Trigger] = field(default_factory=dict)

    def issue(self, user: str, channel: str | None = None) -> Trigger:
        """A new trigger for something this person just did."""
        number = len(self._issued) + 1
        trigger = Trigger(
            f"{number}.{7_000_000_000 + number}.{secrets.token_hex(16)}",
            user,
            time.monotonic(),
            channel,
        )
        self._issued[trigger.id] = trigger
        return trigger

    def check(self, trigger_id: object) -> Trigger:
        """The trigger if it may still be used, else Slack's refusal."""
        if not isinstance(trigger_id, str) or not re.fullmatch(r"\d+\.\d+\.[0-9a-f]+", trigger_id):
            raise SlackError("invalid_trigger_id")
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.issued > self.lifetime:
            raise SlackError("expired_trigger_id")
        return trigger
