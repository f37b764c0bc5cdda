"""What stands in examples: a value for each field by its name, so that all of them tell one story.

An example that says too little is none: every field that a caller may send has its value here.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

_OURS = UUID("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")

BOB = str(uuid5(_OURS, "Bob"))
DAVE = str(uuid5(_OURS, "Dave"))
PAYMENTS = str(uuid5(_OURS, "Payments"))
CHECKOUT = str(uuid5(_OURS, "Checkout"))

_BOB = {"id": BOB, "name": "Bob Okafor"}
_DEPLOYS = {"id": str(uuid5(_OURS, "Deploys")), "name": "Deploys"}

_VALUES: Mapping[str, Any] = {
    "title": "Checkout is down",
    "name": "Payments",
    "description": "Nobody can pay since the last deployment.",
    "message": "It is missing.",
    "body": "The disk of the database is full. We are making room.",
    "severity": "critical",
    "ownerId": BOB,
    "userId": BOB,
    "userIds": [BOB],
    "participantIds": [BOB, DAVE],
    "targetUserId": DAVE,
    "ownerScheduleId": PAYMENTS,
    "scheduleId": PAYMENTS,
    "componentIds": [CHECKOUT],
    "email": "dave@example.com",
    "timezone": "Europe/Berlin",
    "rotationType": "weekly",
    "rotationLengthDays": 7,
    "handoffTime": "09:00",
    "effectiveFrom": "2026-03-02T08:00:00Z",
    "ackTimeoutMinutes": 5,
    "layer": 1,
    "position": 1,
    "number": 42,
    "groupLabel": "Shop",
    "slug": "acme",
    "resolutionNote": "The disk is full.",
    "slackUserId": "U012ABCDE",
    "key": "toc_live_…",
    "expiresAt": "2027-03-01T09:00:00.000Z",
    "from": "2026-03-02T00:00:00Z",
    "to": "2026-03-09T00:00:00Z",
    "state": "waiting",
    "createdBy": _DEPLOYS,
    "postedBy": _DEPLOYS,
    "owner": _BOB,
    "user": _BOB,
    "users": [_BOB],
    "pagingTargets": [_BOB],
    "affectedComponents": [{"id": CHECKOUT, "name": "Checkout"}],
}
"""By the name of the field; what has none here gets a value by its type."""

_SENT: Mapping[str, Any] = {"status": "identified", "statusChange": "identified"}
"""What is sent to bring about what is shown in between."""

_LEFT_OUT = frozenset({"ownerId", "escalationPolicyId", "effectiveUntil", "statusOverride"})
"""Optional, and clearer left out of what is sent: another field stands for it."""

_NOT_YET = frozenset(
    {"acknowledgedBy", "acknowledgedAt", "redactedBy", "redactedAt", "effectiveUntil"}
)
"""What is shown as null, as it is to begin with."""

_BY_FORMAT: Mapping[str, Any] = {
    "date-time": "2026-03-01T09:00:00.000Z",
    "date": "2026-03-01",
    "email": "dave@example.com",
}


def add_samples(document: dict[str, Any]) -> None:
    """Give every body an example, what is sent and what comes back, and what a query must say."""
    schemas = document["components"]["schemas"]
    for of_path in document["paths"].values():
        for operation in of_path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "query" and parameter.get("required"):
                    name, schema = parameter["name"], parameter["schema"]
                    parameter["example"] = _VALUES.get(name) or sample(
                        name, schema, schemas, is_sent=True
                    )
            sent = operation.get("requestBody", {})
            _add(sent, schemas, is_sent=True)
            for status, response in operation["responses"].items():
                if int(status) < 300:
                    _add(response, schemas, is_sent=False)


def sample(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any], *, is_sent: bool
           ) -> Any:  # fmt: skip
    """A value that the schema takes, such as a reader would expect under this name."""
    if name in _NOT_YET and not is_sent and {"type": "null"} in schema.get("anyOf", ()):
        return None
    schema = resolved(schema, schemas)
    if "default" in schema and is_sent and schema["default"] is not None and name not in _VALUES:
        return schema["default"]
    if "const" in schema:
        return schema["const"]
    words = schema.get("enum", ())
    if is_sent and _SENT.get(name) in words:
        return _SENT[name]
    if words:
        return _VALUES[name] if _VALUES.get(name) in words else words[0]
    if name in _VALUES and _fits(_VALUES[name], schema, schemas):
        return _VALUES[name]
    if "properties" in schema:
        return _sample_of_fields(schema, schemas, is_sent=is_sent)
    if schema.get("type") == "array":
        return [sample(name, schema.get("items", {}), schemas, is_sent=is_sent)]
    if schema.get("format") == "uuid":
        return str(uuid5(_OURS, name))
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    by_type = {"integer": schema.get("minimum", 1), "boolean": True, "string": "…", "object": {}}
    return by_type.get(str(schema.get("type")))


def resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a schema refers to; of one that may be null, what it is otherwise."""
    if "$ref" in schema:
        referred = schemas[schema["$ref"].rpartition("/")[2]]
        return resolved({**referred, **{k: v for k, v in schema.items() if k != "$ref"}}, schemas)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            first = next(one for one in schema[choice] if one.get("type") != "null")
            rest = {k: v for k, v in schema.items() if k != choice}
            return {**resolved(first, schemas), **rest}
    return schema


def _sample_of_fields(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], *, is_sent: bool
) -> dict[str, Any]:
    required = schema.get("required", ())
    return {
        name: sample(name, one, schemas, is_sent=is_sent)
        for name, one in schema["properties"].items()
        if name in required or not is_sent or name not in _LEFT_OUT
    }


def _fits(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    if isinstance(value, list) and schema.get("type") == "array":
        items = resolved(schema.get("items", {}), schemas)
        return all(_fits(one, items, schemas) for one in value)
    if isinstance(value, dict):
        return set(value) == set(schema.get("properties", {}))
    types = {"string": str, "integer": int, "boolean": bool}
    return isinstance(value, types.get(str(schema.get("type")), ()))


def _add(part: dict[str, Any], schemas: Mapping[str, Any], *, is_sent: bool) -> None:
    content = part.get("content", {}).get("application/json")
    if content and "schema" in content:
        content["example"] = sample("data", content["schema"], schemas, is_sent=is_sent)
