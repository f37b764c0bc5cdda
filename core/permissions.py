"""Who may do what: admins do everything, members everything that is not theirs alone (spec 1)."""

from uuid import UUID

from sqlalchemy import or_, select

from core import people
from core.errors import Forbidden
from core.transaction import Transaction
from storage.models import ApiKey
from storage.vocabulary import ActorKind, Role


async def require_admin(tx: Transaction, what: str) -> None:
    """Raises Forbidden, saying `what` is an admin's, for everybody else. Tocsin itself may."""
    if not await is_admin(tx):
        raise Forbidden(f"{what} is for admins. Ask one of them.")


async def is_admin(tx: Transaction) -> bool:
    """Whether whoever acts holds the role of admin now."""
    if tx.actor.kind is ActorKind.SYSTEM:
        return True
    if tx.actor.id is None:
        return False
    if tx.actor.kind is ActorKind.API_KEY:
        return await _role_of_key(tx, tx.actor.id) is Role.ADMIN
    member = (await people.by_id(tx, [tx.actor.id])).get(tx.actor.id)
    return bool(member and member.role is Role.ADMIN and not member.removed_at)


async def _role_of_key(tx: Transaction, key_id: UUID) -> Role | None:
    return await tx.db.scalar(
        select(ApiKey.role)
        .filter_by(organization_id=tx.organization_id, id=key_id, revoked_at=None)
        .where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > tx.clock.now()))
    )
