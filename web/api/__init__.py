"""The REST API: all that Slack can do, for programs, under `/v1` and `/api` (spec section 9).

endpoints     makes an endpoint of a function over a transaction
answering     from a request to its answer, every check in its order
refusals      every refusal's status, type and body
describing    the OpenAPI document
schemas/      what goes in and comes out, as JSON
incidents …   the endpoints, a file for each noun
"""

from functools import cache
from http import HTTPStatus
from time import monotonic

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import DomainError, NotFound
from core.transaction import Core
from web.api import incidents
from web.api.answering import Door, refuse
from web.api.describing import document
from web.api.refusals import MethodNotAllowed
from web.pace import Pace

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


@cache
def _routes() -> ASGIApp:
    """Every endpoint, of every product: they know none."""
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for endpoints in (incidents.ENDPOINTS,):
        api.include_router(endpoints.router)

    @api.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(openapi_document())

    @api.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        known: dict[int, DomainError] = {
            HTTPStatus.NOT_FOUND: NotFound("There is no such endpoint."),
            HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed(),
        }
        response = refuse(request, known.get(error.status_code, NotFound()))
        response.headers.update(error.headers or {})
        return response

    return api


def openapi_document() -> dict[str, object]:
    """The OpenAPI 3.1 document, as it is served and committed as docs/openapi.json."""
    routes = _routes()
    assert isinstance(routes, FastAPI)  # noqa: S101
    return document(routes, version=VERSION)
