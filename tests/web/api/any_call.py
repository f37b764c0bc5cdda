"""Any call of the API that its document allows, with ids drawn from wherever a test says.

Whatever takes an id is found by the document alone: an endpoint that is added is called, too, and
one whose ids nobody knows fails the tests until it is said here what they are.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.cast import NOON
from web.api import openapi_document

Json = Any
Choose = Callable[["Slot"], str]

KINDS = {
    "incidentId": "incident",
    "updateId": "update",
    "scheduleId": "schedule",
    "ownerScheduleId": "schedule",
    "overrideId": "override",
    "policyId": "policy",
    "escalationPolicyId": "policy",
    "componentId": "component",
    "componentIds": "component",
    "pageId": "page",
    "statusPageId": "page",
    "memberId": "member",
    "userId": "member",
    "userIds": "member",
    "ownerId": "member",
    "targetUserId": "member",
    "participantIds": "member",
    "keyId": "key",
    "apiKeyId": "key",
}
"""What an id is the id of, by the name of what holds it."""

LAYERS = {"/oncall": "rotation layer", "/escalation": "escalation layer"}
"""`layerId` and `layerIds`, by the beginning of the path."""


@dataclass(frozen=True)
class Slot:
    """A place in a call where an id stands."""

    name: str
    kind: str
    part_of: str | None = None
    """The id of what the path names before it."""


@dataclass(frozen=True)
class Call:
    """A request, ready to be sent."""

    method: str
    path: str
    body: Json = None

    def holds(self, id: str) -> bool:
        """Whether this id stands anywhere in it."""
        return id in self.path or id in json.dumps(self.body)

    def with_ids(self, others: dict[str, str]) -> "Call":
        """The same with other ids."""
        path, body = self.path, json.dumps(self.body)
        for one, other in others.items():
            path, body = path.replace(one, other), body.replace(one, other)
        return Call(self.method, path, json.loads(body))


@dataclass(frozen=True)
class Operation:
    """An endpoint as the document has it."""

    method: str
    path: str
    details: Json

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def kind_of(self, name: str) -> str:
        """What the id of this name is the id of. Raises KeyError where nobody has said so."""
        if name.startswith("layerId"):
            return next(kind for path, kind in LAYERS.items() if self.path.startswith(path))
        return KINDS[name]


@cache
def operations() -> tuple[Operation, ...]:
    """Every endpoint there is."""
    return tuple(
        Operation(method.upper(), path, details)
        for path, methods in openapi_document()["paths"].items()
        for method, details in methods.items()
    )


@dataclass
class Caller:
    """Draws the parts of a call. With `full` nothing that may be left out is."""

    random: Random
    choose: Choose
    word: str
    full: bool = False

    def draw(self, operation: Operation) -> Call:
        """A request to this endpoint; most are such that it has no fault but its ids."""
        path, parent = operation.path, None
        for name in re.findall(r"{(\w+)}", path):
            parent = self.choose(Slot(name, operation.kind_of(name), parent))
            path = path.replace(f"{{{name}}}", parent)
        if query := dict(self._query(operation)):
            path = f"{path}?{urlencode(query)}"
        content = operation.details.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        body = self._value(schema, "body", operation, parent) if schema else None
        return Call(operation.method, f"/v1{path}", body)

    def _query(self, operation: Operation) -> Iterator[tuple[str, str]]:
        for one in operation.details.get("parameters", ()):
            wanted = one.get("required") or self.random.random() < 0.3
            if one["in"] == "query" and one["name"] != "cursor" and wanted:
                value = self._value(one["schema"], one["name"], operation, None)
                if value is not None:
                    yield one["name"], str(value)

    def _value(self, schema: Json, name: str, operation: Operation, parent: str | None) -> Json:
        schema = _resolved(schema)
        if several := schema.get("oneOf") or schema.get("anyOf"):
            chosen = [one for one in several if not self.full or one.get("type") != "null"]
            return self._value(self.random.choice(chosen), name, operation, parent)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, operation, parent)
        if kind == "array":
            return self._array(schema, name, operation, parent)
        if kind in ("integer", "number"):
            least, most = int(schema.get("minimum", 1)), int(schema.get("maximum", 9))
            return self.random.randint(least, min(most, least + 8))
        if kind == "boolean":
            return self.random.random() < 0.5
        return None if kind == "null" else self._text(schema, name, operation)

    def _object(self, schema: Json, operation: Operation, parent: str | None) -> Json:
        required = schema.get("required", ())
        made = {
            name: self._value(one, name, operation, parent)
            for name, one in schema.get("properties", {}).items()
            if name in required or self.full or self.random.random() < 0.5
        }
        return self._agreeing(made)

    def _agreeing(self, made: dict[str, Json]) -> dict[str, Json]:
        """What only makes sense together does."""
        if "scheduleId" in made and "userIds" in made:
            made["type"] = self.random.choice(("schedule", "users"))
            made.pop("userIds" if made["type"] == "schedule" else "scheduleId")
        lengths = {"daily": 1, "weekly": 7}
        if made.get("rotationType") in lengths and "rotationLengthDays" in made:
            made["rotationLengthDays"] = lengths[made["rotationType"]]
        if "effectiveUntil" in made and made["effectiveUntil"] is not None:
            made["effectiveUntil"] = (NOON + timedelta(days=900)).isoformat()
        for begins, ends in (("startAt", "endAt"), ("from", "to")):
            if begins in made and ends in made:
                made[begins], made[ends] = sorted((made[begins], made[ends]))
        return made

    def _array(
        self, schema: Json, name: str, operation: Operation, parent: str | None
    ) -> list[Json]:
        if name.startswith("layerId") or name not in KINDS:
            count = 2
        else:
            count = self.random.choice((1, 2, 3)) if self.full else self.random.choice((0, 1, 1, 3))
        drawn = []
        for _ in range(count):
            if _resolved(schema["items"]).get("format") == "uuid":
                part_of = parent if name.startswith("layerId") else None
                drawn.append(self.choose(Slot(name, operation.kind_of(name), part_of)))
            else:
                drawn.append(self._value(schema["items"], name, operation, parent))
        return list(dict.fromkeys(drawn)) if self.random.random() < 0.9 else drawn

    def _text(self, schema: Json, name: str, operation: Operation) -> str:
        form = schema.get("format")
        if form == "uuid":
            return self.choose(Slot(name, operation.kind_of(name)))
        number = self.random.randint(1, 999)
        if form == "date-time":
            hours = timedelta(hours=self.random.randint(3, 9_000))
            return (NOON + hours).isoformat().replace("+00:00", "Z")
        if form == "date":
            return f"2026-11-{self.random.randint(1, 30):02}"
        known = {
            "timezone": "Europe/Berlin",
            "handoffTime": "09:30",
            "email": f"{self.word}{number}@example.com",
            "slug": f"{self.word}-{number}",
            "type": "update_posted",
        }
        return known.get(name, f"{self.word} {number}")


def _resolved(schema: Json) -> Json:
    while "$ref" in schema:
        found = openapi_document()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema
