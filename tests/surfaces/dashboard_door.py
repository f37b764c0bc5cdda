"""The dashboard as a door: what is done about incidents; and what is set up, dashboard_setup."""

import re
from collections.abc import Sequence
from html import unescape
from uuid import UUID

from core import incidents
from core.errors import NotFound
from storage.vocabulary import ActorKind, Surface
from tests.surfaces.dashboard_setup import SetUpForms
from tests.surfaces.doors import NO_INCIDENT, Meanwhile, Refusal

_SAID = re.compile(r'<p class="note good" role="status">(.*?)</p>')


class DashboardDoor(SetUpForms):
    """Asks as people do at their browsers."""

    kind = ActorKind.MEMBER
    surface = Surface.DASHBOARD
    tells_codes = False

    def name_of(self, who: str) -> str:
        return str(self.person(who).user.person.real_name)

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
        wanted = {
            "title": title,
            "severity": "high",
            "owner_schedule_id": str(schedule or ""),
            "owner_id": self.name_of(owner) if owner else "",
            "component_ids": [str(one) for one in components],
        }
        return await self.send(who, "/incidents/new", "declare", wanted, meanwhile=meanwhile)

    async def acknowledge(self, who: str, incident: UUID) -> Refusal | None:
        path = await self._path(incident)
        refusal = await self.send(who, path, "acknowledge", at="/acknowledge")
        said = _SAID.search(self.page(who).html)
        told = unescape(said[1]) if said else ""
        return refusal or (None if told.startswith("You acknowledged") else Refusal(told))

    async def hand_off(
        self, who: str, incident: UUID, *, to: str, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path, wanted = await self._path(incident), {"to": self.name_of(to)}
        return await self.send(who, path, "hand-off", wanted, at="/hand-off", meanwhile=meanwhile)

    async def advance(self, who: str, incident: UUID, status: str) -> Refusal | None:
        path, wanted = await self._path(incident), {"status_change": status}
        return await self.send(who, path, "status", wanted, at="/status")

    async def resolve(self, who: str, incident: UUID) -> Refusal | None:
        return await self.send(who, f"{await self._path(incident)}/resolve", "resolve")

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
        path, wanted = await self._path(incident), {
            "body": body,
            "status_change": status or "",
            "visibility": "public" if public else "internal",
        }  # fmt: skip
        return await self.send(who, path, "update", wanted, at="/update", meanwhile=meanwhile)

    async def redact(self, who: str, incident: UUID, update: UUID) -> Refusal | None:
        path, form = await self._path(incident), f"redact-{update}"
        return await self.send(who, path, form, at=f"/updates/{update}/redact")

    async def retitle(
        self, who: str, incident: UUID, title: str, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path = f"{await self._path(incident)}/edit"
        return await self.send(who, path, "edit", {"title": title}, meanwhile=meanwhile)

    async def change_severity(self, who: str, incident: UUID, severity: str) -> Refusal | None:
        path, wanted = await self._path(incident), {"severity": severity}
        return await self.send(who, path, "severity", wanted, at="/severity")

    async def set_components(
        self,
        who: str,
        incident: UUID,
        components: Sequence[UUID],
        *,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        path = f"{await self._path(incident)}/components"
        wanted = {"component_ids": [str(one) for one in components]}
        return await self.send(who, path, "components", wanted, meanwhile=meanwhile)

    async def _path(self, incident: UUID) -> str:
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            try:
                return f"/incidents/{(await incidents.get(tx, incident)).number}"
            except NotFound:
                return f"/incidents/{NO_INCIDENT}"
