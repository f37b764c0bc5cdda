"""The HTTP side of a workspace: Web API, response_urls, Socket Mode and the browser page."""

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from sandbox.api.door import Door
from sandbox.engine import Engine
from sandbox.ui import Handler, Page

STATIC = Path(__file__).parent / "static"
LARGEST_BODY = 4 * 1024 * 1024


@asynccontextmanager
async def serving(engine: Engine, page: Page, host: str, port: int) -> AsyncIterator[str]:
    """Serve a workspace on this machine only, for as long as the context lasts."""
    refuse_others(host)
    door = Door(engine)
    runner = web.AppRunner(_application(engine, page, door), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        actual = runner.addresses[0][1]
        engine.base_url = f"http://{f'[{host}]' if ':' in host else host}:{actual}"
        engine.socket.base_url = engine.response_urls.base_url = engine.base_url
        yield engine.base_url
    finally:
        door.closing.set()
        engine.changes.close()
        await engine.socket.close()
        await engine.background.end()
        await runner.cleanup()


def refuse_others(host: str) -> None:
    """Raise ValueError for any host but this machine: the sandbox knows no passwords."""
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(
            f"The sandbox only listens on this machine (127.0.0.1), not on {host}: "
            "everybody who can reach it can act as anybody in it."
        )


def _application(engine: Engine, page: Page, door: Door) -> web.Application:
    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_route("*", "/api/{method}", door.api)
    application.router.add_post("/response/{token}", door.response_url)
    application.router.add_get("/link/", engine.socket.accept)
    application.router.add_get("/", _index)
    application.router.add_get("/archives/{channel}/{ts}", _index)
    application.router.add_get("/static/{name:.+}", _asset)
    for method, path, handler in page.routes():
        application.router.add_route(method, path, _only_from_here(handler))
    return application


def _only_from_here(handler: Handler) -> Handler:
    """A page of some website must not act here by way of the browser.

    Not under its own name (DNS rebinding), and not by a form, which can't send JSON. This is no
    middleware of the application: aiohttp would remember it, and with it every workspace there was.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            refuse_others((request.url.host or "").strip("[]"))
        except ValueError:
            return web.Response(status=403, text="Open the sandbox by 127.0.0.1 or localhost.")
        if request.method == "POST" and request.content_type != "application/json":
            return web.Response(status=415, text="The sandbox takes JSON here.")
        return await handler(request)

    return guarded


async def _index(request: web.Request) -> web.StreamResponse:
    index = STATIC / "index.html"
    if not index.is_file():
        return web.Response(text="This is a sandbox and not Slack. Its page is not installed.")
    return web.FileResponse(index, headers={"Cache-Control": "no-cache"})


async def _asset(request: web.Request) -> web.StreamResponse:
    asset = (STATIC / request.match_info["name"]).resolve()
    if not asset.is_relative_to(STATIC.resolve()) or not asset.is_file():
        return web.Response(status=404, text="There is no such file.")
    return web.FileResponse(asset, headers={"Cache-Control": "no-cache"})
