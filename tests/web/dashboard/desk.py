"""A dashboard alone, without the rest of the product, and a client that can sign in to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from core import people, sessions
from core.transaction import Core
from storage.vocabulary import Surface
from tests.engine import Engine
from web.dashboard import Dashboard
from web.dashboard.cookies import SESSION


async def _nobody_checks(_: UUID) -> list[Any]:
    return []


@asynccontextmanager
async def desk(
    engine: Engine, *, core: Core | None = None, **given: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of an engine's dashboard, at the address that it is told is its own."""
    given = {"public_url": "http://tocsin.test", "checkup": _nobody_checks, **given}
    dashboard = Dashboard(core or engine.core, **given)
    served = httpx.ASGITransport(app=Starlette(routes=[Mount("/app", dashboard)]))
    async with httpx.AsyncClient(transport=served, base_url=given["public_url"]) as client:
        yield client
    await dashboard.stop()


async def sign_in(engine: Engine, client: httpx.AsyncClient, name: str) -> None:
    """Somebody of the cast sits down in front of it."""
    member = engine.cast[name]
    async with engine.core.transaction(people.actor_of(member, Surface.DASHBOARD)) as tx:
        client.cookies.set(SESSION, await sessions.begin(tx, member.id))
