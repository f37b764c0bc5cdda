"""What the OpenAPI document says of one endpoint: its answer, and every refusal with its code.

It is generated from what answers: the signature, and the refusals that the endpoint names.
"""

import inspect
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

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

ADMINS_ALONE = "x-admins-alone"
"""Stands at what only an admin's key may do. Elsewhere a role may matter for one field."""

REQUEST_ID = "0d6c1f0e4a5b4c7d8e9f0a1b2c3d4e5f"
"""Stands in examples."""

_MEANS = {
    HTTPStatus.BAD_REQUEST: "The request is understood, and can't be done.",
    HTTPStatus.UNAUTHORIZED: "No API key that is known, and neither revoked nor expired.",
    HTTPStatus.FORBIDDEN: "The API key may not do this.",
    HTTPStatus.NOT_FOUND: "There is no such thing in your organization.",
    HTTPStatus.CONFLICT: "Something that is there already stands against it.",
    HTTPStatus.PRECONDITION_FAILED: "It has changed since you looked.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is over 1 MB.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something in the request is missing, too long, or unknown.",
    HTTPStatus.TOO_MANY_REQUESTS: "This API key asks too fast.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side.",
}
"""A status in words, before the codes tell it exactly."""


def describe(
    method: str,
    path: str,
    signature: inspect.Signature,
    terms: "Terms",
    refuses: Iterable[type[DomainError]],
) -> Responses:
    """The answer of one endpoint in words, and every refusal, those that all have among them."""
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
    told: Responses = {int(terms.status): {"description": _success(method, terms.status)}}
    if _has_etag(signature.return_annotation):
        told[int(terms.status)]["headers"] = {"ETag": {}}
    for kind in sorted(set(kinds), key=lambda one: one.code):
        status = terms.malformed if kind is Malformed else STATUS[kind.code]
        _add(told, status, kind)
    return dict(sorted(told.items(), key=lambda one: int(one[0])))


def _has_etag(shown: Any) -> bool:
    return isinstance(shown, type) and issubclass(shown, Shown) and shown.etag is not Shown.etag


def _success(method: str, status: HTTPStatus) -> str:
    if status == HTTPStatus.NO_CONTENT:
        return "It is gone. There is no body."
    if status == HTTPStatus.CREATED:
        return "It is made, and this is what it is."
    return "What was asked for." if method == "GET" else "It is done, and this is how it is now."


def _add(told: Responses, status: HTTPStatus, kind: type[DomainError]) -> None:
    refusal = kind()
    example = body_of(refusal, status, REQUEST_ID)
    if kind is Malformed:
        example["errors"] = [{"field": "title", "message": "It is missing."}]
    one = told.setdefault(
        int(status),
        {
            "description": _MEANS[status],
            "model": Refusal,
            "content": {"application/json": {"examples": {}}},
        },
    )
    examples = one["content"]["application/json"]["examples"]
    if kind is Malformed:
        one["model"] = SchemaRefusal | Refusal if examples else SchemaRefusal
    elif one["model"] is SchemaRefusal:
        one["model"] = SchemaRefusal | Refusal
    if refusal.code not in examples:  # more than one class may have a code; the first one says it
        examples[refusal.code] = {"summary": refusal.message, "value": example}
