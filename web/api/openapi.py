"""The OpenAPI document of the whole API, made of what answers, so that it can't say otherwise.

What is the same at every endpoint is added here, and what the generator writes for machines alone
is taken out: the document is read by people, too.
"""

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from web.api import samples, wording

SUMMARY = "Incident response where people already are."

ABOUT = """\
Everything that Tocsin does in Slack, for programs.

An admin makes a key, with `python app.py key create NAME` or in Slack's App Home. It is sent as
`Authorization: Bearer toc_live_…`. Every answer is `{"data": …}`. Every refusal has a `code` to
decide by, a sentence that says what to do, and the `requestId` under which our log has it.

Any POST can be sent again: give it an `Idempotency-Key` of your own, and within 24 hours the same
request gets its first answer, and nothing is done twice.

What answers under `/v1` answers under `/api`, too.
"""

NOUNS: Mapping[str, str] = {
    "Incidents": "Something is broken and people are working on it: declared, taken, handed on, "
    "and resolved.",
    "Updates": "What is said about an incident, to the team or to everybody, and the steps of its "
    "status. Nothing is ever edited; a text can be removed for good.",
    "Schedules": "Who is on call when, in one time zone: layers of people who take turns, and "
    "overrides, which stand in for a while.",
    "Rotation layers": "A line of shifts in a schedule, counted from 0. The first one's person is "
    "the schedule's owner; everybody else's is paged with them.",
    "Overrides": "Somebody stands in for a stretch of time, in place of the first layer.",
    "Escalation policies": "Whom to page, and whom next if nobody acknowledges: layers, counted "
    "from 1, each with a time to wait.",
    "Components": "The parts of your product that customers know by name. An incident affects "
    "some of them.",
    "Status pages": "What customers read: the components that a page selects, and the incidents "
    "that affect them.",
    "Members": "The people of your organization, and who of them is an admin.",
    "API keys": "What programs act with.",
    "Audit trail": "Who did what, when, and through which door. Nothing on it is ever changed.",
}
"""Each noun of the API with what it means, in the order in which they are read."""

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any word of your own. The same request under the same key is done once, and "
    "gets its first answer for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}

_OF_OURS = re.compile(r" \((see )?spec section[^)]*\)")
"""What docstrings say to those who build this."""

_COUNT = {"type": "integer", "minimum": 0}
_WORD = {"type": "string"}

_HEADERS: Mapping[str, tuple[str, dict[str, Any], bool]] = {
    "X-Request-Id": ("The request's id, as our log has it.", _WORD, True),
    "RateLimit-Limit": ("How many requests this key may send at once after a rest.", _COUNT, True),
    "RateLimit-Remaining": ("How many it may send at once now.", _COUNT, True),
    "RateLimit-Reset": ("In so many seconds it has rested.", _COUNT, True),
    "Retry-After": ("In so many seconds, ask again.", _COUNT, False),
    "WWW-Authenticate": ("`Bearer`: an API key is wanted.", _WORD, True),
    "Idempotency-Replayed": (
        "`true` where this is the first answer to a request that was repeated, given again.",
        {"type": "string", "const": "true"},
        False,
    ),
    "ETag": ("Stands for this state of it; another one with every change.", _WORD, False),
}


def document(api: FastAPI, *, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole API, made once."""
    if api.openapi_schema:
        return api.openapi_schema
    made = get_openapi(
        title="Tocsin",
        version=version,
        openapi_version="3.1.0",
        summary=SUMMARY,
        description=ABOUT,
        routes=api.routes,
        servers=[{"url": "/v1", "description": "This installation"}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = made["components"]
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key: `toc_live_…`."}
    }
    components["headers"] = {name: _header(name) for name in _HEADERS}
    made["security"] = [{"key": []}]
    spoken_of = {tag for of_path in made["paths"].values() for one in of_path.values()
                 for tag in one["tags"]}  # fmt: skip
    made["tags"] = [
        {"name": noun, "description": about} for noun, about in NOUNS.items() if noun in spoken_of
    ]
    for of_path in made["paths"].values():
        for method, operation in of_path.items():
            _complete(method, operation, components["schemas"])
    components["schemas"] = {
        name: one
        for name, one in sorted(components["schemas"].items())
        if not _is_wrapping(name) and name not in ("HTTPValidationError", "ValidationError")
    }
    tidy: dict[str, Any] = _tidied(made)
    wording.add_wording(tidy)
    samples.add_samples(tidy)
    api.openapi_schema = tidy
    return tidy


def methods_of(document: Mapping[str, Any], path: str) -> list[str]:
    """Every method that a path has, for whoever asked with another; none for an unknown path.

    The router alone would name those of the first endpoint that has this path.
    """
    for known in sorted(document["paths"], key=lambda one: one.count("{")):  # `…/order` is no id
        pattern = "[^/]+".join(map(re.escape, re.split(r"\{[^}]+\}", known)))
        if re.fullmatch(pattern, path):
            return [method.upper() for method in document["paths"][known]]
    return []


def _complete(method: str, operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """What is the same for every endpoint, said at each."""
    responses = operation["responses"]
    unwanted = responses.get("422", {}).get("content", {}).get("application/json", {})
    if "HTTPValidationError" in str(unwanted.get("schema", "")):
        del responses["422"]
    operation["description"] = operation["description"].partition("\n")[2].strip()
    if not operation["description"]:
        del operation["description"]
    for parameter in operation.get("parameters", ()):
        _never_null(parameter)
    if method == "post":
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    for status, response in responses.items():
        content = response.get("content", {}).get("application/json", {})
        wrapping = str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
        if _is_wrapping(wrapping):
            content["schema"] = schemas[wrapping]
        named = [*_headers_of(method, status), *response.get("headers", ())]
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in named}


def _never_null(parameter: dict[str, Any]) -> None:
    """A parameter is said or left out. There is no way to say null in an address or a header."""
    said = [one for one in parameter["schema"].pop("anyOf", ()) if one != {"type": "null"}]
    if len(said) == 1:
        parameter["schema"].update(said[0])
    elif said:
        parameter["schema"]["anyOf"] = said


def _headers_of(method: str, status: str) -> list[str]:
    if status == "401":
        return ["X-Request-Id", "WWW-Authenticate"]
    named = ["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    if status in ("409", "429") and (method == "post" or status == "429"):
        named.append("Retry-After")
    if method == "post" and status not in ("429", "500"):
        named.append("Idempotency-Replayed")
    return named


def _header(name: str) -> dict[str, Any]:
    said, schema, required = _HEADERS[name]
    return {"description": said, "schema": schema, **({"required": True} if required else {})}


def _is_wrapping(name: str) -> bool:
    """Whether it is `{"data": …}` around something that has a name of its own."""
    return name.startswith("Data_")


def _tidied(value: Any, *, names: bool = False) -> Any:
    """Without the titles that repeat a name, and with the names that people would choose.

    `names` says that the keys are names of things and no keywords: a field may be called `title`.
    """
    if isinstance(value, list):
        return [_tidied(one) for one in value]
    if isinstance(value, str) and value.startswith("#/components/schemas/"):
        return value.removesuffix("Shown")
    if not isinstance(value, dict):
        return value
    tidy = {}
    for name, one in value.items():
        if name in ("example", "examples", "default", "enum", "const", "info") and not names:
            tidy[name] = one
        elif name == "title" and not names and isinstance(one, str):
            continue
        elif name == "description" and not names and isinstance(one, str):
            tidy[name] = _OF_OURS.sub("", one)
        else:
            is_naming = name in ("properties", "schemas", "headers", "responses", "paths")
            key = name.removesuffix("Shown") if names else name
            tidy[key] = _tidied(one, names=is_naming and not names)
    return tidy
