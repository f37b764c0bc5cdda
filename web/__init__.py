"""Everything over HTTP that is not Slack's: the health of the process, and later pages and API."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Response

Ready = Callable[[], Awaitable[str | None]]
"""Says what is wrong, or None when all is well."""


def create_web(ready: Ready) -> FastAPI:
    """The HTTP application: `/healthz` while the process lives, `/readyz` while it can work."""
    web = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url=None)

    @web.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @web.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        wrong = await ready()
        if wrong is None:
            return {"status": "ok"}
        response.status_code = 503
        return {"status": "not ready", "reason": wrong}

    return web
