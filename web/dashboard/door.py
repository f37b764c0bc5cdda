"""What every request of one product's dashboard shares."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request

from core.checkup import Finding
from core.transaction import Core

if TYPE_CHECKING:
    from web.dashboard.live import TrailWatch
    from web.dashboard.walks import Walks
    from web.dashboard.with_slack import SlackApp

PATH = "/app"

Checkup = Callable[[UUID], Awaitable[Sequence[Finding]]]
"""Checks everything for an admin of this organization; answers within seconds, whatever hangs."""


@dataclass(frozen=True)
class Door:
    """The product behind the dashboard."""

    core: Core
    public_url: str | None
    watch: "TrailWatch"
    walks: "Walks"
    open_to_all: bool
    """Whether anybody may become anybody with one click: in the sandbox alone."""
    checkup: Checkup
    alerts_channel: str | None = None
    """The alerts channel if the environment names it: nobody changes it here then."""
    slack_app: "SlackApp | None" = None
    """Through what people sign in with Slack, where that is set up."""

    @classmethod
    def of(cls, request: Request) -> "Door":
        """The door through which a request came."""
        door = request.scope["tocsin.door"]
        assert isinstance(door, Door)  # noqa: S101  (web.dashboard.Dashboard puts it there)
        return door

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over HTTPS alone."""
        return bool(self.public_url and self.public_url.startswith("https://"))
