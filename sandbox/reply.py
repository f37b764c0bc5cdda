"""What the app answers to something Slack has sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the app answered; `failed` is the error that Slack would show."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    failed: str | None = None
    reason: str | None = None

    @property
    def is_json(self) -> bool:
        """Whether the app said that its answer is JSON."""
        kinds = [value for name, value in self.headers.items() if name.lower() == "content-type"]
        return any("json" in kind for kind in kinds)

    def json(self) -> Json | None:
        """The answer as an object, if it is one."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return None
        return body if isinstance(body, dict) else None
