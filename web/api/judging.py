"""From a request to its answer, with every check in the order of spec section 4.

The key; how fast it asks; its role; existence; schema; and the rules of core. Whatever is refused
on the way is refused in the same shape, and a request that is repeated gets its first answer.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, get_origin
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from core import keys, permissions, repeats
from core.errors import DomainError, NotAuthorized, NotFound
from core.repeats import Answer, Repeatable
from core.transaction import Actor
from storage.limits import IDEMPOTENCY_KEY_MAX
from storage.vocabulary import Surface
from web.api import refusals
from web.api.answering import Call, Door, Terms, again, rate_headers, refuse
from web.api.refusals import Fault, Malformed, PayloadTooLarge, RateLimited, ServerError

log = logging.getLogger(__name__)

BODY_MAX = 1_000_000
"""Bytes."""

NOT_JSON = "not JSON"
"""Stands for a body that can't be read: no schema takes a text, so it is refused where all are."""

IDEMPOTENCY_KEY = "Idempotency-Key"

ASKED_BY = ("Content-Type", "If-Match")
"""Headers that make another request of it."""

_NO_BODY = (b"", b"{}")
"""What some programs send where there is nothing to say."""


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
        except (ValueError, RecursionError):  # a number may have too many digits, too
            return NOT_JSON


class ApiRoute(APIRoute):
    """A route that judges a request before it is worked on, and answers for what it raises."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request of this route."""
        work = super().get_route_handler()
        terms: Terms = getattr(self.endpoint, "terms")  # noqa: B009  (set by Endpoints)
        asked_once = {
            one.alias: get_origin(one.field_info.annotation) is not list
            for one in self.dependant.query_params
        }
        takes_body = self.body_field is not None or not terms.writes

        async def work_on_nothing_else(request: Request) -> Response:
            said = Counter(name for name, _ in request.query_params.multi_items())
            unknown = sorted(set(said) - set(asked_once))
            faults = [Fault(name, "There is no such parameter here.") for name in unknown]
            faults += [
                Fault(name, "It stands there more than once: say it once.")
                for name, once in asked_once.items()
                if once and said[name] > 1
            ]
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
    caller = None
    try:
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
            if not terms.writes and not terms.by_itself:
                call.tx = tx
                return await _within_schema(call, asked, work)
        return await _write(call, asked, work, secret)
    finally:
        if caller is not None:
            await _note_use(door, caller)


async def _note_use(door: Door, caller: keys.Caller) -> None:
    try:
        await keys.note_use(door.core, caller)
    except Exception:  # an answer is not withheld for it
        log.exception("when a key was used last could not be kept")


async def _write(call: Call, asked: ApiRequest, work: Work, secret: str) -> Response:
    """Do it, or refuse it; where it is repeated, as the first time."""
    body = await asked.body()
    try:
        call.repeatable = request = _repeatable(asked, call.actor, secret, body)
    except Malformed:
        await _check_existence(call, asked)
        raise
    if request is None:
        return await _within_schema(call, asked, work)
    async with repeats.one_at_a_time(call.core, call.actor, request):
        return await _write_once(call, asked, work, request)


async def _write_once(call: Call, asked: ApiRequest, work: Work, request: Repeatable) -> Response:
    try:
        return await _within_schema(call, asked, work)
    except DomainError as refusal:
        if not refusals.is_kept(refusal):
            raise
        told = refuse(asked, refusal, malformed=call.terms.malformed)
        answer = Answer(told.status_code, bytes(told.body).decode())
        async with call.core.transaction(call.actor) as tx:
            first = await repeats.keep_refusal(tx, request, answer)
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
    headers = (asked.headers.get(name, "") for name in ASKED_BY)
    whole = "\n".join((path, str(asked.url.query), *headers)).encode() + b"\n" + body
    return Repeatable.of(actor.id, given, secret=secret, asked=whole)
