"""What makes an endpoint of a function: a transaction goes in, what is shown comes out.

    @oncall.post("/oncall/schedules", refuses=(NameConflict, InvalidTargetUser))
    async def create_schedule(tx: Transaction, wanted: NewSchedule) -> ScheduleShown: ...

The path, the body and the query are parameters as FastAPI reads them. The first parameter is the
transaction in which the endpoint works and its answer is kept, or the call itself, for the few that
need another kind of transaction. What such a function raises is told as spec section 9 says; what
it may raise stands in `refuses`, and from there in the OpenAPI document.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from fastapi.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from web.api.answering import Call, Exists, Terms
from web.api.describing import ADMINS_ALONE, describe
from web.api.judging import ApiRoute
from web.api.schemas.base import Data

Function = Callable[..., Awaitable[Any]]
Register = Callable[[Function], Function]
Refuses = tuple[type[DomainError], ...]


class Endpoints:
    """The endpoints about one noun. `exists` is asked for what their paths name."""

    def __init__(self, noun: str, *, exists: Exists | None = None) -> None:
        self.router = APIRouter(tags=[noun], route_class=ApiRoute)
        self._exists = exists

    def get(self, path: str, **terms: Any) -> Register:
        """Show something. `terms` are those of `_add`."""
        return partial(self._add, "GET", path, HTTPStatus.OK, **terms)

    def post(self, path: str, *, makes: bool = True, **terms: Any) -> Register:
        """Make something, 201; or do something, 200."""
        status = HTTPStatus.CREATED if makes else HTTPStatus.OK
        return partial(self._add, "POST", path, status, **terms)

    def put(self, path: str, **terms: Any) -> Register:
        """Set something as a whole."""
        return partial(self._add, "PUT", path, HTTPStatus.OK, **terms)

    def patch(self, path: str, **terms: Any) -> Register:
        """Change what is named, and nothing else."""
        return partial(self._add, "PATCH", path, HTTPStatus.OK, **terms)

    def delete(self, path: str, **terms: Any) -> Register:
        """Remove something."""
        return partial(self._add, "DELETE", path, HTTPStatus.NO_CONTENT, **terms)

    def _add(
        self,
        method: str,
        path: str,
        status: HTTPStatus,
        function: Function,
        *,
        refuses: Refuses = (),
        admins: str | None = None,
        exists: Exists | None = None,
        malformed: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> Function:
        signature = inspect.signature(function)
        first = next(iter(signature.parameters.values()))
        terms = Terms(
            status=status,
            admins=admins,
            exists=exists or (self._exists if "{" in path else None),
            writes=method != "GET",
            by_itself=first.annotation is Call,
            malformed=malformed,
        )
        shown = signature.return_annotation
        self.router.add_api_route(
            path,
            _endpoint(function, signature, terms),
            methods=[method],
            status_code=int(status),
            response_model=None if shown is None else Data.__class_getitem__(shown),
            operation_id=function.__name__,
            summary=_summary(function),
            description=_description(function),
            responses=describe(method, path, signature, terms, refuses),
            openapi_extra={ADMINS_ALONE: True} if admins else None,
        )
        return function


def _endpoint(function: Function, signature: inspect.Signature, terms: Terms) -> Function:
    """What FastAPI calls: the function's own parameters, but for the first."""
    _, *given = signature.parameters.values()

    async def endpoint(request: Request, **facts: Any) -> Response:
        call: Call = request.state.call
        if terms.by_itself:
            return call.say(await function(call, **facts))
        return await call.answer(lambda tx: function(tx, **facts))

    keyword = inspect.Parameter.KEYWORD_ONLY
    asked = inspect.Parameter("request", keyword, annotation=Request)
    parameters = [asked, *(one.replace(kind=keyword) for one in given)]
    asks = signature.replace(parameters=parameters, return_annotation=Any)
    endpoint.__signature__ = asks  # type: ignore[attr-defined]  # `inspect` looks for it
    endpoint.__doc__ = function.__doc__
    endpoint.terms = terms  # type: ignore[attr-defined]  # ApiRoute looks for them
    return endpoint


def _summary(function: Function) -> str:
    return inspect.cleandoc(function.__doc__ or "").split("\n")[0].rstrip(".")


def _description(function: Function) -> str:
    return inspect.cleandoc(function.__doc__ or "")
