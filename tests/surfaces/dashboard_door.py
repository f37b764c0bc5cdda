"""The dashboard as a door: pages opened and forms sent, by each person's own browser.

What is offered is sent. What is not offered is sent all the same, as somebody would who forges the
request: that nobody is offered a thing refuses nothing.
"""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import incidents
from core.errors import NotFound
from storage.vocabulary import ActorKind, Surface
from tests.surfaces.doors import Meanwhile, Refusal
from tests.web.dashboard.browser import Browser, Shown, browser
from tests.world import World

NO_INCIDENT = 999_999
"""A number that nothing has: what an id that nobody has is to people."""

_FAULT = re.compile(
    r'<p class="(?:fault|note bad)"[^>]* role="alert">(.*?)</p>|<h1>[^<]*</h1>\n<p>(.*?)</p>'
)
_SAID = re.compile(r'<p class="note good" role="status">(.*?)</p>')


class DashboardDoor:
    """Asks as people do at their browsers."""

    kind = ActorKind.MEMBER
    surface = Surface.DASHBOARD
    tells_codes = False

    def __init__(self, world: World) -> None:
        self._world = world
        self._browsers: dict[str, Browser] = {}
        self._open = AsyncExitStack()

    def __getattr__(self, verb: str) -> Any:
        if verb.startswith("_"):
            raise AttributeError(verb)
        pytest.skip(f"the dashboard has no form for {verb} yet")

    def name_of(self, who: str) -> str:
        return str(self._person(who).user.person.real_name)

    async def enter(self, who: str) -> None:
        """Somebody signs in."""
        signed_in = browser(self._world, self._person(who))
        self._browsers[who] = await self._open.enter_async_context(signed_in)

    async def leave(self) -> None:
        """Every browser is closed."""
        await self._open.aclose()

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
            "dedup_key": uuid4().hex,
        }
        return await self._send(who, "/incidents/new", "declare", wanted, meanwhile=meanwhile)

    async def acknowledge(self, who: str, incident: UUID) -> Refusal | None:
        path = await self._path(incident)
        refusal = await self._send(who, path, "acknowledge", at="/acknowledge")
        said = _SAID.search(self._page(who).html)
        told = unescape(said[1]) if said else ""
        return refusal or (None if told.startswith("You acknowledged") else Refusal(told))

    async def hand_off(
        self, who: str, incident: UUID, *, to: str, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        path, wanted = await self._path(incident), {"to": self.name_of(to)}
        return await self._send(who, path, "hand-off", wanted, at="/hand-off", meanwhile=meanwhile)

    async def advance(self, who: str, incident: UUID, status: str) -> Refusal | None:
        path, wanted = await self._path(incident), {"status_change": status}
        return await self._send(who, path, "status", wanted, at="/status")

    async def resolve(self, who: str, incident: UUID) -> Refusal | None:
        return await self._send(who, f"{await self._path(incident)}/resolve", "resolve")

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
            "dedup_key": uuid4().hex,
        }  # fmt: skip
        refusal = await self._send(
            who, path, "update", wanted, at="/update", meanwhile=meanwhile
        )  # fmt: skip
        if refusal or not public:
            return refusal
        seen = re.search(r'name="foreseen" value="(\w+)"', self._page(who).html)
        assert seen, "what is public is shown before it is published"
        return await self._submit(who, f"{path}/update", "update", wanted | {"foreseen": seen[1]})

    async def redact(self, who: str, incident: UUID, update: UUID) -> Refusal | None:
        path, form = await self._path(incident), f"redact-{update}"
        return await self._send(who, path, form, at=f"/updates/{update}/redact")

    async def change_severity(self, who: str, incident: UUID, severity: str) -> Refusal | None:
        path, wanted = await self._path(incident), {"severity": severity}
        return await self._send(who, path, "severity", wanted, at="/severity")

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
        return await self._send(who, path, "components", wanted, meanwhile=meanwhile)

    async def _path(self, incident: UUID) -> str:
        async with self._world.tocsin.core.reading(self._world.system) as tx:
            try:
                return f"/incidents/{(await incidents.get(tx, incident)).number}"
            except NotFound:
                return f"/incidents/{NO_INCIDENT}"

    async def _send(
        self,
        who: str,
        path: str,
        form: str,
        wanted: dict[str, Any] | None = None,
        *,
        at: str = "",
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        """Open a page, and send a form of it to its address, or to one below."""
        opened = await self._browsers[who].open(path)
        if opened.status != 200:  # what is not there is asked for from another page
            await self._browsers[who].open("/")
        if meanwhile:
            await meanwhile()
        return await self._submit(who, f"{path}{at}", form, wanted or {})

    async def _submit(
        self, who: str, path: str, form: str, wanted: dict[str, Any]
    ) -> Refusal | None:
        answer = await self._browsers[who].send(path, {"form": form, **wanted})
        await self._world.settle()
        if answer.status == 200:
            return None
        told = _FAULT.search(answer.html)
        assert told, answer.text
        return Refusal(unescape(told[1] or told[2]))

    def _page(self, who: str) -> Shown:
        page = self._browsers[who].page
        assert page is not None
        return page

    def _person(self, who: str) -> Any:
        return getattr(self._world, who)
