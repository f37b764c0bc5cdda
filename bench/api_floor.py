"""What `bench.api` holds the API against: FastAPI alone, taking and giving the same JSON."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Wanted(BaseModel):
    """The body of a declaration."""

    title: str
    severity: str
    ownerId: str  # noqa: N815  (the floor translates no names: that is the API's own work)


def floor(answers: dict[str, Any]) -> FastAPI:
    """Endpoints with the paths of the API's, that know their answers already."""
    web = FastAPI(openapi_url=None)

    @web.post("/v1/incidents", status_code=201)
    async def create(wanted: Wanted) -> Any:
        return answers["one"]

    @web.get("/v1/incidents")
    async def every(limit: int = 20) -> Any:
        return answers["list"]

    @web.get("/v1/incidents/{id}")
    async def get(id: str) -> Any:
        return answers["whole"]

    @web.post("/v1/incidents/{id}/acknowledge")
    async def acknowledge(id: str) -> Any:
        return answers["one"]

    return web


def main() -> None:
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})
    config = uvicorn.Config(
        floor(json.loads(path.read_text())), host="127.0.0.1", port=port, log_config=None,
        access_log=False, lifespan="off",
    )  # fmt: skip
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
