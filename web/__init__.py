"""Everything over HTTP that is not Slack's: health, metrics, pages, the API and MCP."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from prometheus_client import CONTENT_TYPE_LATEST

from web.dashboard.door import PATH
from web.metrics import Looking, Metrics
from web.requests import RequestIds

Ready = Callable[[], Awaitable[str | None]]
"""Says what is wrong, or None when all is well."""


def create_web(ready: Ready, metrics: Metrics, look: Looking) -> FastAPI:
    """The HTTP application.

    `/healthz` answers while the process lives, `/readyz` while it can work, `/metrics` always.
    """
    web = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url=None)
    web.add_middleware(RequestIds)

    @web.get("/")
    async def root() -> Response:
        """Whoever types no more than the host means the dashboard."""
        return RedirectResponse(f"{PATH}/")

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

    @web.get("/metrics")
    async def scrape() -> Response:
        return Response(metrics.render(await look()), media_type=CONTENT_TYPE_LATEST)

    return web
