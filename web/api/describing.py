"""What the OpenAPI document says: every endpoint, every refusal with its code as an example.

It is generated from what answers: the signatures, the schemas, and each endpoint's own refusals.
"""

import inspect
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from core.errors import (
    DomainError,
    Forbidden,
    KeyOfAnotherRequest,
    NotAuthorized,
    NotFound,
    RepeatedTooSoon,
    ValidationFailed,
)
from web.api.refusals import (
    STATUS,
    Malformed,
    PayloadTooLarge,
    RateLimited,
    ServerError,
    body_of,
)
from web.api.schemas.base import Refusal, SchemaRefusal, Shown

if TYPE_CHECKING:
    from web.api.answering import Terms

Responses = dict[int | str, dict[str, Any]]

ABOUT = """\
Everything that Tocsin does in Slack, for programs.

A key is made by an admin, with `python app.py key create NAME` or in Slack's App Home, and sent as
`Authorization: Bearer toc_live_…`. Every answer is `{"data": …}`, every refusal says a `code`, a
sentence that says what to do, and the `requestId` under which our log has it.

Any POST can be sent again: give it an `Idempotency-Key` of your own, and within 24 hours the same
request gets its first answer, and nothing is done twice.
"""

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any word of your own. The same request under the same key is done once, and "
    "gets its first answer for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}

_RATE_HEADERS = {
    "RateLimit-Limit": "How many requests this key may send at once after a rest.",
    "RateLimit-Remaining": "How many it may send at once now.",
    "RateLimit-Reset": "In so many seconds it has rested.",
}


def describe(
    method: str,
    path: str,
    signature: inspect.Signature,
    terms: "Terms",
    refuses: Iterable[type[DomainError]],
) -> Responses:
    """Every refusal of one endpoint, those that all have among them; and the ETag of its answer."""
    asks = len(signature.parameters) > 1
    kinds: list[type[DomainError]] = [NotAuthorized, RateLimited, ServerError, *refuses]
    if terms.admins:
        kinds.append(Forbidden)
    if "{" in path:
        kinds.append(NotFound)
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        kinds.append(PayloadTooLarge)
    if method == "POST":
        kinds += [KeyOfAnotherRequest, RepeatedTooSoon]
    if asks or method in ("GET", "POST", "DELETE"):
        kinds.append(Malformed)
    kinds = [Malformed if one is ValidationFailed else one for one in kinds]
    told: Responses = {}
    for kind in sorted(set(kinds), key=lambda one: one.code):
        status = terms.malformed if kind is Malformed else STATUS[kind.code]
        _add(told, int(status), kind)
    if _has_etag(signature.return_annotation):
        told[int(terms.status)] = {"headers": {"ETag": _header("Stands for this state of it.")}}
    return told


def _has_etag(shown: Any) -> bool:
    return inspect.isclass(shown) and issubclass(shown, Shown) and shown.etag is not Shown.etag


def _add(told: Responses, status: int, kind: type[DomainError]) -> None:
    refusal = kind()
    example = body_of(refusal, status, "0d6c1f0e4a5b4c7d8e9f0a1b2c3d4e5f")
    if kind is Malformed:
        example["errors"] = [{"field": "title", "message": "It is missing."}]
    one = told.setdefault(
        status,
        {
            "description": HTTPStatus(status).phrase,
            "model": Refusal,
            "content": {"application/json": {"examples": {}}},
        },
    )
    if kind is Malformed:
        one["model"] = SchemaRefusal if len(one["content"]["application/json"]["examples"]) == 0 \
            else SchemaRefusal | Refusal  # fmt: skip
    elif one["model"] is SchemaRefusal:
        one["model"] = SchemaRefusal | Refusal
    one["content"]["application/json"]["examples"][refusal.code] = {
        "summary": refusal.message,
        "value": example,
    }


def document(api: FastAPI, *, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole API, made once."""
    if api.openapi_schema:
        return api.openapi_schema
    made = get_openapi(
        title="Tocsin",
        version=version,
        openapi_version="3.1.0",
        summary="Incident response where people already are.",
        description=ABOUT,
        routes=api.routes,
        servers=[{"url": "/v1"}],
    )
    made["components"].setdefault("securitySchemes", {})["key"] = {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key: `toc_live_…`.",
    }
    made["security"] = [{"key": []}]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
    for of_path in made["paths"].values():
        for method, operation in of_path.items():
            _complete(method, operation)
    api.openapi_schema = made
    return made


def _complete(method: str, operation: dict[str, Any]) -> None:
    """What is the same for every endpoint, said at each."""
    responses = operation["responses"]
    unwanted = responses.get("422", {}).get("content", {}).get("application/json", {})
    if "HTTPValidationError" in str(unwanted.get("schema", "")):
        del responses["422"]
    for parameter in operation.get("parameters", ()):
        _never_null(parameter)
    if method == "post":
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    for status, response in responses.items():
        headers = response.setdefault("headers", {})
        headers["X-Request-Id"] = _header("The request's id, as logged.")
        if status != "401":
            response["headers"].update(
                {name: _header(said) for name, said in _RATE_HEADERS.items()}
            )
        if status == "429":
            headers["Retry-After"] = _header("In so many seconds, ask again.")


def _never_null(parameter: dict[str, Any]) -> None:
    """A parameter is said or left out. There is no way to say null in an address or a header."""
    said = [one for one in parameter["schema"].pop("anyOf", ()) if one != {"type": "null"}]
    if len(said) == 1:
        parameter["schema"].update(said[0])
    elif said:
        parameter["schema"]["anyOf"] = said


def _header(said: str) -> dict[str, Any]:
    return {"description": said, "schema": {"type": "string"}}
