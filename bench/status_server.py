"""What `bench.status` measures, in a process of its own: a status page, or nothing at all."""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import uvicorn

from core.public_page import (
    HISTORY_DAYS,
    ComponentDay,
    PublicComponent,
    PublicIncident,
    PublicStatusPage,
    PublicTag,
    PublicUpdate,
)
from storage.vocabulary import ComponentStatus, Severity, Status
from web.status_pages import StatusPages

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PAGE = UUID(int=1)
COMPONENTS = 12


async def floor(_scope: Any, _receive: Any, send: Any) -> None:
    """The least that an application can do."""
    await send({"type": "http.response.start", "status": 304, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class OnePage:
    """A usual page: a dozen components, an open incident, a history."""

    async def versions(self) -> Mapping[str, tuple[UUID, int]]:
        return {"acme": (PAGE, 1)}

    async def load(self, _page_id: UUID) -> PublicStatusPage | None:
        components = tuple(_component(number) for number in range(COMPONENTS))
        tag = PublicTag(components[0].id, components[0].name)
        return PublicStatusPage(
            id=UUID(int=1),
            slug="acme",
            title="Acme Payments",
            banner=ComponentStatus.PARTIAL_OUTAGE,
            updated_at=NOW,
            components=components,
            incidents=(_incident(100, tag, None),),
            history=tuple(_incident(number, tag, NOW) for number in range(20)),
        )


def _component(number: int) -> PublicComponent:
    today = date(2026, 11, 18)
    return PublicComponent(
        id=UUID(int=1000 + number),
        name=f"Service {number}",
        group_label=f"Region {number // 4}",
        description="What customers reach by its own address",
        status=ComponentStatus.OPERATIONAL,
        days=tuple(
            ComponentDay(
                today - timedelta(days=ago), ComponentStatus.OPERATIONAL, timedelta(), timedelta()
            )
            for ago in reversed(range(HISTORY_DAYS))
        ),
        uptime=1.0,
    )


def _incident(number: int, tag: PublicTag, resolved_at: datetime | None) -> PublicIncident:
    said = "Some requests take longer than usual. No data is lost, and retries succeed."
    return PublicIncident(
        id=UUID(int=number),
        number=number,
        title=f"Requests are slow ({number})",
        severity=Severity.HIGH,
        status=Status.RESOLVED if resolved_at else Status.IDENTIFIED,
        components=(tag,),
        started_at=NOW - timedelta(hours=1),
        resolved_at=resolved_at,
        updates=(PublicUpdate(NOW, said, None), PublicUpdate(NOW, None, Status.IDENTIFIED)),
    )


async def serve(what: str, http: Any, loop: Any, port: int) -> None:
    pages = StatusPages(floor, OnePage(), public_url=None, now=lambda: NOW)
    config = uvicorn.Config(
        floor if what == "floor" else pages,
        port=port,
        http=http,
        loop=loop,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
    )
    await pages.start()
    await uvicorn.Server(config).serve()
    await pages.stop()


def main() -> None:
    what, http, loop, port, core = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    if loop == "uvloop":
        import uvloop

        uvloop.run(serve(what, http, loop, int(port)))
    else:
        asyncio.run(serve(what, http, loop, int(port)))


if __name__ == "__main__":
    main()
