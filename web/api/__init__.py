"""The REST API: all that Slack can do, for programs, under `/v1` and `/api` (spec section 9).

endpoints     makes an endpoint of a function over a transaction
judging       from a request to its answer, every check in its order
answering     in one transaction, whose answer is kept; and how refusals are told
refusals      every refusal's status, type and body
describing    what the OpenAPI document says of an endpoint
openapi       the document as a whole; wording its sentences, samples its examples
reference     the same for people, as a page
unlocked      how both are answered, to anybody
schemas/      what goes in and comes out, as JSON
incidents …   the endpoints, a file for each noun
"""

import re
from functools import cache
from http import HTTPStatus
from time import monotonic
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import DomainError, NotFound
from core.transaction import Core
from web.api import (
    api_keys,
    audit,
    components,
    incidents,
    members,
    overrides,
    policies,
    reference,
    rotation_layers,
    schedules,
    status_pages,
    updates,
)
from web.api.answering import Door, refuse
from web.api.openapi import document, methods_of
from web.api.refusals import MethodNotAllowed
from web.api.unlocked import answer, write_openapi
from web.pace import Pace
from web.status_documents import Document

PER_SECOND = 100.0
BURST = 200
"""What one key may ask, of each process (spec section 9)."""

PREFIXES = ("/v1", "/api")

VERSION = "1"


class Api:
    """The API of one product. What is the same for all of them is made once."""

    def __init__(self, core: Core, *, per_second: float = PER_SECOND, burst: int = BURST) -> None:
        self.pace = Pace(per_second=per_second, burst=burst, stopwatch=monotonic)
        self._door = Door(core, self.pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below one of the prefixes."""
        scope["tocsin.door"] = self._door
        await _routes()(scope, receive, send)


def mounts(api: Api) -> list[Mount]:
    """Where the API answers: all that is below its prefixes, whatever somebody writes there."""
    found = [Mount(prefix, app=api) for prefix in PREFIXES]
    for one in found:  # its own pattern ends at a line break, and another application would answer
        one.path_regex = re.compile(one.path_regex.pattern, re.DOTALL)
    return found


@cache
def _routes() -> ASGIApp:
    """Every endpoint, of every product: they know none."""
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for noun in (
        incidents,
        updates,
        schedules,
        rotation_layers,
        overrides,
        policies,
        components,
        status_pages,
        members,
        api_keys,
        audit,
    ):
        api.include_router(noun.ENDPOINTS.router)

    async def openapi(request: Request) -> Response:
        return answer(request, _openapi)

    async def docs(request: Request) -> Response:
        return answer(request, _docs)

    api.add_route("/openapi.json", openapi, include_in_schema=False)
    api.add_route("/docs", docs, include_in_schema=False)

    @api.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        known: dict[int, DomainError] = {
            HTTPStatus.NOT_FOUND: NotFound("There is no such endpoint."),
            HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed(),
        }
        response = refuse(request, known.get(error.status_code, NotFound()))
        response.headers.update(error.headers or {})
        below = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if allowed := methods_of(openapi_document(), below):
            response.headers["Allow"] = ", ".join(allowed)
        return response

    return api


@cache
def _openapi() -> Document:
    return write_openapi(openapi_document())


@cache
def _docs() -> Document:
    return reference.render(openapi_document(), per_second=PER_SECOND, burst=BURST)


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, as it is served and committed as docs/openapi.json."""
    routes = _routes()
    assert isinstance(routes, FastAPI)  # noqa: S101  (made above)
    return document(routes, version=VERSION)
