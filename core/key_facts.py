"""What surfaces show of the API keys there are. Of the secret there is nothing to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core import keys
from core.transaction import Transaction
from storage.models import ApiKey
from storage.vocabulary import Role


@dataclass(frozen=True)
class KeyLine:
    """A key that is not revoked, as lists tell of it."""

    id: UUID
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None
    """To the minute."""
    expires_at: datetime | None
    expired: bool
    """Whether it is dead already, by its own end."""


async def lines(tx: Transaction) -> Sequence[KeyLine]:
    """Every key that is not revoked, by name, for admins. Raises Forbidden."""
    return [line(tx, one) for one in await keys.list_keys(tx)]


def line(tx: Transaction, key: ApiKey) -> KeyLine:
    """One key, as it is now."""
    return KeyLine(
        id=key.id,
        name=key.name,
        role=key.role,
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
        expired=keys.is_dead(key, tx.now),
    )
