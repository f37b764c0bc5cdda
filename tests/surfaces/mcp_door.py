"""MCP as a door: tools called over HTTP, by each person's own assistant with a key of its role."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from core import incidents
from core.errors import NotFound
from storage.vocabulary import Surface
from tests.surfaces.doors import NO_INCIDENT, OUTSIDER, Meanwhile, Refusal
from tests.surfaces.programs import Programs, refusal_of
from tests.web.mcp.desk import FENCE

URL = "http://127.0.0.1:3000/mcp"
"""From its own machine; else it is reached by its public name alone, and here it has none."""

ACCEPT = "application/json, text/event-stream"


class McpDoor(Programs):
    """Calls tools at `/mcp` of the running product."""

    surface = Surface.MCP
    called = "Assistant"

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
            wanted["schedule"] = str(schedule)
        if owner:
            wanted["owner"] = _meant(owner)
        if components:
            wanted["components"] = [str(one) for one in components]
        return await self._call(who, "create_incident", wanted, meanwhile)

    async def acknowledge(self, who: str, incident: UUID) -> Refusal | None:
        return await self._call(who, "acknowledge_incident", await self._numbered(incident))

    async def hand_off(
        self, who: str, incident: UUID, *, to: str, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        wanted = {**await self._numbered(incident), "to": _meant(to)}
        return await self._call(who, "hand_off_incident", wanted, meanwhile)

    async def advance(self, who: str, incident: UUID, status: str) -> Refusal | None:
        wanted = {**await self._numbered(incident), "status": status}
        return await self._call(who, "transition_incident_status", wanted)

    async def resolve(self, who: str, incident: UUID) -> Refusal | None:
        return await self._call(who, "resolve_incident", await self._numbered(incident))

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
        wanted = await self._numbered(incident)
        if public:
            wanted["visibility"] = "public"
        if body:
            wanted["body"] = body
        if status:
            wanted["status_change"] = status
        return await self._call(who, "post_incident_update", wanted, meanwhile)

    async def post_under_key(
        self, who: str, incident: UUID, *, body: str, key: str
    ) -> Refusal | None:
        wanted = {**await self._numbered(incident), "body": body, "idempotency_key": key}
        return await self._call(who, "post_incident_update", wanted)

    async def _numbered(self, incident: UUID) -> dict[str, Any]:
        """The tools know incidents by their numbers."""
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            try:
                return {"number": (await incidents.get(tx, incident)).number}
            except NotFound:
                return {"number": NO_INCIDENT}

    async def _call(
        self, who: str, tool: str, wanted: dict[str, Any], meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        if meanwhile:
            await meanwhile()
        call = {"name": tool, "arguments": wanted}
        answer = await self.web.post(
            URL,
            headers={**self.key_of(who), "Accept": ACCEPT},
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
        )
        result = answer.json()["result"]
        if not result["isError"]:
            return None
        (_, second) = result["content"]
        found = FENCE.fullmatch(second["text"])
        assert found, second
        return refusal_of(json.loads(found[2]))


def _meant(who: str) -> str:
    """Members by their e-mail, as one says it to a model; and an id that nobody has."""
    return str(uuid4()) if who == OUTSIDER else f"{who}@example.com"
