"""A request that is repeated gets its first answer, and is done once (spec section 9).

Who repeats what was never answered must not do it twice. So the answer is kept by the transaction
that does the work: both are there, or neither, whenever a process dies. Of two at once, on one
replica or on two, the second waits for the first.
"""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, tuple_
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.errors import KeyOfAnotherRequest, RepeatedTooSoon
from core.transaction import Transaction
from storage.models import ApiKey, KeptAnswer

KEPT = timedelta(hours=24)

SWEPT = 100
"""With each claim so many old answers go: more than come."""

WAIT_SECONDS = 5
"""So long the second of two waits for the first."""


@dataclass(frozen=True)
class Repeatable:
    """A request that may come again, told by its key: what was asked stands in the hash alone."""

    api_key_id: UUID
    key: str
    hash: str

    @classmethod
    def of(cls, api_key_id: UUID, key: str, *, secret: str, asked: bytes) -> "Repeatable":
        """`asked` is everything that makes another request of it; `secret` the caller's API key.

        Without the secret, which is stored nowhere, nobody can guess a text by its hash.
        """
        return cls(api_key_id, key, hmac.new(secret.encode(), asked, sha256).hexdigest())


@dataclass(frozen=True)
class Answer:
    """What was answered: an HTTP status, and JSON."""

    status: int
    body: str


async def first_answer(tx: Transaction, request: Repeatable) -> Answer | None:
    """What this request was answered before. Raises KeyOfAnotherRequest."""
    kept = await tx.db.scalar(
        select(KeptAnswer).filter_by(
            api_key_id=request.api_key_id, idempotency_key=request.key
        ).execution_options(populate_existing=True)
    )  # fmt: skip
    if kept is None or kept.status is None or kept.made_at <= tx.now - KEPT:
        return None
    if not hmac.compare_digest(kept.request_hash, request.hash):
        raise KeyOfAnotherRequest
    return Answer(kept.status, kept.body or "")


async def claim(tx: Transaction, request: Repeatable) -> Answer | None:
    """Make this transaction the one that answers; or what another has answered meanwhile.

    Before anything else is locked: whoever waits here holds nothing. Raises KeyOfAnotherRequest,
    and RepeatedTooSoon after WAIT_SECONDS.
    """
    async with _not_for_ever(tx):
        await _sweep(tx, request)
        if await _insert(tx, request, None):
            return None
    return await first_answer(tx, request)


async def keep(tx: Transaction, request: Repeatable, answer: Answer) -> None:
    """Keep the answer to a request that this transaction has claimed."""
    kept = await tx.db.get_one(KeptAnswer, (request.api_key_id, request.key))
    kept.status, kept.body = answer.status, answer.body


async def keep_refusal(tx: Transaction, request: Repeatable, refusal: Answer) -> Answer:
    """Keep a refusal, whose own transaction was undone; or what was answered meanwhile."""
    async with _not_for_ever(tx):
        if await _insert(tx, request, refusal):
            return refusal
    return await first_answer(tx, request) or refusal


async def forget_text(tx: Transaction, removed: str) -> None:
    """Put null in place of a text that was removed, in every answer that holds it (spec 4)."""
    found = await tx.db.scalars(
        select(KeptAnswer)
        .join(ApiKey, ApiKey.id == KeptAnswer.api_key_id)
        .where(
            ApiKey.organization_id == tx.organization_id,
            func.replace(KeptAnswer.body, _escaped(removed), "") != KeptAnswer.body,
        )
        .with_for_update()
    )
    for one in found:
        kept = _without(json.loads(one.body or "null"), removed)
        one.body = json.dumps(kept, ensure_ascii=False)


def _escaped(written: str) -> str:
    """A text as it stands in JSON, without the quotes."""
    return json.dumps(written, ensure_ascii=False)[1:-1]


def _without(value: Any, removed: str) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, removed) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, removed) for one in value]
    return None if value == removed else value


async def _sweep(tx: Transaction, request: Repeatable) -> None:
    """Forget this request's answer if it is too old, and some others that are."""
    old = KeptAnswer.made_at <= tx.now - KEPT
    which = tuple_(KeptAnswer.api_key_id, KeptAnswer.idempotency_key)
    some = select(KeptAnswer.api_key_id, KeptAnswer.idempotency_key).where(old)
    some = some.order_by(KeptAnswer.made_at).limit(SWEPT).with_for_update(skip_locked=True)
    await tx.db.execute(delete(KeptAnswer).where(which.in_(some)))
    this = {"api_key_id": request.api_key_id, "idempotency_key": request.key}
    await tx.db.execute(delete(KeptAnswer).filter_by(**this).where(old))


async def _insert(tx: Transaction, request: Repeatable, answer: Answer | None) -> bool:
    """Whether there was none. Waits for whoever is about to insert the same."""
    kept = KeptAnswer(
        api_key_id=request.api_key_id,
        idempotency_key=request.key,
        request_hash=request.hash,
        status=answer.status if answer else None,
        body=answer.body if answer else None,
        made_at=tx.now,
    )
    try:
        async with tx.db.begin_nested():
            tx.db.add(kept)
    except IntegrityError:
        return False
    return True


@asynccontextmanager
async def _not_for_ever(tx: Transaction) -> AsyncIterator[None]:
    """PostgreSQL waits for the other transaction; SQLite's writers have taken their turn."""
    if tx.db.get_bind().dialect.name == "sqlite":
        yield
        return
    await tx.db.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise RepeatedTooSoon from error
        raise
    await tx.db.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
