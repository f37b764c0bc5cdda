"""The table of codes of spec section 9, and requests that are refused with each of them.

A row is added here for each new way to be refused.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.web.api.caller import Caller
from tests.web.api.scene import KEPT, Scene
from web.api.judging import BODY_MAX

CODES = {
    "not_authorized": {401},
    "forbidden": {403},
    "not_found": {404},
    "validation_error": {400, 422},
    "invalid_component_id": {400},
    "duplicate_component_id": {400},
    "invalid_target_user": {400},
    "already_owner": {400},
    "invalid_target": {400},
    "invalid_status_transition": {400},
    "incident_resolved": {400},
    "NO_PUBLIC_SURFACE": {400},
    "nothing_to_redact": {400},
    "cannot_change_own_role": {400},
    "last_admin": {400},
    "redaction_not_permitted": {403},
    "name_conflict": {409},
    "already_member": {409},
    "override_conflict": {409},
    "override_ended": {409},
    "in_use": {409},
    "idempotency_conflict": {409},
    "idempotency_in_progress": {409},
    "method_not_allowed": {405},
    "precondition_failed": {412},
    "payload_too_large": {413},
    "rate_limited": {429},
    "server_error": {500},
}
"""The table of spec section 9, to the letter."""

ADMINS = {
    ("POST", "/status-pages"),
    ("PATCH", "/status-pages/{pageId}"),
    ("DELETE", "/status-pages/{pageId}"),
    ("POST", "/team/members"),
    ("PATCH", "/team/members/{memberId}"),
    ("DELETE", "/team/members/{memberId}"),
    ("GET", "/api-keys"),
    ("POST", "/api-keys"),
    ("DELETE", "/api-keys/{keyId}"),
    ("GET", "/audit"),
}
"""What is an admin's (spec sections 1 and 9)."""


@dataclass(frozen=True)
class Row:
    """A request that is refused."""

    code: str
    status: int
    method: str
    path: str
    body: Any = None
    more: dict[str, Any] = field(default_factory=dict)
    to: str = "admin member"
    """Whose key is told this code. That a member's is told `forbidden` is another row."""

    async def ask(self, scene: Scene, caller: Caller) -> Any:
        return await caller.ask(
            self.method, scene.path_of(self.path), scene.filled(self.body), **self.more
        )


INCIDENT = {"title": "Down", "severity": "low", "ownerId": "{bob}"}
OTHER_INCIDENT = {**INCIDENT, "title": "Something else"}
SPAN = {"startAt": "2026-11-30T12:30:00Z", "endAt": "2026-11-30T14:00:00Z"}
LATER = {"startAt": "2026-12-30T12:30:00Z", "endAt": "2026-12-30T14:00:00Z"}
SHIFTS = {"name": "Second", "rotationType": "weekly", "handoffTime": "09:00",
          "effectiveFrom": "2026-11-16T08:00:00Z"}  # fmt: skip
PAGE = {"slug": "other", "title": "Other"}
NOBODY = {"type": "users", "userIds": ["{nothing}"]}
SCHEDULE, POLICY = "/oncall/schedules/{scheduleId}", "/escalation/policies/{policyId}"
OPEN, RESOLVED = "/incidents/{incidentId}", "/incidents/{resolved}"
RAW = {"Content-Type": "application/json"}

ROWS = [
    *(Row("forbidden", 403, method, path, to="member") for method, path in sorted(ADMINS)),
    Row("forbidden", 403, "POST", "/components", {"name": "B", "statusOverride": None},
        to="member"),
    Row("forbidden", 403, "PATCH", "/components/{componentId}", {"statusOverride": None},
        to="member"),
    Row("not_found", 404, "GET", "/incidents/{nothing}"),
    Row("not_found", 404, "GET", "/no/such/endpoint"),
    Row("not_found", 404, "POST", "/incidents", {**INCIDENT, "ownerScheduleId": "{nothing}"}),
    Row("not_found", 404, "POST", "/incidents", {**INCIDENT, "escalationPolicyId": "{nothing}"}),
    Row("not_found", 404, "POST", POLICY + "/layers",
        {"ackTimeoutMinutes": 5, "target": {"type": "schedule", "scheduleId": "{nothing}"}}),
    Row("validation_error", 400, "POST", "/incidents", {}),
    Row("validation_error", 422, "PATCH", OPEN, {"title": " "}),
    Row("validation_error", 422, "GET", "/incidents?cursor=mine"),
    Row("validation_error", 422, "GET", "/audit?type=nothing", to="admin"),
    Row("invalid_component_id", 400, "POST", "/incidents",
        {**INCIDENT, "componentIds": ["{nothing}"]}),
    Row("invalid_component_id", 400, "PUT", OPEN + "/components", {"componentIds": ["{nothing}"]}),
    Row("invalid_component_id", 400, "POST", "/status-pages",
        {**PAGE, "componentIds": ["{nothing}"]}, to="admin"),
    Row("duplicate_component_id", 400, "PUT", OPEN + "/components",
        {"componentIds": ["{componentId}"] * 2}),
    Row("duplicate_component_id", 400, "PATCH", "/status-pages/{pageId}",
        {"componentIds": ["{componentId}"] * 2}, to="admin"),
    Row("invalid_target_user", 400, "POST", "/incidents", {**INCIDENT, "ownerId": "{nothing}"}),
    Row("invalid_target_user", 400, "POST", OPEN + "/handoff", {"targetUserId": "{nothing}"}),
    Row("invalid_target_user", 400, "POST", SCHEDULE + "/overrides",
        {"userId": "{nothing}", **LATER}),
    Row("invalid_target_user", 400, "POST", SCHEDULE + "/layers",
        {**SHIFTS, "participantIds": ["{bob}", "{nothing}"]}),
    Row("invalid_target_user", 400, "POST", POLICY + "/layers",
        {"ackTimeoutMinutes": 5, "target": NOBODY}),
    Row("already_owner", 400, "POST", OPEN + "/handoff", {"targetUserId": "{bob}"}),
    Row("invalid_target", 400, "POST", POLICY + "/layers",
        {"ackTimeoutMinutes": 5, "target": {"type": "users", "userIds": []}}),
    Row("invalid_status_transition", 400, "PATCH", OPEN + "/status", {"status": "investigating"}),
    Row("invalid_status_transition", 400, "POST", OPEN + "/updates", {"statusChange": "resolved"}),
    Row("incident_resolved", 400, "PATCH", RESOLVED, {"title": "Another"}),
    Row("incident_resolved", 400, "PATCH", RESOLVED + "/status", {"status": "investigating"}),
    Row("incident_resolved", 400, "POST", RESOLVED + "/updates",
        {"body": "Public", "visibility": "public", "statusChange": "identified"}),
    Row("incident_resolved", 400, "POST", RESOLVED + "/handoff", {"targetUserId": "{memberId}"}),
    Row("incident_resolved", 400, "PUT", RESOLVED + "/components",
        {"componentIds": ["{componentId}"]}),
    Row("NO_PUBLIC_SURFACE", 400, "POST", OPEN + "/updates",
        {"body": "We look into it.", "visibility": "public"}),
    Row("nothing_to_redact", 400, "POST", OPEN + "/updates/{wordless}/redact"),
    Row("redaction_not_permitted", 403, "POST", OPEN + "/updates/{updateId}/redact", to="member"),
    Row("last_admin", 400, "PATCH", "/team/members/{memberId}", {"role": "member"}, to="admin"),
    Row("last_admin", 400, "DELETE", "/team/members/{memberId}", to="admin"),
    Row("name_conflict", 409, "POST", "/oncall/schedules",
        {"name": "Payments", "timezone": "Europe/Berlin"}),
    Row("name_conflict", 409, "POST", "/escalation/policies", {"name": "Payments"}),
    Row("name_conflict", 409, "POST", "/components", {"name": "API"}),
    Row("name_conflict", 409, "POST", "/status-pages", {**PAGE, "slug": "acme"}, to="admin"),
    Row("name_conflict", 409, "POST", "/api-keys", {"name": "Deploys"}, to="admin"),
    Row("already_member", 409, "POST", "/team/members", {"email": "bob@example.com"}, to="admin"),
    Row("override_conflict", 409, "POST", SCHEDULE + "/overrides", {"userId": "{bob}", **SPAN}),
    Row("override_ended", 409, "PATCH", SCHEDULE + "/overrides/{ended}", {"userId": "{bob}"}),
    Row("override_ended", 409, "DELETE", SCHEDULE + "/overrides/{ended}"),
    Row("in_use", 409, "DELETE", "/components/{componentId}"),
    Row("in_use", 409, "DELETE", SCHEDULE),
    Row("in_use", 409, "DELETE", POLICY),
    Row("idempotency_conflict", 409, "POST", "/incidents", OTHER_INCIDENT, {"headers": KEPT}),
    Row("method_not_allowed", 405, "DELETE", "/incidents"),
    Row("precondition_failed", 412, "PATCH", OPEN, {"title": "Another"},
        {"headers": {"If-Match": '"1000"'}}),
    Row("payload_too_large", 413, "POST", "/incidents",
        more={"content": b" " * (BODY_MAX + 1), "headers": RAW}),
]  # fmt: skip
