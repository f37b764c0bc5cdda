"""Every refusal of the API: its HTTP status, its type, and the body that tells it (spec section 9).

Core's refusals are told by their code; what only HTTP knows is added here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic.alias_generators import to_camel

from core.errors import DomainError

FAULTS_TOLD = 50
QUOTED_MAX = 100
MESSAGE_MAX = 1_000
"""So many faults, and so many characters, a refusal tells at most: it may be kept for a day."""


class MethodNotAllowed(DomainError):
    """This endpoint has no such method. The Allow header names those it has."""

    code = "method_not_allowed"


class PreconditionFailed(DomainError):
    """It is another one now than your If-Match says, so nothing was done. Get it anew and look."""

    code = "precondition_failed"


class PayloadTooLarge(DomainError):
    """The body is over 1 MB. Nothing was read of the rest, and nothing was done."""

    code = "payload_too_large"


class RateLimited(DomainError):
    """This key asks too fast. Wait for as many seconds as Retry-After says."""

    code = "rate_limited"


class ServerError(DomainError):
    """Something went wrong on our side. Try again; if it stays, tell us the requestId."""

    code = "server_error"


class Malformed(DomainError):
    """Something in the request is missing, too long, or unknown. Each fault is named in errors."""

    code = "validation_error"

    def __init__(self, faults: Sequence["Fault"] = ()) -> None:
        """Every fault, in the order of the fields."""
        self.faults = tuple(faults)
        first = f"{faults[0].field}: {faults[0].message}" if faults else None
        more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
        super().__init__(first and first + more, field=faults[0].field if faults else None)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field, and what to do."""

    field: str
    message: str


STATUS: Mapping[str, HTTPStatus] = {
    "not_authorized": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "redaction_not_permitted": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "validation_error": HTTPStatus.UNPROCESSABLE_ENTITY,
    **dict.fromkeys(
        (
            "invalid_component_id",
            "duplicate_component_id",
            "invalid_target_user",
            "already_owner",
            "invalid_target",
            "invalid_status_transition",
            "incident_resolved",
            "NO_PUBLIC_SURFACE",
            "nothing_to_redact",
            "cannot_change_own_role",
            "last_admin",
        ),
        HTTPStatus.BAD_REQUEST,
    ),
    **dict.fromkeys(
        (
            "name_conflict",
            "already_member",
            "override_conflict",
            "override_ended",
            "in_use",
            "idempotency_conflict",
            "idempotency_in_progress",
        ),
        HTTPStatus.CONFLICT,
    ),
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "misdirected_request": HTTPStatus.MISDIRECTED_REQUEST,
    "precondition_failed": HTTPStatus.PRECONDITION_FAILED,
    "payload_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "server_error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The table of spec section 9, and what `/mcp` alone refuses: to be asked by another's name.

The schema's status differs on one endpoint (`Terms.malformed`).
"""

_TYPE = {
    "not_authorized": "not_authorized_error",
    "forbidden": "not_authorized_error",
    "redaction_not_permitted": "not_authorized_error",
    "validation_error": "validation_error",
    "server_error": "internal_error",
}


def type_of(code: str) -> str:
    """The type that a code belongs to."""
    return _TYPE.get(code, "invalid_request_error")


def is_kept(refusal: DomainError) -> bool:
    """Whether a repeated request is to be refused in the same words (spec section 9)."""
    of_its_own = refusal.code in ("idempotency_conflict", "idempotency_in_progress")
    status = STATUS.get(refusal.code, HTTPStatus.BAD_REQUEST)
    return not of_its_own and 400 <= status < 500 and status != HTTPStatus.UNAUTHORIZED


def body_of(refusal: DomainError, status: int, request_id: str) -> dict[str, Any]:
    """The JSON that tells a refusal."""
    told = {
        "statusCode": int(status),
        "type": type_of(refusal.code),
        "code": refusal.code,
        "message": refusal.message[:MESSAGE_MAX],
        "requestId": request_id,
    }
    if refusal.code == "validation_error":
        told["errors"] = [
            {"field": one.field, "message": one.message} for one in faults_of(refusal)[:FAULTS_TOLD]
        ]
    return told


def faults_of(refusal: DomainError) -> tuple[Fault, ...]:
    """What is wrong with which fields, in the API's own names."""
    if isinstance(refusal, Malformed):
        return refusal.faults
    return (Fault(_named(refusal.field or "body"), refusal.message),)


_NAMES = {
    "length_days": "rotationLengthDays",
    "member_id": "userId",
    "member_ids": "target.userIds",
    "participants": "participantIds",
    "schedule_id": "target.scheduleId",
    "until": "effectiveUntil",
}
"""Where the API has another name for a field than core."""


def _named(field: str) -> str:
    return _NAMES.get(field) or to_camel(field)


def malformed(errors: Iterable[Mapping[str, Any]]) -> Malformed:
    """What pydantic found, as people are told it."""
    return Malformed([Fault(_field(one["loc"]), _sentence(one)) for one in errors])


def _field(where: Sequence[str | int]) -> str:
    inside = [str(part) for part in where[1:]]
    return _cut(".".join(inside) or str(where[0]))


def _cut(said: str) -> str:
    """What a caller sent is told back to them, but not at any length."""
    return said if len(said) <= QUOTED_MAX else f"{said[:QUOTED_MAX]}…"


_SENTENCES = {
    "missing": "It is missing.",
    "extra_forbidden": "There is no such field here.",
    "string_type": "It must be text.",
    "json_invalid": "The body must be JSON.",
    "model_attributes_type": "It must be a JSON object, sent with Content-Type: application/json.",
    "model_type": "It must be a JSON object.",
    "string_unicode": "It holds half of a pair of characters.",
}


def _sentence(error: Mapping[str, Any]) -> str:
    known = _SENTENCES.get(str(error["type"]))
    if known:
        return known
    said = re.sub(r"^(Value|Assertion) error, ", "", str(error["msg"])).strip()
    said = re.sub(r"^(Input|String|List|Value) ", "It ", said)
    return said if said.endswith((".", "?", "!")) else f"{said}."
