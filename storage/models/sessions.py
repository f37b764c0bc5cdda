"""Who is signed in to the dashboard, and the links by which they came in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Identified


class LoginLink(Identified, Base):
    """A link that signs one member in, once, and not for long."""

    __tablename__ = "login_links"
    __table_args__ = (UniqueConstraint("secret_hash"), Index("ix_login_links_made_at", "made_at"))

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256, in hex: whoever reads the database can't sign in with it."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class DashboardSession(Identified, Base):
    """A browser in which a member is signed in, until it ends or was idle for too long."""

    __tablename__ = "dashboard_sessions"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        Index("ix_dashboard_sessions_member_id", "member_id"),
        Index("ix_dashboard_sessions_seen_at", "seen_at"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256, in hex."""
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """To the minute."""
