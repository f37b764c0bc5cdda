"""What tells open pages that something changed: one look for all of them, a stream for each.

Everything that happens is on the audit trail, on whatever replica it was done. So while anybody
watches, each process asks a few times a second where the trail of their organization ends.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core import audit, sessions
from core.errors import DomainError, NotSignedIn, Unavailable
from core.sessions import Session
from core.transaction import Actor, Core
from web.dashboard.cookies import SESSION, held
from web.dashboard.door import Door
from web.dashboard.rendering import HEADERS

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
STREAM = "text/event-stream"
SPREAD_SECONDS = 0.3
TAB_SECONDS = 0.005
"""A page takes so long to be made: tabs are told of a change that far apart, within the spread."""

BREATH_SECONDS = 5.0
"""So often a stream says that it lives, and asks whether its session does, whatever happens."""


class TrailWatch:
    """Where the trail ends of each organization that somebody watches."""

    def __init__(
        self,
        core: Core,
        *,
        look_seconds: float = LOOK_SECONDS,
        breath_seconds: float = BREATH_SECONDS,
    ) -> None:
        self._core = core
        self._look_seconds = look_seconds
        self._breath_seconds = breath_seconds
        self._watched: dict[UUID, int] = {}
        self._last: dict[UUID, str] = {}
        self._changed = asyncio.Condition()
        self._looking: asyncio.Task[None] | None = None
        self._stopped = False

    async def last(self, organization_id: UUID) -> str:
        """Where the trail of an organization ends now."""
        async with self._core.reading(Actor.system(organization_id)) as tx:
            return await audit.last(tx)

    async def follow(self, organization_id: UUID) -> AsyncGenerator[str | None, None]:
        """Where the trail ends, at first and after each change; and None with each breath.

        A breath comes at its time, however much happens in between.
        """
        self._watched[organization_id] = self._watched.get(organization_id, 0) + 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        seconds = asyncio.get_running_loop().time
        breath = seconds() + self._breath_seconds
        seen: str | None = None
        try:
            while not self._stopped:
                known = self._last.get(organization_id)
                if seconds() >= breath:
                    breath = seconds() + self._breath_seconds
                    yield None
                elif known is not None and known != seen:
                    if seen is not None:
                        await self._stagger()
                    seen = self._last.get(organization_id, known)
                    yield seen
                else:
                    await self._wait(organization_id, seen, until=breath)
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

    async def _wait(self, organization_id: UUID, seen: str | None, *, until: float) -> None:
        """Until this organization's trail ends elsewhere than was seen, or a breath is due."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until), self._changed:
                await self._changed.wait_for(
                    lambda: self._stopped or self._last.get(organization_id) not in (None, seen)
                )

    async def _stagger(self) -> None:
        """A moment of one's own, so that all who follow do not come to look at once."""
        spread = min(SPREAD_SECONDS, TAB_SECONDS * (sum(self._watched.values()) - 1))
        await asyncio.sleep(random.uniform(0, spread))  # noqa: S311  (a moment, not a secret)

    async def _look(self) -> None:
        while self._watched and not self._stopped:
            try:
                for organization_id in list(self._watched):
                    last = await self.last(organization_id)
                    if organization_id in self._watched:  # the last who followed may have left
                        self._last[organization_id] = last
            except DomainError:
                pass  # said in the log where it happened; the pages stay as they are
            except Exception:
                log.exception("it could not be seen whether anything changed")
            async with self._changed:
                self._changed.notify_all()
            await asyncio.sleep(self._look_seconds)


async def _stream(request: Request) -> Response:
    """Events for as long as the session lives: `changed`, with where the trail ends."""
    headers = {**HEADERS, "X-Accel-Buffering": "no"}
    try:
        session = await _session(request)
    except Unavailable:  # a refusal would end it for good; a stream that ends is opened again
        return Response(": not now\n\n", headers=headers, media_type=STREAM)
    if session is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)  # EventSource then asks no more
    return StreamingResponse(_events(request, session), headers=headers, media_type=STREAM)


async def _events(request: Request, session: Session) -> AsyncIterator[str]:
    organization_id = session.actor.organization_id
    assert organization_id is not None  # noqa: S101  (a member has one)
    async for last in Door.of(request).watch.follow(organization_id):
        if last is not None:
            yield f"event: changed\ndata: {last}\n\n"
        elif await _is_over(request):
            yield "event: over\ndata: 0\n\n"
            return
        else:
            yield ": still here\n\n"


async def _is_over(request: Request) -> bool:
    """Whether the session has ended. While nobody can say so, it has not."""
    try:
        return await _session(request) is None
    except Unavailable:
        return False


async def _since(request: Request) -> Response:
    """Where the trail ends, for those through whom no stream passes."""
    try:
        async with Door.of(request).core.reading(Actor.system()) as tx:
            await sessions.recognise(tx, held(request, SESSION))
            last = await audit.last(tx)
    except NotSignedIn:
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers=HEADERS)
    except Unavailable:
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=HEADERS)
    return JSONResponse({"last": last}, headers=HEADERS)


async def _session(request: Request) -> Session | None:
    """Whose browser it is. Raises Unavailable where that can't be found out."""
    door = Door.of(request)
    try:
        async with door.core.reading(Actor.system()) as tx:
            return await sessions.recognise(tx, held(request, SESSION))
    except NotSignedIn:
        return None


ROUTES = [
    Route("/events", _stream, methods=["GET"]),
    Route("/last", _since, methods=["GET"]),
]
