"""API keys: made, listed, revoked by admins, and recognised. Only hashes are stored (spec 1)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, or_, select, update

from core import audit, people, permissions
from core.errors import KeyMadeAlready, NameConflict, NotAuthorized, NotFound, ValidationFailed
from core.incidents import clean_text
from core.transaction import Actor, Core, Transaction
from storage.limits import NAME_MAX
from storage.models import ApiKey
from storage.vocabulary import ActorKind, AuditType, Role, Surface

PREFIX = "toc_live_"
"""By which people, and those who look for leaked secrets, know a key when they see one."""

LAST_USED = timedelta(minutes=1)
"""How exactly it is kept when a key was used last: a write for each request would be too much."""

WHAT = "Managing API keys"


@dataclass(frozen=True)
class MadeKey:
    """A key that was just made. Nobody can ever read the secret again."""

    key: ApiKey
    secret: str


@dataclass(frozen=True)
class Caller:
    """Whoever acts with a key, and whether it was kept within the last minute that they do."""

    actor: Actor
    is_noted: bool


async def create_key(
    tx: Transaction,
    *,
    name: str,
    role: Role = Role.MEMBER,
    expires_at: datetime | None = None,
    id: UUID | None = None,
) -> MadeKey:
    """Make a key, for admins. Raises Forbidden, ValidationFailed, NameConflict (spec section 1).

    Names are unique among the keys that are not revoked. Asked for twice with the same `id`, there
    is one: the second time, when nobody can tell its secret, raises KeyMadeAlready.
    """
    await permissions.require_admin(tx, WHAT)
    await people.lock_organization(tx)
    made = await tx.db.get(ApiKey, id) if id else None
    if made and made.organization_id == tx.organization_id:
        raise KeyMadeAlready
    if made:
        id = None  # an id of another organization's says nothing here
    name = clean_text(name, "name", maximum=NAME_MAX, required=True) or ""
    if expires_at is not None and expires_at <= tx.now:
        raise ValidationFailed("That is over already: the key would be dead at once. Choose a "
                               "later end.", field="expires_at")  # fmt: skip
    if await tx.db.scalar(_living(tx).filter_by(name=name)):
        raise NameConflict(
            f"There is an API key called “{name}” already. Revoke it first, or choose another.",
            field="name",
        )
    secret = PREFIX + token_urlsafe(32)
    key = ApiKey(
        id=id or uuid4(),
        organization_id=tx.organization_id,
        name=name,
        role=role,
        secret_hash=_hash(secret),
        created_at=tx.now,
        expires_at=expires_at,
    )
    tx.db.add(key)
    await tx.db.flush()
    audit.record(
        tx,
        AuditType.API_KEY_CREATED,
        keyId=str(key.id),
        name=name,
        role=role.value,
        expiresAt=expires_at.isoformat() if expires_at else None,
    )
    return MadeKey(key, secret)


async def list_keys(tx: Transaction) -> Sequence[ApiKey]:
    """Every key that is not revoked, by name, those that have expired included; for admins.

    Raises Forbidden.
    """
    await permissions.require_admin(tx, WHAT)
    return (await tx.db.scalars(_living(tx).order_by(ApiKey.name))).all()


async def find_key(tx: Transaction, name: str) -> ApiKey:
    """A key that is not revoked, by its very name: what is meant is often to be revoked.

    Raises Forbidden, and NotFound, naming the keys there are.
    """
    every = await list_keys(tx)
    for one in every:
        if one.name == name.strip():
            return one
    names = ", ".join(one.name for one in every) or "none"
    raise NotFound(f"There is no API key called “{name.strip()}”. The API keys are: {names}.")


async def get_key(tx: Transaction, key_id: UUID) -> ApiKey:
    """A key that is not revoked. Raises Forbidden, NotFound."""
    await permissions.require_admin(tx, WHAT)
    key = await tx.db.scalar(_living(tx).filter_by(id=key_id))
    if key is None:
        raise NotFound(_UNKNOWN)
    return key


async def revoke_key(tx: Transaction, key_id: UUID) -> ApiKey:
    """Make a key dead at once, for ever. Raises Forbidden, and NotFound for a dead one."""
    await permissions.require_admin(tx, WHAT)
    key = await tx.db.scalar(_living(tx).filter_by(id=key_id).with_for_update(key_share=True))
    if key is None:
        raise NotFound(_UNKNOWN)
    key.revoked_at = tx.now
    audit.record(tx, AuditType.API_KEY_REVOKED, keyId=str(key.id), name=key.name)
    return key


async def authenticate(core: Core, secret: str, surface: Surface) -> Actor:
    """Whoever acts with this key, through this surface. That it was used is kept to the minute.

    Raises NotAuthorized: unknown, revoked and expired keys are answered alike.
    """
    async with core.reading(Actor.system()) as tx:
        caller = await recognise(tx, secret, surface)
    await note_use(core, caller)
    return caller.actor


async def recognise(tx: Transaction, secret: str, surface: Surface) -> Caller:
    """Whoever acts with this key, who is the transaction's actor from here on.

    Raises NotAuthorized.
    """
    hashed = _hash(secret)
    key: ApiKey | None = await tx.db.scalar(_BY_HASH, {"hash": hashed})
    known = key is not None and hmac.compare_digest(key.secret_hash, hashed)
    if key is None or not known or is_dead(key, tx.now):
        raise NotAuthorized
    is_noted = key.last_used_at is not None and tx.now - key.last_used_at < LAST_USED
    tx.actor = Actor(ActorKind.API_KEY, key.id, key.name, surface, key.organization_id)
    return Caller(tx.actor, is_noted)


async def require_living(tx: Transaction) -> None:
    """Judge the actor's key once more, where it is about to change something: between its look-up
    and now it may have been revoked, or have expired. Raises NotAuthorized.
    """
    key = await tx.db.get(ApiKey, tx.actor.id, populate_existing=True)
    if key is None or is_dead(key, tx.clock.now()):
        raise NotAuthorized


async def note_use(core: Core, caller: Caller) -> None:
    """Keep that a key was used, unless that was kept within the last minute."""
    if caller.is_noted:
        return
    async with core.transaction(caller.actor) as tx:
        await tx.db.execute(
            update(ApiKey)
            .where(
                ApiKey.id == caller.actor.id,
                or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= tx.now - LAST_USED),
            )
            .values(last_used_at=tx.now)
            .execution_options(synchronize_session=False)
        )


def is_dead(key: ApiKey, now: datetime) -> bool:
    """Whether it opens nothing any more: it was revoked, or its end has come."""
    return key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)


_UNKNOWN = "There is no such API key. It may have been revoked."

_BY_HASH = select(ApiKey).where(ApiKey.secret_hash == bindparam("hash"))


def _living(tx: Transaction) -> Select[ApiKey]:
    return select(ApiKey).where(
        ApiKey.organization_id == tx.organization_id, ApiKey.revoked_at.is_(None)
    )


def _hash(secret: str) -> str:
    """SHA-256 suffices: what is 256 bits of chance can't be guessed, however fast it is hashed."""
    return sha256(secret.encode()).hexdigest()
