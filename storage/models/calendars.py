"""Calendar feeds: which secret address shows whose shifts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Identified
from storage.limits import CALENDAR_SECRET_MAX


class CalendarFeed(Identified, Base):
    """A schedule's shifts or a person's, for whoever knows the address. Revoked, it is gone."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        CheckConstraint("(schedule_id IS NULL) <> (member_id IS NULL)", name="one_target"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    schedule_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("schedules.id", ondelete="CASCADE"), unique=True
    )
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), unique=True)
    secret: Mapped[str] = mapped_column(String(CALENDAR_SECRET_MAX), unique=True)
    """In clear, so that it can be shown again: it opens nothing but what the row speaks of."""
    created_at: Mapped[datetime]
