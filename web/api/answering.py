"""How a request that was let in is answered, in one transaction, and how any is refused."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from core import keys, logs, repeats
from core.errors import DomainError, RepeatedTooSoon
from core.repeats import Answer, Repeatable
from core.transaction import Actor, Core, Transaction
from web.api import refusals
from web.api.refusals import ServerError
from web.api.schemas.base import Shown
from web.pace import Allowance, Pace

RETRY_SECONDS = 1
"""After so many seconds a request that came too soon may come again."""

REPLAYED = "Idempotency-Replayed"

_ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Door:
    """What every request of one product shares."""

    core: Core
    pace: Pace

    @classmethod
    def of(cls, request: Request) -> "Door":
        """The door through which a request came."""
        door = request.scope["tocsin.door"]
        assert isinstance(door, Door)  # noqa: S101  (web.api.Api puts it there)
        return door


Exists = Callable[[Transaction, Mapping[str, UUID]], Awaitable[object]]
"""Looks for what a path names. Raises NotFound."""


@dataclass(frozen=True)
class Terms:
    """On which terms an endpoint answers."""

    status: HTTPStatus = HTTPStatus.OK
    admins: str | None = None
    """What is for admins alone, in words; None where members may, too."""
    exists: Exists | None = None
    writes: bool = False
    by_itself: bool = False
    """It is handed no transaction, and makes what it needs: no other is held meanwhile."""
    malformed: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
    """What a bad body is answered: 422 but on `POST /v1/incidents`."""


@dataclass
class Call:
    """One request that was let in: who asks, and how it is answered."""

    core: Core
    actor: Actor
    terms: Terms
    repeatable: Repeatable | None
    headers: dict[str, str] = field(default_factory=dict)
    tx: Transaction | None = None
    """Where it only reads: the transaction in which its key was looked up."""

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction that reads."""
        if self.tx:
            yield self.tx
            return
        async with self.core.reading(self.actor) as tx:
            yield tx

    async def answer(self, work: Callable[[Transaction], Awaitable[Shown | list[Any] | None]]
                     ) -> Response:  # fmt: skip
        """Do the work in one transaction, and keep its answer there if it may be repeated."""
        if not self.terms.writes:
            async with self.reading() as tx:
                return self.say(await work(tx))
        async with self.core.transaction(self.actor) as tx:
            await keys.require_living(tx)
            if self.repeatable and (kept := await repeats.claim(tx, self.repeatable)):
                return again(kept)
            shown = await work(tx)
            response = self.say(shown)
            if self.repeatable:
                again_said = self.say(shown.repeated if isinstance(shown, Shown) else shown)
                body = bytes(again_said.body).decode()
                etag = self.headers.get("ETag")
                await repeats.keep(tx, self.repeatable, Answer(again_said.status_code, body, etag))
        return response

    def say(self, shown: Shown | list[Any] | None) -> Response:
        """What a function found or made, as it goes over the wire."""
        if shown is None:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        if isinstance(shown, list):
            body = b"[" + b",".join(_json(one) for one in shown) + b"]"
        else:
            body = _json(shown)
            if shown.etag:
                self.headers["ETag"] = shown.etag
        return _response(self.terms.status, b'{"data":' + body + b"}")


def rate_headers(allowance: Allowance) -> dict[str, str]:
    """How fast a key may ask, as headers tell it."""
    told = {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(allowance.reset),
    }
    if allowance.retry_after is not None:
        told["Retry-After"] = str(allowance.retry_after)
    return told


def again(kept: Answer) -> Response:
    """The first answer to a request that was repeated, as it was given."""
    response = _response(kept.status, kept.body.encode())
    response.headers[REPLAYED] = "true"
    if kept.etag:
        response.headers["ETag"] = kept.etag
    return response


def refuse(
    asked: Request,
    refusal: DomainError,
    *,
    malformed: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    """A refusal as it goes over the wire."""
    is_schema = refusal.code == "validation_error"
    status = malformed if is_schema else refusals.STATUS.get(refusal.code, HTTPStatus.BAD_REQUEST)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        refusal = ServerError()  # nothing else is told
    request_id = str(logs.subjects().get("request_id", ""))
    told = refusals.body_of(refusal, status, request_id)
    response = _response(status, json.dumps(told, ensure_ascii=False).encode(errors="replace"))
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, RepeatedTooSoon):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _json(shown: Any) -> bytes:
    if isinstance(shown, Shown):
        return shown.model_dump_json(by_alias=True).encode()
    return json.dumps(shown).encode()


def _response(status: int, body: bytes) -> Response:
    return Response(body, status, _ALWAYS, "application/json")
