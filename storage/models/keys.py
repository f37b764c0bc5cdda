"""API keys, and the answers kept for requests that are repeated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Identified, words
from storage.limits import IDEMPOTENCY_KEY_MAX, NAME_MAX
from storage.vocabulary import Role


class ApiKey(Identified, Base):
    """What a program acts with. One that was revoked stays, as whoever acted with it stays."""

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        Index(
            "uq_api_keys_name",
            "organization_id",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    role: Mapped[Role] = mapped_column(words(Role, "role"), default=Role.MEMBER)
    secret_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the key, in hex. The key itself is shown once and stored nowhere."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """To the minute."""
    revoked_at: Mapped[datetime | None]


class KeptAnswer(Base):
    """What the first of several requests with one Idempotency-Key was answered (spec section 9)."""

    __tablename__ = "kept_answers"
    __table_args__ = (Index("ix_kept_answers_made_at", "made_at"),)

    api_key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(IDEMPOTENCY_KEY_MAX), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    """Of method, path and body, with a secret, so that no removed text can be guessed from it."""
    status: Mapped[int | None]
    """HTTP's; null only within the transaction that does the work."""
    body: Mapped[str | None] = mapped_column(Text)
    """JSON."""
    etag: Mapped[str | None] = mapped_column(Text)
    """Of what the body shows, as it was then; null where there is nothing to compare."""
    made_at: Mapped[datetime]
