"""API keys over REST: made, shown once, revoked (spec sections 1 and 9)."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Path

from core import keys
from core.errors import NameConflict
from core.transaction import Transaction
from web.api.endpoints import Endpoints
from web.api.schemas.api_keys import ApiKeyMade, ApiKeyShown, NewApiKey

KeyId = Annotated[UUID, Path(alias="keyId")]

ADMINS = keys.WHAT


async def _exists(tx: Transaction, ids: Mapping[str, UUID]) -> None:
    await keys.get_key(tx, ids["keyId"])


ENDPOINTS = Endpoints("API keys", exists=_exists)


@ENDPOINTS.get("/api-keys", admins=ADMINS)
async def list_api_keys(tx: Transaction) -> list[ApiKeyShown]:
    """List the keys, by name.

    Those that have expired are among them, those that were revoked are not. No secret is.
    """
    return [ApiKeyShown.model_validate(one) for one in await keys.list_keys(tx)]


@ENDPOINTS.post("/api-keys", admins=ADMINS, refuses=(NameConflict,))
async def create_api_key(tx: Transaction, wanted: NewApiKey) -> ApiKeyMade:
    """Make a key.

    `key` is the secret. It stands in this answer alone, and only its hash is stored: keep it now.
    A request that is repeated with its `Idempotency-Key` makes no second key and gets the same
    answer, but with `key` null. Whoever missed the first answer revokes that key and makes
    another.
    """
    made = await keys.create_key(
        tx, name=wanted.name, role=wanted.role, expires_at=wanted.expires_at
    )
    shown = ApiKeyShown.model_validate(made.key)
    return ApiKeyMade(**dict(shown), key=made.secret)


@ENDPOINTS.delete("/api-keys/{keyId}", admins=ADMINS)
async def revoke_api_key(tx: Transaction, key_id: KeyId) -> None:
    """Revoke a key.

    It opens nothing from this instant on, for ever. What was done with it keeps its name. A key
    may revoke itself.
    """
    await keys.revoke_key(tx, key_id)
