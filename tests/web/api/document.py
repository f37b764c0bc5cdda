"""Whether an answer is what the OpenAPI document says: its status, its code, its schema."""

import json
import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from web.api import openapi_document

BASE = "urn:tocsin"


@cache
def _document() -> dict[str, Any]:
    return openapi_document()


@cache
def _registry() -> Registry[Any]:
    resource = Resource.from_contents(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **_document()}
    )
    return Registry().with_resource(BASE, resource)


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """The literal ones first: `…/layers/order` is no layer's."""
    every = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in every]


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """What the document says of an endpoint; None where there is none."""
    below = re.sub(r"^/(v1|api)", "", path)
    for pattern, of_path in _paths():
        operation = _document()["paths"][of_path].get(method.lower())
        if operation and pattern.fullmatch(below):
            return dict(operation)
    return None


@cache
def _validator(of_operation: str, status: str) -> Draft202012Validator:
    pointer = f"{BASE}#/paths/{of_operation}/responses/{status}/content/application~1json/schema"
    return Draft202012Validator(
        {"$ref": pointer},
        registry=_registry(),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def check_answer(answer: httpx.Response) -> None:
    """Raises AssertionError for an answer of which the document does not know."""
    assert answer.headers["X-Request-Id"]
    request = answer.request
    operation = operation_of(request.method, request.url.path)
    if operation is None:
        return
    _check_request(request, answer, operation)
    status = str(answer.status_code)
    assert status in operation["responses"], f"undocumented: {status} {answer.text}"
    if status == "204":
        return
    below = re.sub(r"^/(v1|api)", "", request.url.path)
    of_path = next(
        path
        for pattern, path in _paths()
        if pattern.fullmatch(below) and request.method.lower() in _document()["paths"][path]
    )
    pointer = f"{of_path.replace('/', '~1')}/{request.method.lower()}"
    _validator(pointer, status).validate(answer.json())
    if answer.status_code >= 400:
        told = operation["responses"][status]["content"]["application/json"]["examples"]
        assert answer.json()["code"] in told, f"undocumented: {answer.text}"
        assert answer.json()["statusCode"] == answer.status_code
        assert answer.json()["requestId"]


def _check_request(
    request: httpx.Request, answer: httpx.Response, operation: dict[str, Any]
) -> None:
    """What was done must have been asked for as the document says; a refusal may be for that."""
    asked = operation.get("requestBody")
    if answer.status_code >= 400 or asked is None or not request.content:
        return
    schema = asked["content"]["application/json"]["schema"]
    resolved = {**schema, "$ref": f"{BASE}{schema['$ref']}"} if "$ref" in schema else schema
    Draft202012Validator(resolved, registry=_registry()).validate(
        _trimmed(json.loads(request.content))
    )


def _trimmed(value: Any) -> Any:
    """White space at the ends of a text is trimmed before it is measured (spec section 2)."""
    if isinstance(value, dict):
        return {name: _trimmed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_trimmed(one) for one in value]
    return value.strip() if isinstance(value, str) else value
