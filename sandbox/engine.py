"""All parts of a workspace in one place, and the record of what the app has asked of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.background import Background
from sandbox.changes import Changes
from sandbox.delivery import Delivery
from sandbox.events import Events
from sandbox.faults import Faults, Limits
from sandbox.manifest import Manifest
from sandbox.modals import Modals
from sandbox.notices import Notices
from sandbox.posting import Posting
from sandbox.response_urls import ResponseUrls
from sandbox.socket_mode import SocketMode
from sandbox.store import Store
from sandbox.triggers import Triggers

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A call of the Web API (or use of a response_url) as it happened."""

    method: str
    arguments: Json
    answer: Json | None
    """What was answered; None if the answer never left."""
    at: float
    """When it arrived, on the workspace's clock."""
    status: int | None = 200
    fault: str | None = None
    """The kind of trouble that was made on purpose."""

    @property
    def ok(self) -> bool:
        """Whether the app was told that it worked."""
        return bool(self.answer and self.answer.get("ok"))


@dataclass(frozen=True)
class FaultyPayload:
    """Something the app sent that Slack would refuse as malformed."""

    where: str
    code: str
    faults: tuple[str, ...]
    payload: Any = field(repr=False, default=None)


MALFORMED = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_json",
        "invalid_form_data",
        "markdown_text_conflict",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_long",
        "too_many_attachments",
        "too_many_users",
        "unknown_method",
        "view_too_large",
    }
)


@dataclass(eq=False)
class Engine:
    """The parts, wired once; whoever serves the workspace or acts in it works with these."""

    name: str
    domain: str
    bot_token: str
    app_token: str
    clock: Callable[[], float]
    speed: float
    hang_seconds: float
    manifest: Manifest
    changes: Changes
    background: Background
    store: Store
    triggers: Triggers
    notices: Notices
    socket: SocketMode
    delivery: Delivery
    events: Events
    posting: Posting
    modals: Modals
    response_urls: ResponseUrls
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    calls: list[Call] = field(default_factory=list)
    faulty_payloads: list[FaultyPayload] = field(default_factory=list)
    last_post: dict[str, float] = field(default_factory=dict)
    base_url: str = ""

    def note_faulty(self, where: str, code: str, faults: list[str], payload: Any) -> None:
        """Remember a malformed payload, so that a test can insist that there was none."""
        self.faulty_payloads.append(FaultyPayload(where, code, tuple(faults), payload))
