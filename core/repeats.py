"""A request that is repeated gets its first answer, and is done once (spec section 9).

Who repeats what was never answered must not do it twice. So the answer is kept by the transaction
that does the work: both are there, or neither, whenever a process dies. Of two at once, on one
replica or on two, the second waits for the first.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.errors import KeyOfAnotherRequest, RepeatedTooSoon
from core.transaction import Actor, Core, Transaction
from storage.models import ApiKey, KeptAnswer

KEPT = timedelta(hours=24)

SWEPT = timedelta(hours=1)
"""What is too old is swept away so often, if nothing needs it to be gone before."""

LEEWAY = timedelta(minutes=5)
"""By so much at most an answer is dated before what it tells of."""

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
    """What was answered: an HTTP status, JSON, and what stood for the state that it showed."""

    status: int
    body: str
    etag: str | None = None


@asynccontextmanager
async def one_at_a_time(core: Core, actor: Actor, request: Repeatable) -> AsyncIterator[None]:
    """Of several of one request in this process one is at work; who waits holds no connection.

    What is too old to be repeated is forgotten before, in a transaction of its own: nobody who
    holds such a row waits for anything else. Raises RepeatedTooSoon after WAIT_SECONDS.
    """
    which = request.api_key_id, request.key
    turn = core.repeating.get(which) or asyncio.Lock()
    core.repeating[which] = turn
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await turn.acquire()
    except TimeoutError:
        raise RepeatedTooSoon from None
    try:
        await _forget_the_old(core, actor, request)
        yield
    finally:
        turn.release()


async def first_answer(tx: Transaction, request: Repeatable) -> Answer | None:
    """What this request was answered before. Raises KeyOfAnotherRequest."""
    kept = await tx.db.scalar(
        select(KeptAnswer)
        .filter_by(api_key_id=request.api_key_id, idempotency_key=request.key)
        .execution_options(populate_existing=True)
    )
    if kept is None or kept.status is None:
        return None
    if not hmac.compare_digest(kept.request_hash, request.hash):
        raise KeyOfAnotherRequest
    return Answer(kept.status, kept.body or "", kept.etag)


async def claim(tx: Transaction, request: Repeatable) -> Answer | None:
    """Make this transaction the one that answers; or what another has answered meanwhile.

    Before anything else is locked: whoever waits here holds nothing. Nor is the transaction's
    instant read, which is that of what it locks afterwards. Raises KeyOfAnotherRequest, and
    RepeatedTooSoon after WAIT_SECONDS.
    """
    async with _not_for_ever(tx):
        if await _insert(tx, request, None):
            return None
    return await first_answer(tx, request)


async def keep(tx: Transaction, request: Repeatable, answer: Answer) -> None:
    """Keep the answer to a request that this transaction has claimed."""
    kept = await tx.db.get_one(KeptAnswer, (request.api_key_id, request.key))
    kept.status, kept.body, kept.etag = answer.status, answer.body, answer.etag


async def keep_refusal(tx: Transaction, request: Repeatable, refusal: Answer) -> Answer:
    """Keep a refusal, whose own transaction was undone; or what was answered meanwhile."""
    async with _not_for_ever(tx):
        if await _insert(tx, request, refusal):
            return refusal
    return await first_answer(tx, request) or refusal


TEXTS = frozenset({"body", "resolutionNote", "resolution_note"})
"""By what names an update's text stands in answers."""

_MARKED = "untrusted_text"
"""Where a text is marked as somebody's, it stands a step deeper, by this name."""


async def forget_text(tx: Transaction, removed: str, *, posted_at: datetime) -> None:
    """Put null in place of an update's text in every answer that holds it (spec section 4)."""
    found = await tx.db.scalars(
        select(KeptAnswer)
        .join(ApiKey, ApiKey.id == KeptAnswer.api_key_id)
        .where(
            ApiKey.organization_id == tx.organization_id,
            KeptAnswer.made_at >= posted_at - LEEWAY,
            func.replace(KeptAnswer.body, _escaped(removed), "") != KeptAnswer.body,
        )
        .order_by(KeptAnswer.api_key_id, KeptAnswer.idempotency_key)
        .with_for_update(of=KeptAnswer)
    )
    for one in found:
        kept = _without(json.loads(one.body or "null"), removed)
        one.body = json.dumps(kept, ensure_ascii=False)


def _escaped(written: str) -> str:
    """A text as it stands in JSON, without the quotes."""
    return json.dumps(written, ensure_ascii=False)[1:-1]


def _without(value: Any, removed: str, *, is_text: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            name: _without(one, removed, is_text=name in TEXTS or (is_text and name == _MARKED))
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_without(one, removed) for one in value]
    return None if is_text and value == removed else value


async def _forget_the_old(core: Core, actor: Actor, request: Repeatable) -> None:
    this = {"api_key_id": request.api_key_id, "idempotency_key": request.key}
    async with core.reading(actor) as tx:
        old = KeptAnswer.made_at <= tx.now - KEPT
        is_old = await tx.db.scalar(select(KeptAnswer.made_at).filter_by(**this).where(old))
        oldest = await tx.db.scalar(select(func.min(KeptAnswer.made_at)))
    if is_old is None and (oldest is None or oldest > tx.now - KEPT - SWEPT):
        return
    async with core.transaction(actor) as tx:
        await tx.db.execute(delete(KeptAnswer).where(KeptAnswer.made_at <= tx.now - KEPT))


async def _insert(tx: Transaction, request: Repeatable, answer: Answer | None) -> bool:
    """Whether there was none. Waits for whoever is about to insert the same."""
    kept = KeptAnswer(
        api_key_id=request.api_key_id,
        idempotency_key=request.key,
        request_hash=request.hash,
        status=answer.status if answer else None,
        body=answer.body if answer else None,
        etag=answer.etag if answer else None,
        made_at=tx.clock.now(),
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
