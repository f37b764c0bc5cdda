"""Calendar feeds over HTTP. The address is the key: it is logged nowhere and cached by nobody else.

Unknown, revoked and malformed addresses get the same answer.
"""

from hashlib import sha256
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from core import calendars
from core.calendars import Calendar
from core.errors import DomainError
from core.transaction import Core
from web import icalendar_text

RETRY_SECONDS = 60

_HEADERS = {
    "Cache-Control": "private, no-cache",  # who keeps a copy asks each time whether it still holds
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
}


def calendar_feeds(core: Core) -> APIRouter:
    """The route of every feed: GET and HEAD show it, or 304 where the reader has it already."""
    router = APIRouter()

    @router.api_route(f"{calendars.PATH}/{{secret}}.ics", methods=["GET", "HEAD"])
    async def read(secret: str, request: Request) -> Response:
        try:
            calendar = await calendars.look(core, secret)
        except DomainError:
            said = "Tocsin can't reach its database right now. Ask again in a minute.\n"
            return _plain(said, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)})
        if calendar is None:
            return _plain("There is no such calendar.\n", HTTPStatus.NOT_FOUND)
        # Beside the loop: a large calendar is no reason for a page to wait.
        text, tag = await run_in_threadpool(_written, calendar)
        headers = {**_HEADERS, "ETag": tag}
        if _has_it(request.headers.get("If-None-Match", ""), tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)

    return router


def _written(calendar: Calendar) -> tuple[bytes, str]:
    """The text and its tag: a weak one, as the same shifts are written with a newer stamp."""
    text = icalendar_text.render(calendar)
    return text, f'W/"{sha256(icalendar_text.without_stamps(text)).hexdigest()[:32]}"'


def _has_it(if_none_match: str, tag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in known or tag.removeprefix("W/") in known


def _plain(text: str, status: HTTPStatus, more: dict[str, str] | None = None) -> Response:
    headers = {**_HEADERS, "Cache-Control": "no-store", **(more or {})}
    return Response(text, status_code=status, media_type="text/plain", headers=headers)
