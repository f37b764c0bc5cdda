"""A browser without a window: it keeps cookies, follows where it is led, and sends forms."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from core import people, sessions
from storage.vocabulary import AuditType, Surface
from tests.world import World, web_client

_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


@dataclass
class Shown:
    """A page, as its reader has it."""

    answer: httpx.Response

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def path(self) -> str:
        return self.answer.url.path

    @property
    def html(self) -> str:
        return self.answer.text

    @property
    def text(self) -> str:
        """What stands on it, without markup, each white space once."""
        return visible(self.html)

    def form_token(self) -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.html)
        return found[1] if found else ""


def visible(html: str) -> str:
    """What stands in markup, each white space once."""
    return " ".join(unescape(_TAGS.sub(" ", html)).split())


@dataclass
class Browser:
    """Somebody's browser, signed in or not."""

    client: httpx.AsyncClient
    page: Shown | None = None

    async def open(self, path: str, **more: Any) -> Shown:
        """Go there, and wherever that leads."""
        self.page = Shown(await self.client.get(f"/app{path}", follow_redirects=True, **more))
        return self.page

    async def send(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Shown:
        """Send a form of the page that is open, and see where that leads."""
        token = self.page.form_token() if self.page else ""
        data = {"form_token": token, **(fields or {})}
        headers = {"Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        answer = await self.client.post(
            f"/app{path}", data=data, headers=headers, follow_redirects=True, **more
        )
        self.page = Shown(answer)
        return self.page


@asynccontextmanager
async def browser(world: World, person: Any = None) -> AsyncIterator[Browser]:
    """A browser of the world's; signed in as one of its people, if one is named."""
    async with web_client(world.tocsin) as client:
        made = Browser(client)
        if person is not None:
            await sign_in(world, client, person)
        yield made


async def sign_in(world: World, client: httpx.AsyncClient, person: Any) -> None:
    """Give this browser a session of a person's."""
    async with world.tocsin.core.reading(world.system) as tx:
        member = await people.find_by_slack_user_id(tx, person.id)
    assert member is not None
    async with world.tocsin.core.transaction(people.actor_of(member, Surface.DASHBOARD)) as tx:
        cookie = await sessions.begin(tx, member.id)
    client.cookies.set("tocsin_session", cookie, domain="tocsin.test", path="/")


async def paged(world: World, number: int = 1) -> list[str]:
    """Everybody whom a page about an incident has reached, by name."""
    events = await world.trail(number)
    return sorted(event.data["name"] for event in events if event.type is AuditType.RESPONDER_PAGED)
