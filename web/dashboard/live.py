"""What tells open pages that something changed: one look for all of them, a stream for each.

Everything that happens is on the audit trail, on whatever replica it was done. So while anybody
watches, each process asks a few times a second what the last event of their organization is.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core import audit, sessions
from core.errors import DomainError
from core.sessions import Session
from core.transaction import Actor, Core
from web.dashboard.door import Door
from web.dashboard.pages import cookie_of
from web.dashboard.rendering import HEADERS

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
BREATH_SECONDS = 15.0
"""So often a stream says that it lives, and asks whether its session does."""


class Watch:
    """The last event of each organization that somebody watches."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._watched: dict[UUID, int] = {}
        self._last: dict[UUID, int] = {}
        self._changed = asyncio.Condition()
        self._looking: asyncio.Task[None] | None = None
        self._stopped = False

    async def last(self, organization_id: UUID) -> int:
        """The last event of an organization now."""
        async with self._core.reading(Actor.system(organization_id)) as tx:
            return await audit.last(tx)

    async def follow(self, organization_id: UUID) -> AsyncIterator[int | None]:
        """The last event, at first and after each change; None for each breath without one."""
        self._watched[organization_id] = self._watched.get(organization_id, 0) + 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        seen: int | None = None
        try:
            while not self._stopped:
                known = self._last.get(organization_id)
                if known is not None and known != seen:
                    seen = known
                    yield known
                elif not await self._wait():
                    yield None
        finally:
            self._watched[organization_id] -= 1
            if not self._watched[organization_id]:
                del self._watched[organization_id]
                self._last.pop(organization_id, None)

    async def stop(self) -> None:
        """End every stream."""
        self._stopped = True
        async with self._changed:
            self._changed.notify_all()
        if self._looking:
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _wait(self) -> bool:
        """Until the next look is over; False after a breath."""
        before = dict(self._last)
        try:
            async with asyncio.timeout(BREATH_SECONDS), self._changed:
                await self._changed.wait_for(lambda: self._stopped or self._last != before)
        except TimeoutError:
            return False
        return True

    async def _look(self) -> None:
        while self._watched and not self._stopped:
            try:
                for organization_id in list(self._watched):
                    self._last[organization_id] = await self.last(organization_id)
            except DomainError:
                pass  # said in the log where it happened; the pages stay as they are
            except Exception:
                log.exception("it could not be seen whether anything changed")
            async with self._changed:
                self._changed.notify_all()
            await asyncio.sleep(LOOK_SECONDS)


async def _stream(request: Request) -> Response:
    """Events for as long as the session lives: `changed`, with the number of the last event."""
    session = await _session(request)
    if session is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)  # EventSource then asks no more
    headers = {**HEADERS, "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _events(request, session), headers=headers, media_type="text/event-stream"
    )


async def _events(request: Request, session: Session) -> AsyncIterator[str]:
    organization_id = session.actor.organization_id
    assert organization_id is not None  # noqa: S101  (a member has one)
    async for last in Door.of(request).watch.follow(organization_id):
        if last is not None:
            yield f"event: changed\ndata: {json.dumps(last)}\n\n"
        elif await _session(request) is None:
            yield "event: over\ndata: 0\n\n"
            return
        else:
            yield ": still here\n\n"


async def _since(request: Request) -> Response:
    """The number of the last event, for those through whom no stream passes."""
    session = await _session(request)
    if session is None or session.actor.organization_id is None:
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers=HEADERS)
    last = await Door.of(request).watch.last(session.actor.organization_id)
    return JSONResponse({"last": last}, headers=HEADERS)


async def _session(request: Request) -> Session | None:
    door = Door.of(request)
    try:
        async with door.core.reading(Actor.system()) as tx:
            return await sessions.recognise(tx, cookie_of(request, door))
    except DomainError:
        return None


ROUTES = [
    Route("/events", _stream, methods=["GET"]),
    Route("/last", _since, methods=["GET"]),
]
