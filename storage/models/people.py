"""Organizations and their members: who exists, and who they are in Slack."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Identified, words
from storage.limits import EMAIL_MAX, NAME_MAX
from storage.vocabulary import Role


class Organization(Identified, Base):
    """One Slack workspace, its settings, and the counter that numbers its incidents."""

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(String(NAME_MAX))
    slack_team_id: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime]
    last_incident_number: Mapped[int] = mapped_column(default=0)
    link_key: Mapped[str | None] = mapped_column(String(64))
    """What signs the links in letters. Made when the first one is written."""
    alerts_channel: Mapped[str | None] = mapped_column(String(NAME_MAX))
    """What the settings say: a channel's name or id."""


class Member(Identified, Base):
    """A person of the organization. One who was removed keeps the past."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("organization_id", "slack_user_id"),
        UniqueConstraint("organization_id", "email"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    email: Mapped[str | None] = mapped_column(String(EMAIL_MAX))
    """In lower case. Null only where Slack does not tell it."""
    role: Mapped[Role] = mapped_column(words(Role, "role"), default=Role.MEMBER)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    slack_user_id: Mapped[str | None] = mapped_column(String(40))
    slack_checked_at: Mapped[datetime | None]
    """When Slack last said that this user is a full member of the workspace."""
    slack_dm_id: Mapped[str | None] = mapped_column(String(40))
    joined_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
