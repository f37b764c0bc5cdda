"""A scene in which everything can be refused: one of each thing that a path or a body can name."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from storage.vocabulary import Role
from tests.web.api.caller import Caller, Office

NOTHING = "00000000-0000-4000-8000-000000000000"
KEPT = {"Idempotency-Key": "kept"}


@dataclass
class Scene:
    """The office, what there is by name, and callers who are let in no longer."""

    office: Office
    ids: dict[str, str]
    shut_out: dict[str, Caller] = field(default_factory=dict)

    def path_of(self, template: str, **others: str) -> str:
        """An address below /v1, with what there is in place of each {name}."""
        # There are two kinds of layer, and paths call both by one name.
        kind = "escalationLayer" if template.startswith("/escalation") else "rotationLayer"
        known = {**self.ids, "layerId": self.ids[kind], **others}
        return "/v1" + re.sub(r"\{(\w+)\}", lambda name: known[name[1]], template)

    def filled(self, body: Any) -> Any:
        """A body, with what there is in place of each {name}."""
        if isinstance(body, dict):
            return {name: self.filled(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.filled(one) for one in body]
        if isinstance(body, str) and re.fullmatch(r"\{\w+\}", body):
            return self.ids[body[1:-1]]
        return body


async def set_up(office: Office) -> Scene:
    """The scene, some hours after its first override ended."""
    ids = {
        "nothing": NOTHING,
        "bob": office.user("bob"),
        "memberId": office.user("alice"),
        "scheduleId": str(office.engine.schedule_id),
        "policyId": str(office.engine.policy_id),
        "keyId": str(office.member.key_id),
    }
    ids["rotationLayer"] = (await office.member.get(f"/v1/oncall/schedules/{ids['scheduleId']}"))[
        "layers"
    ][0]["id"]
    policy = await office.member.get(f"/v1/escalation/policies/{ids['policyId']}")
    ids["escalationLayer"] = policy["layers"][0]["id"]
    await _overrides(office, ids)
    await _public_side(office, ids)
    await _incidents(office, ids)
    return Scene(office, ids, await _shut_out(office))


async def _overrides(office: Office, ids: dict[str, str]) -> None:
    path = f"/v1/oncall/schedules/{ids['scheduleId']}/overrides"
    covering = {"userId": office.user("dave")}
    for name, day in (("ended", 18), ("overrideId", 30)):
        span = {"startAt": f"2026-11-{day}T12:00:00Z", "endAt": f"2026-11-{day}T13:00:00Z"}
        ids[name] = (await office.member.post(path, {**covering, **span}))["id"]
    office.engine.clock.at += timedelta(hours=3)


async def _public_side(office: Office, ids: dict[str, str]) -> None:
    """A page that is not published, and the component that it shows."""
    made = await office.member.post("/v1/components", {"name": "API"})
    ids["componentId"] = made["id"]
    page = {"slug": "acme", "title": "Acme Status", "componentIds": [made["id"]]}
    ids["pageId"] = (await office.admin.post("/v1/status-pages", page))["id"]


async def _incidents(office: Office, ids: dict[str, str]) -> None:
    """An open one, with an update of the admin's and one without words; and a resolved one."""
    made = await office.declare(componentIds=[ids["componentId"]])
    ids["incidentId"] = made["id"]
    path = f"/v1/incidents/{made['id']}"
    note = await office.admin.post(f"{path}/updates", {"body": "It is the router."})
    ids["updateId"] = note["id"]
    await office.member.patch(f"{path}/status", {"status": "identified"})
    updates = (await office.member.get(f"{path}/updates"))["updates"]
    ids["wordless"] = updates[-1]["id"]
    wanted = {"title": "Over", "severity": "low", "ownerId": ids["bob"]}
    for caller in (office.admin, office.member):
        over = await caller.post("/v1/incidents", wanted, headers=KEPT)
    ids["resolved"] = over["id"]
    for status in ("identified", "monitoring", "resolved"):
        await office.member.patch(f"/v1/incidents/{over['id']}/status", {"status": status})


async def _shut_out(office: Office) -> dict[str, Caller]:
    soon = office.engine.clock.now() + timedelta(minutes=1)
    expired = await office.caller("Expired", Role.ADMIN, expires_at=soon)
    revoked = await office.caller("Revoked", Role.ADMIN)
    await office.admin.delete(f"/v1/api-keys/{revoked.key_id}")
    office.engine.clock.at = soon
    return {
        "expired": expired,
        "revoked": revoked,
        "unknown": Caller(office.client, "toc_live_" + "x" * 43),
        "none": office.nobody,
    }
