"""Pages opened and forms sent in the dashboard, by each person's own browser.

What is offered is sent, with all that stands in it. What is not offered is sent all the same, as
somebody would who forges the request: that nobody is offered a thing refuses nothing.
"""

import re
from contextlib import AsyncExitStack
from html import unescape
from typing import Any

from tests.surfaces.doors import Meanwhile, Refusal
from tests.web.dashboard.browser import Browser, Shown, browser
from tests.web.dashboard.forms import forms_of
from tests.world import World

_FAULT = re.compile(
    r'<p class="(?:fault|note bad)"[^>]* role="alert">(.*?)</p>|<h1>[^<]*</h1>\n<p>(.*?)</p>'
)

CONFIRMS = ("foreseen", "confirmed")
"""Fields of a form that is shown a second time, with what comes of it."""


class Forms:
    """Everybody's browsers, and what is sent from them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._browsers: dict[str, Browser] = {}
        self._open = AsyncExitStack()

    def person(self, who: str) -> Any:
        return getattr(self.world, who)

    async def enter(self, who: str) -> None:
        """Somebody signs in."""
        signed_in = browser(self.world, self.person(who))
        self._browsers[who] = await self._open.enter_async_context(signed_in)

    async def leave(self) -> None:
        """Every browser is closed."""
        await self._open.aclose()

    def page(self, who: str) -> Shown:
        """What stands before somebody's eyes."""
        page = self._browsers[who].page
        assert page is not None
        return page

    async def send(
        self,
        who: str,
        path: str,
        form: str,
        wanted: dict[str, Any] | None = None,
        *,
        at: str = "",
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None:
        """Open a page, and send a form of it; if there is none, to its address or one below."""
        opened = await self._browsers[who].open(path)
        if opened.status != 200:  # what is not there is asked for from another page
            await self._browsers[who].open("/")
        if meanwhile:
            await meanwhile()
        refusal = await self._submit(who, f"{path}{at}", form, wanted or {})
        again = forms_of(self.page(who).html).get(form)
        if refusal is None and again and any(name in again.fields for name in CONFIRMS):
            return await self._submit(who, again.action, form, {})
        return refusal

    async def _submit(
        self, who: str, forged: str, form: str, wanted: dict[str, Any]
    ) -> Refusal | None:
        offered = forms_of(self.page(who).html).get(form)
        path, fields = (offered.action, offered.fields) if offered else (forged, {"form": form})
        answer = await self._browsers[who].send(path, {**fields, **wanted})
        await self.world.settle()
        if answer.status == 200:
            return None
        told = _FAULT.search(answer.html)
        assert told, answer.text
        return Refusal(unescape(told[1] or told[2]))
