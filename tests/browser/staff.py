"""The dashboard in a real browser: a product that runs, and a tab for each of its people."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from core import people, sessions
from core.transaction import Actor
from storage.vocabulary import Surface
from tests.browser.windows import PATIENCE_SECONDS, Seen, open_everything
from tests.cast import StoryClock
from tests.world import World, running_world


@dataclass
class Office:
    """A browser at a running product."""

    world: World
    browser: Browser
    url: str
    seen: Seen

    async def tab(
        self, person: Any, path: str = "/", *, width: int = 1280, scheme: str = "light", **more: Any
    ) -> Page:
        """Somebody's tab, signed in, in a window of its own; nobody's if there is no person."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **more
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.seen.listen(context)
        page = await context.new_page()
        await self.enter(page, person, path)
        return page

    async def enter(self, page: Page, person: Any, path: str = "/") -> None:
        """Somebody signs in in a tab that is there."""
        if person is not None:
            cookie = {"name": "tocsin_session", "value": await self._cookie(person)}
            await page.context.add_cookies([{**cookie, "url": self.url}])
        await page.goto(f"{self.url}/app{path}")

    async def acts(self, person: Any) -> Actor:
        """Somebody who does something elsewhere, in Slack."""
        return people.actor_of(await self._member(person), Surface.SLACK)

    async def _cookie(self, person: Any) -> str:
        member = await self._member(person)
        core = self.world.tocsin.core
        async with core.transaction(people.actor_of(member, Surface.DASHBOARD)) as tx:
            return await sessions.begin(tx, member.id)

    async def _member(self, person: Any) -> Any:
        async with self.world.tocsin.core.reading(self.world.system) as tx:
            member = await people.find_by_slack_user_id(tx, person.id)
        assert member is not None
        return member


@asynccontextmanager
async def open_office(
    database_url: str,
    browser: Browser,
    seen: Seen,
    *,
    clock: StoryClock | None = None,
    **more: Any,
) -> AsyncIterator[Office]:
    """Serve a product, until its pages are closed; on the browser's clock unless another is."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        clock = clock or StoryClock(datetime.now(UTC))
        async with running_world(database_url, clock=clock, public_url=url, **more) as world:
            config = uvicorn.Config(world.tocsin.http, log_config=None, lifespan="off", ws="none")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[free]))
            try:
                yield Office(world, browser, url, seen)
            finally:
                for context in browser.contexts:
                    await context.close()  # first: a page whose server is gone complains
                await world.tocsin.dashboard.stop()
                server.should_exit = True
                await serving


async def violations(page: Page) -> list[str]:
    """What keeps somebody from reading or using the page, with all that can be opened open."""
    await open_everything(page)
    found = await Axe().run(page)
    assert len(found.response["passes"]) > 10
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
