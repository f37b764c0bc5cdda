"""Trouble on demand: what the Web API is told to do wrong, and how often."""

import random
from dataclasses import dataclass, field, replace
from typing import Literal

FaultKind = Literal[
    "rate_limited",
    "server_error",
    "server_error_after",
    "timeout_before",
    "timeout_after",
    "error",
    "slow",
]


@dataclass(frozen=True)
class Fault:
    """One kind of trouble for one method (`*` for all), `times` times or until it is cleared.

    Time-outs drop the connection after `delay` seconds, or after `hang_seconds` of silence.
    """

    method: str
    kind: FaultKind
    times: int | None = 1
    retry_after: int = 1
    error: str = "internal_error"
    channel: str | None = None
    probability: float | None = None
    delay: float = 0.0
    hang_seconds: float | None = None

    @property
    def acts(self) -> bool:
        """Whether the call still does its work before it goes wrong."""
        return self.kind in {"server_error_after", "timeout_after", "slow"}


@dataclass
class Faults:
    """The trouble that is waiting to happen, in the order in which it was added."""

    seed: int = 0
    waiting: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  (chance for tests, not secrets)

    def add(self, *faults: Fault) -> None:
        """Let these happen from now on."""
        self.waiting.extend(faults)

    def clear(self) -> None:
        """Let nothing go wrong from now on."""
        self.waiting.clear()

    def strike(self, method: str, channels: set[str]) -> Fault | None:
        """The fault that hits this call, used up by one; `channels` are the names of its target."""
        for position, fault in enumerate(self.waiting):
            if fault.method not in {"*", method}:
                continue
            if fault.channel is not None and fault.channel not in channels:
                continue
            if fault.probability is not None and self._random.random() >= fault.probability:
                continue
            if fault.times is not None:
                if fault.times <= 1:
                    del self.waiting[position]
                else:
                    self.waiting[position] = replace(fault, times=fault.times - 1)
            return fault
        return None


@dataclass
class Limits:
    """Slack's rate limits, off unless a number is given."""

    messages_per_second: float | None = None
