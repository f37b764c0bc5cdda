"""From a request to its answer, with every check in the order of spec section 4.

The key; how fast it asks; its role; existence; schema; and the rules of core. Whatever is refused
on the way is refused in the same shape, and a request that is repeated gets its first answer.
"""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from core import keys, logs, permissions, repeats
from core.errors import DomainError, NotAuthorized, NotFound, RepeatedTooSoon
from core.repeats import Answer, Repeatable
from core.transaction import Actor, Core, Transaction
from storage.limits import IDEMPOTENCY_KEY_MAX
from storage.vocabulary import Surface
from web.api import refusals
from web.api.refusals import Fault, Malformed, PayloadTooLarge, RateLimited, ServerError
from web.api.schemas.base import Shown
from web.pace import Allowance, Pace

log = logging.getLogger(__name__)

BODY_MAX = 1_000_000
"""Bytes."""

RETRY_SECONDS = 1
"""After so many seconds a request that came too soon may come again."""

NOT_JSON = "not JSON"
"""Stands for a body that can't be read: no schema takes a text, so it is refused where all are."""

IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

_NO_BODY = (b"", b"{}")
"""What some programs send where there is nothing to say."""

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
            if self.repeatable and (kept := await repeats.claim(tx, self.repeatable)):
                return again(kept)
            shown = await work(tx)
            response = self.say(shown)
            if self.repeatable:
                again_said = self.say(shown.repeated if isinstance(shown, Shown) else shown)
                answer = Answer(again_said.status_code, bytes(again_said.body).decode())
                await repeats.keep(tx, self.repeatable, answer)
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


class ApiRequest(Request):
    """A request whose body is read once and no further than it may be long."""

    async def body(self) -> bytes:
        """Every byte. Raises PayloadTooLarge."""
        if not hasattr(self, "_body"):
            read = bytearray()
            async for chunk in self.stream():
                read += chunk
                if len(read) > BODY_MAX:
                    raise PayloadTooLarge
            self._body = bytes(read)
        return self._body

    async def json(self) -> Any:
        """What the body says; if that is no JSON, what no schema takes."""
        try:
            return json.loads(await self.body())
        except (JSONDecodeError, UnicodeDecodeError, RecursionError):
            return NOT_JSON


class ApiRoute(APIRoute):
    """A route that judges a request before it is worked on, and answers for what it raises."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request of this route."""
        work = super().get_route_handler()
        terms: Terms = getattr(self.endpoint, "terms")  # noqa: B009  (set by Endpoints)
        known = frozenset(one.alias for one in self.dependant.query_params)
        takes_body = self.body_field is not None or not terms.writes

        async def work_on_nothing_else(request: Request) -> Response:
            unknown = sorted(set(request.query_params) - known)
            faults = [Fault(name, "There is no such parameter here.") for name in unknown]
            if not takes_body and (await request.body()).strip() not in _NO_BODY:
                faults.append(Fault("body", "There is nothing to say here: send no body."))
            if faults:
                raise Malformed(faults)
            return await work(request)

        async def handle(request: Request) -> Response:
            asked = ApiRequest(request.scope, request.receive)
            return await _handle(asked, terms, work_on_nothing_else)

        return handle


Work = Callable[[Request], Coroutine[Any, Any, Response]]


async def _handle(asked: ApiRequest, terms: Terms, work: Work) -> Response:
    """The answer, whatever happens: what is raised is told in one shape."""
    headers: dict[str, str] = {}
    try:
        response = await _judge(asked, terms, work, headers)
    except DomainError as refusal:
        response = refuse(asked, refusal, malformed=terms.malformed)
    except Exception:
        log.exception("a request could not be answered")
        response = refuse(asked, ServerError())
    response.headers.update(headers)
    return response


async def _judge(asked: ApiRequest, terms: Terms, work: Work, headers: dict[str, str]) -> Response:
    """What only reads does so in the one transaction in which its key was looked up."""
    door = Door.of(asked)
    secret = secret_of(asked)
    async with door.core.reading(Actor.system()) as tx:
        caller = await keys.recognise(tx, secret, Surface.API)
        allowance = door.pace.take(caller.actor.id)
        headers.update(rate_headers(allowance))
        if allowance.retry_after is not None:
            raise RateLimited
        if terms.admins:
            await permissions.require_admin(tx, terms.admins)
        call = Call(door.core, caller.actor, terms, None, headers)
        asked.state.call = call
        response = None
        if not terms.writes and not terms.by_itself:
            call.tx = tx
            response = await _within_schema(call, asked, work)
    await keys.note_use(door.core, caller)
    return response or await _write(call, asked, work, secret)


async def _write(call: Call, asked: ApiRequest, work: Work, secret: str) -> Response:
    """Do it, or refuse it; where it is repeated, as the first time."""
    call.repeatable = _repeatable(asked, call.actor, secret, await asked.body())
    try:
        return await _within_schema(call, asked, work)
    except DomainError as refusal:
        if call.repeatable is None or not refusals.is_kept(refusal):
            raise
        told = refuse(asked, refusal, malformed=call.terms.malformed)
        answer = Answer(told.status_code, bytes(told.body).decode())
        async with call.core.transaction(call.actor) as tx:
            first = await repeats.keep_refusal(tx, call.repeatable, answer)
        return told if first is answer else again(first)


async def _within_schema(call: Call, asked: ApiRequest, work: Work) -> Response:
    """What does not exist is not found, whatever else is wrong with the request."""
    try:
        return await work(asked)
    except RequestValidationError as error:
        malformed = refusals.malformed(error.errors())
    except Malformed as error:
        malformed = error
    await _check_existence(call, asked)
    raise malformed


async def _check_existence(call: Call, asked: ApiRequest) -> None:
    ids = {name: _id(value) for name, value in asked.path_params.items()}
    if call.terms.exists:
        async with call.reading() as tx:
            await call.terms.exists(tx, ids)


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None


def secret_of(asked: Request) -> str:
    """The API key that a request brought. Raises NotAuthorized for none."""
    scheme, _, secret = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotAuthorized
    return secret.strip()


def _repeatable(asked: ApiRequest, actor: Actor, secret: str, body: bytes) -> Repeatable | None:
    given = asked.headers.get(IDEMPOTENCY_KEY)
    if given is None or asked.method != "POST":
        return None
    if not 1 <= len(given) <= IDEMPOTENCY_KEY_MAX or not given.isascii() or not given.isprintable():
        said = f"It must be 1 to {IDEMPOTENCY_KEY_MAX} printable ASCII characters."
        raise Malformed([Fault(IDEMPOTENCY_KEY, said)])
    assert actor.id  # noqa: S101  (a key has one)
    path = asked.scope["path"].removeprefix(asked.scope.get("root_path", ""))
    whole = b"\n".join((path.encode(), str(asked.url.query).encode(), body))
    return Repeatable.of(actor.id, given, secret=secret, asked=whole)


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
