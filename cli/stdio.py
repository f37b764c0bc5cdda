"""`app.py mcp`: the MCP tools over standard input and output, for a client on this machine.

It runs beside the server, on the same database. What it commits wakes the server: on PostgreSQL the
bell rings, on SQLite the server's own sweep finds it within seconds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assembly.clock import DatabaseClock, WallClock, stopwatch
from assembly.mail import person_channels
from assembly.settings import Settings, SettingsError
from assembly.version import VERSION
from cli.opening import check_schema
from core import keys
from core.errors import NotAuthorized
from core.transaction import Core
from storage.bell import Bell
from storage.database import Database
from storage.vocabulary import Surface
from web.mcp.tools import Caller

NO_KEY = (
    "TOCSIN_API_KEY is not set: have an admin make a key (`python app.py key create NAME`), and "
    "put it into the environment of this command."
)


@dataclass(frozen=True)
class Holder:
    """Whoever holds one key: asked for anew with each call, so a revoked key is dead at once."""

    core: Core
    secret: str

    async def caller(self) -> Caller:
        """Who calls. Raises NotAuthorized."""
        actor = await keys.authenticate(self.core, self.secret, Surface.MCP)
        return Caller(self.core, actor, self.secret)


async def run_mcp(settings: Settings) -> None:
    """Serve MCP on standard input until it ends. Raises SettingsError without a good key."""
    if not settings.tocsin_api_key:
        raise SettingsError(NO_KEY)
    async with _joined(settings) as core:
        holder = Holder(core, settings.tocsin_api_key)
        try:
            await holder.caller()
        except NotAuthorized as refusal:
            raise SettingsError(f"TOCSIN_API_KEY is no good: {refusal.message}") from refusal
        await _serve(holder)


async def _serve(holder: Holder) -> None:
    from mcp.server.stdio import stdio_server

    from web.mcp.server import make_server

    @asynccontextmanager
    async def whose(_: Any) -> AsyncIterator[Holder]:
        yield holder

    server = make_server(VERSION, whose)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


@asynccontextmanager
async def _joined(settings: Settings) -> AsyncIterator[Core]:
    """Core on the database of the settings, by the clock of those who share it, and heard."""
    database = Database(settings.database_url)
    clock = WallClock() if database.is_sqlite else DatabaseClock()
    core = Core(database, clock, person_channels=person_channels(settings))
    try:
        await check_schema(database)
        if isinstance(clock, DatabaseClock):
            async with _at_the_bell(core, clock):
                yield core
        else:
            yield core
    finally:
        await database.dispose()


@asynccontextmanager
async def _at_the_bell(core: Core, clock: DatabaseClock) -> AsyncIterator[None]:
    def hear(instant: datetime, *, asked: float, answered: float) -> None:
        clock.hear(instant, asked=asked, answered=answered)

    bell = Bell(core.database.url, on_due=lambda _: None, on_time=hear, stopwatch=stopwatch)
    core.on_due = bell.ring
    on_time = asyncio.Event()
    ringing = asyncio.create_task(bell.run(on_time))
    try:
        await on_time.wait()
        yield
    finally:
        ringing.cancel()
        await asyncio.gather(ringing, return_exceptions=True)
