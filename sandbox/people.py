"""Who is in the workspace and where they can talk: the values a workspace is made from."""

from dataclasses import dataclass
from typing import Literal

PersonKind = Literal["member", "guest", "stranger", "bot", "app"]


@dataclass(frozen=True)
class Person:
    """Somebody in the workspace; a `stranger` comes from another organization by Slack Connect."""

    name: str
    real_name: str = ""
    email: str | None = None
    tz: str = "Etc/UTC"
    kind: PersonKind = "member"
    title: str = ""
    admin: bool = False
    deleted: bool = False
    id: str | None = None

    @property
    def shown_name(self) -> str:
        """The name other people read."""
        return self.real_name or self.name

    @property
    def is_bot(self) -> bool:
        """Whether no human sits behind this account."""
        return self.kind in {"bot", "app"}


@dataclass(frozen=True)
class Channel:
    """A channel; `members=None` means everybody in a public one and nobody in a private one."""

    name: str
    private: bool = False
    members: tuple[str, ...] | None = None
    bot: bool = False
    topic: str = ""
    archived: bool = False
    id: str | None = None
