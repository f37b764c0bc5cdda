"""The REST API as a door: each person's program, with a key that has its person's role."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import httpx

from storage.vocabulary import Surface
from tests.surfaces.doors import Meanwhile, Refusal
from tests.surfaces.programs import Programs, refusal_of
from tests.world import World

STEPS = ("identified", "monitoring", "resolved")


class RestDoor(Programs):
    """Asks `/v1` of the running product."""

    surface = Surface.API
    called = "Program"

    def __init__(self, world: World, web: httpx.AsyncClient, members: dict[str, UUID]) -> None:
        super().__init__(world, web)
        self._members = members

    async def declare(
        self,
        who: str,
        *,
        title: str,
        schedule: UUID | None = None,
        owner: str | None = None,
        components: Sequence[UUID] = (),
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        wanted: dict[str, Any] = {"title": title, "severity": "high"}
        if schedule:
            wanted["ownerScheduleId"] = str(schedule)
        if owner:
            wanted["ownerId"] = self._id(owner)
        if components:
            wanted["componentIds"] = [str(one) for one in components]
        return await self._ask(who, "POST", "/incidents", wanted, meanwhile)

    async def acknowledge(self, who: str, incident: UUID) -> Refusal | None:
        return await self._ask(who, "POST", f"/incidents/{incident}/acknowledge")

    async def hand_off(
        self, who: str, incident: UUID, *, to: str, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        wanted = {"targetUserId": self._id(to)}
        return await self._ask(who, "POST", f"/incidents/{incident}/handoff", wanted, meanwhile)

    async def advance(self, who: str, incident: UUID, status: str) -> Refusal | None:
        return await self._ask(who, "PATCH", f"/incidents/{incident}/status", {"status": status})

    async def resolve(self, who: str, incident: UUID) -> Refusal | None:
        for step in STEPS:
            refusal = await self.advance(who, incident, step)
            if refusal:
                return refusal
        return None

    async def post_update(
        self,
        who: str,
        incident: UUID,
        *,
        body: str = "",
        status: str | None = None,
        public: bool = False,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        wanted = {"visibility": "public"} if public else {}
        if body:
            wanted["body"] = body
        if status:
            wanted["statusChange"] = status
        return await self._ask(who, "POST", f"/incidents/{incident}/updates", wanted, meanwhile)

    async def post_under_key(
        self, who: str, incident: UUID, *, body: str, key: str
    ) -> Refusal | None:
        path, again = f"/incidents/{incident}/updates", {"Idempotency-Key": key}
        return await self._ask(who, "POST", path, {"body": body}, headers=again)

    async def redact(self, who: str, incident: UUID, update: UUID) -> Refusal | None:
        return await self._ask(who, "POST", f"/incidents/{incident}/updates/{update}/redact")

    async def retitle(
        self, who: str, incident: UUID, title: str, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path = f"/incidents/{incident}"
        answer = await self.web.get(f"/v1{path}", headers=self.key_of(who))
        seen = {"If-Match": answer.headers["ETag"]}
        return await self._ask(who, "PATCH", path, {"title": title}, meanwhile, headers=seen)

    async def change_severity(self, who: str, incident: UUID, severity: str) -> Refusal | None:
        return await self._ask(who, "PATCH", f"/incidents/{incident}", {"severity": severity})

    async def set_components(
        self,
        who: str,
        incident: UUID,
        components: Sequence[UUID],
        *,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        wanted = {"componentIds": [str(one) for one in components]}
        return await self._ask(who, "PUT", f"/incidents/{incident}/components", wanted, meanwhile)

    async def create_override(
        self, who: str, schedule: UUID, *, person: str, start: datetime, end: datetime
    ) -> Refusal | None:
        wanted = {"userId": self._id(person), **_span(start, end)}
        return await self._ask(who, "POST", f"/oncall/schedules/{schedule}/overrides", wanted)

    async def change_override(
        self,
        who: str,
        schedule: UUID,
        override: UUID,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        person: str | None = None,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        wanted = _span(start, end) | ({"userId": self._id(person)} if person else {})
        path = f"/oncall/schedules/{schedule}/overrides/{override}"
        return await self._ask(who, "PATCH", path, wanted, meanwhile)

    async def remove_override(self, who: str, schedule: UUID, override: UUID) -> Refusal | None:
        path = f"/oncall/schedules/{schedule}/overrides/{override}"
        return await self._ask(who, "DELETE", path)

    async def rename_schedule(
        self, who: str, schedule: UUID, name: str, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path = f"/oncall/schedules/{schedule}"
        return await self._ask(who, "PATCH", path, {"name": name}, meanwhile)

    async def remove_schedule(
        self, who: str, schedule: UUID, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path = f"/oncall/schedules/{schedule}"
        return await self._ask(who, "DELETE", path, meanwhile=meanwhile)

    async def rename_policy(self, who: str, policy: UUID, name: str) -> Refusal | None:
        return await self._ask(who, "PATCH", f"/escalation/policies/{policy}", {"name": name})

    async def remove_policy(self, who: str, policy: UUID) -> Refusal | None:
        return await self._ask(who, "DELETE", f"/escalation/policies/{policy}")

    async def add_layer(self, who: str, policy: UUID, *, people: Sequence[str]) -> Refusal | None:
        target = {"type": "users", "userIds": [self._id(one) for one in people]}
        wanted = {"ackTimeoutMinutes": 5, "target": target}
        return await self._ask(who, "POST", f"/escalation/policies/{policy}/layers", wanted)

    async def rename_component(self, who: str, component: UUID, name: str) -> Refusal | None:
        return await self._ask(who, "PATCH", f"/components/{component}", {"name": name})

    async def remove_component(self, who: str, component: UUID) -> Refusal | None:
        return await self._ask(who, "DELETE", f"/components/{component}")

    async def override_status(self, who: str, component: UUID, status: str) -> Refusal | None:
        wanted = {"statusOverride": status}
        return await self._ask(who, "PATCH", f"/components/{component}", wanted)

    async def publish_page(self, who: str, page: UUID) -> Refusal | None:
        return await self._ask(who, "PATCH", f"/status-pages/{page}", {"published": True})

    async def change_address(self, who: str, page: UUID, slug: str) -> Refusal | None:
        return await self._ask(who, "PATCH", f"/status-pages/{page}", {"slug": slug})

    async def add_member(self, who: str, email: str) -> Refusal | None:
        return await self._ask(who, "POST", "/team/members", {"email": email})

    async def change_role(self, who: str, member: UUID, role: str) -> Refusal | None:
        return await self._ask(who, "PATCH", f"/team/members/{member}", {"role": role})

    async def remove_member(self, who: str, member: UUID) -> Refusal | None:
        return await self._ask(who, "DELETE", f"/team/members/{member}")

    def _id(self, who: str) -> str:
        return str(self._members.get(who) or uuid4())

    async def _ask(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        meanwhile: Meanwhile | None = None,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Refusal | None:
        if meanwhile:
            await meanwhile()
        sent = {**self.key_of(who), **headers}
        answer = await self.web.request(method, f"/v1{path}", headers=sent, json=body)
        if answer.is_success:
            return None
        return refusal_of(answer.json())


def _span(start: datetime | None, end: datetime | None) -> dict[str, str]:
    given = {"startAt": start, "endAt": end}
    return {name: at.isoformat() for name, at in given.items() if at}
