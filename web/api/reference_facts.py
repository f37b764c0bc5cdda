"""PURE. The OpenAPI document as a reader wants it: nouns, endpoints, and every field in a line.

Nothing is said here that the document does not say.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from web.api.describing import ADMINS_ALONE
from web.api.samples import resolved

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class FieldLine:
    """A field or a parameter: its name with dots for what lies deeper, and what may stand there."""

    name: str
    kind: str
    required: bool
    about: str
    words: tuple[str, ...] = ()
    """Where only certain words may stand, these."""


@dataclass(frozen=True)
class RefusalLine:
    """A refusal by its code, and the sentence that tells it."""

    status: int
    code: str
    sentence: str


@dataclass(frozen=True)
class EndpointFacts:
    """Everything about one endpoint."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    for_admins: bool
    in_path: tuple[FieldLine, ...]
    in_query: tuple[FieldLine, ...]
    in_headers: tuple[FieldLine, ...]
    body: tuple[FieldLine, ...]
    curl: str
    status: int
    answers: str
    answer: tuple[FieldLine, ...]
    shown: str
    refusals: tuple[RefusalLine, ...]
    """Its own; those that every endpoint has are told once (`Reference.everywhere`)."""


@dataclass(frozen=True)
class Noun:
    """What a chapter is about."""

    id: str
    name: str
    about: str
    endpoints: tuple[EndpointFacts, ...]


@dataclass(frozen=True)
class Reference:
    """The whole page."""

    about: str
    nouns: tuple[Noun, ...]
    refusals: tuple[RefusalLine, ...]
    everywhere: frozenset[str]
    """The codes that any endpoint may refuse with."""


EVERYWHERE = frozenset({
    "not_authorized", "payload_too_large", "rate_limited", "server_error",
    "idempotency_conflict", "idempotency_in_progress",
})  # fmt: skip


def read_reference(document: Schema, *, base: str = "/v1") -> Reference:
    """What the document says, by noun, in its order."""
    schemas = document["components"]["schemas"]
    chapters: dict[str, list[EndpointFacts]] = {tag["name"]: [] for tag in document["tags"]}
    every: dict[str, RefusalLine] = {}
    for path, of_path in document["paths"].items():
        for method, operation in of_path.items():
            facts = _endpoint(method.upper(), f"{base}{path}", operation, schemas)
            chapters[operation["tags"][0]].append(facts)
            for refusal in _refusals(operation):
                every.setdefault(refusal.code, refusal)
    nouns = (
        Noun(_slug(tag["name"]), tag["name"], tag["description"], tuple(chapters[tag["name"]]))
        for tag in document["tags"]
    )
    return Reference(
        document["info"]["description"],
        tuple(nouns),
        tuple(sorted(every.values(), key=lambda one: (one.status, one.code))),
        EVERYWHERE,
    )


def _endpoint(method: str, path: str, operation: Schema, schemas: Schema) -> EndpointFacts:
    parameters = [(one["in"], _parameter(one, schemas)) for one in operation.get("parameters", ())]
    status = min(int(one) for one in operation["responses"])
    response = operation["responses"][str(status)]
    given = response.get("content", {}).get("application/json", {})
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    refusals = tuple(_refusals(operation))
    return EndpointFacts(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        about=operation.get("description", ""),
        for_admins=operation.get(ADMINS_ALONE, False),
        in_path=tuple(line for where, line in parameters if where == "path"),
        in_query=tuple(line for where, line in parameters if where == "query"),
        in_headers=tuple(line for where, line in parameters if where == "header"),
        body=tuple(_fields(sent.get("schema", {}), schemas)),
        curl=_curl(method, path, operation, sent.get("example")),
        status=status,
        answers=response["description"],
        answer=tuple(_fields(given.get("schema", {}), schemas))[1:],  # `data` holds them all
        shown=_json(given["example"]) if "example" in given else "",
        refusals=tuple(one for one in refusals if one.code not in EVERYWHERE),
    )


def _parameter(parameter: Schema, schemas: Schema) -> FieldLine:
    schema = parameter["schema"]
    about = parameter.get("description") or _about(schema, schemas)
    kind, words = _kind(schema, schemas)
    return FieldLine(parameter["name"], kind, parameter.get("required", False), about, words)


def _fields(schema: Schema, schemas: Schema, prefix: str = "") -> Iterator[FieldLine]:
    """Every field, each object's own behind it."""
    met = set()
    for one in _choices(schema, schemas):
        required = one.get("required", ())
        for name, field in one.get("properties", {}).items():
            if name in met:
                continue
            met.add(name)
            kind, words = _kind(field, schemas)
            path = f"{prefix}{name}"
            yield FieldLine(path, kind, name in required, _about(field, schemas), words)
            for inner in _choices(field, schemas):
                if inner.get("type") == "array":
                    yield from _fields(inner["items"], schemas, f"{path}[].")
                else:
                    yield from _fields(inner, schemas, f"{path}.")


def _choices(schema: Schema, schemas: Schema) -> list[Schema]:
    """What it may be, null aside: one schema, or several."""
    several = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [resolved(one, schemas) for one in several if one.get("type") != "null"]


def _about(schema: Schema, schemas: Schema) -> str:
    own = str(schema.get("description", ""))
    target = resolved(schema, schemas)
    return own or ("" if "properties" in target else str(target.get("description", "")))


def _kind(schema: Schema, schemas: Schema) -> tuple[str, tuple[str, ...]]:
    """A type in words with its limits, and the words that alone may stand there."""
    choices = _choices(schema, schemas)
    or_null = any(one.get("type") == "null" for one in schema.get("anyOf", ()))
    said = " or ".join(dict.fromkeys(_type(one, schemas) for one in choices))
    words = tuple(str(word) for one in choices for word in _words(one, schemas))
    return f"{said} or null" if or_null else said, words


def _words(schema: Schema, schemas: Schema) -> tuple[Any, ...]:
    if schema.get("type") == "array":
        return _words(resolved(schema["items"], schemas), schemas)
    if "const" in schema:
        return (schema["const"],)
    return tuple(schema.get("enum", ()))


_FORMATS = {
    "uuid": "UUID",
    "date-time": "instant",
    "date": "date",
    "email": "e-mail address",
    "time": "time of day",
}
_PLURALS = {"e-mail address": "e-mail addresses", "time of day": "times of day"}


def _type(schema: Schema, schemas: Schema) -> str:
    if schema.get("type") == "array":
        count = _between(schema.get("minItems"), schema.get("maxItems"), "")
        one = _kind(schema["items"], schemas)[0].partition(",")[0]
        several = _PLURALS.get(one, f"{one}s")
        return f"list of {several}{f', {count}' if count else ''}"
    if "enum" in schema or "const" in schema:
        return "word"
    if "format" in schema:
        return _FORMATS.get(schema["format"], str(schema["format"]))
    if schema.get("type") == "integer":
        low, high = schema.get("minimum"), schema.get("maximum")
        count = _between(low, high, "")
        return f"whole number{f', {count}' if count else ''}"
    if schema.get("type") == "string":
        count = _between(schema.get("minLength"), schema.get("maxLength"), " characters")
        return f"text{f', {count}' if count else ''}"
    return {"boolean": "true or false", "null": "null"}.get(str(schema.get("type")), "object")


def _between(low: int | None, high: int | None, unit: str) -> str:
    if high is None:
        return f"at least {low:,}{unit}" if low else ""
    if low == high:
        return f"{high:,}{unit}"
    return f"at most {high:,}{unit}" if low is None else f"{low:,} to {high:,}{unit}"


def _refusals(operation: Schema) -> Iterator[RefusalLine]:
    for status, response in operation["responses"].items():
        examples = response.get("content", {}).get("application/json", {}).get("examples", {})
        for code, one in examples.items():
            yield RefusalLine(int(status), code, one["value"]["message"])


def _curl(method: str, path: str, operation: Schema, body: Any) -> str:
    """A command to paste, once URL, TOKEN and the ids are set."""
    address = re.sub(r"\{(\w+)\}", lambda one: f"${_variable(one[1])}", path)
    asked = "&".join(
        f"{one['name']}={one['example']}"
        for one in operation.get("parameters", ())
        if one["in"] == "query" and one.get("required")
    )
    lines = ["curl" if method == "GET" else f"curl -X {method}"]
    lines[0] += f' "$URL{address}{f"?{asked}" if asked else ""}"'
    lines.append('-H "Authorization: Bearer $TOCSIN_KEY"')
    if body is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append("-d '" + _json(body).replace("'", "'\\''") + "'")
    return " \\\n  ".join(lines)


def _variable(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z]+", "-", name.lower()).strip("-")
