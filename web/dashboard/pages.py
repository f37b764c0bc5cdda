"""What makes a page of a function: a transaction goes in, what is shown comes out.

    @PAGES.get("/incidents/{number:int}")
    async def show_incident(tx: Transaction, asked: Asked) -> Page: ...

    @PAGES.post("/incidents/{number:int}/acknowledge", of=show_incident)
    async def acknowledge(tx: Transaction, asked: Asked) -> Back: ...

Who is not signed in is sent to sign in, and comes back. A form counts only if it was shown to this
very session. What a form's function refuses is said at its field, on the page that the form is
`of`, and nothing that was typed is lost. One that is sent with `look` does nothing: the page is
shown again, with what it would come to. Whatever is only reckoned is read in a transaction of its
own, so that nobody who writes waits for it.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, unquote

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import audit, permissions, sessions
from core.errors import DomainError, Forbidden, NotSignedIn, Unavailable
from core.sessions import Session
from core.transaction import Actor, Transaction
from web.dashboard.answering import answered, to
from web.dashboard.cookies import SAID, SESSION, hand, held, take_back
from web.dashboard.door import Door
from web.dashboard.rendering import Page, Refused, View, render

FORM_MAX = 256 * 1024
"""Bytes: ten times the longest text, as forms write it."""

TOKEN = "form_token"  # noqa: S105  (the name of a field)
FORM = "form"
LOOK = "look"
ITS_PAGE = "its page"
"""The name of a route that shows, at a form's address, the page that the form is on."""

LIVE = "X-Live"
"""What a page says that asks by itself how it is now."""

SAID_SECONDS = 30
DEDUP_KEY = "dedup_key"
DEDUP_CHARACTERS = 64


@dataclass(frozen=True)
class Back:
    """Where to go once a form has done its work, and what to say there."""

    path: str
    said: str | None = None


@dataclass(frozen=True)
class Then:
    """A form that leads to another page instead of doing something: what shows it."""

    shows: "Shows"


@dataclass
class Asked:
    """What was asked: by whom, for what in the path and the query, and what the form holds."""

    door: Door
    session: Session
    view: View
    path: dict[str, Any]
    query: dict[str, str]
    form: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """What stands in a field of the form; nothing if it is not there."""
        return next(iter(self.form.get(name, [])), "").strip()

    def every(self, name: str) -> list[str]:
        """All that is chosen in a field of which there may be several."""
        return self.form.get(name, [])

    def dedup_key(self) -> str | None:
        """What names this one form, of this one session: sent twice, it counts once."""
        key = self.one(DEDUP_KEY)
        return f"dashboard:{self.session.id}:{key[:DEDUP_CHARACTERS]}" if key else None


@dataclass(frozen=True)
class Afterwards:
    """What is answered once the transaction is over: it asks the network, or takes its time."""

    work: Callable[[], Awaitable[Page | Response]]


Function = Callable[[Transaction, Asked], Awaitable[Page | Back | Then | Response | Afterwards]]
Shows = Callable[[Transaction, Asked], Awaitable[Any]]
Made = TypeVar("Made", bound=Function)
Shown = TypeVar("Shown", bound=Shows)


class Pages:
    """The pages about one noun."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def get(self, path: str, *, admins: str | None = None) -> Callable[[Shown], Shown]:
        """A page that shows something. `admins` says what is theirs alone, in words."""

        def add(function: Shown) -> Shown:
            async def answer(request: Request) -> Response:
                return await _get(request, function, admins)

            self.routes.append(Route(path, answered(answer), methods=["GET"]))
            return function

        return add

    def post(
        self, path: str, *, of: Shows, first: Shows | None = None, admins: str | None = None
    ) -> Callable[[Made], Made]:
        """A form that does something, on the page `of`.

        `first` shows what is to be seen before that, or nothing: then the form does its work.
        """

        def add(function: Made) -> Made:
            self._posted(path, Posted(function, of, first, admins))
            return function

        return add

    def look(self, path: str, *, of: Shows) -> Callable[[Shown], Shown]:
        """A form on the page `of`, half filled in, that only asks what it would come to."""

        def add(function: Shown) -> Shown:
            self._posted(path, Posted(function, of, function, None))
            return function

        return add

    def _posted(self, path: str, posted: "Posted") -> None:
        async def answer(request: Request) -> Response:
            return await _post(request, posted)

        async def show(request: Request) -> Response:
            return await _get(request, posted.of, posted.admins)

        self.routes.append(Route(path, answered(answer), methods=["POST"]))
        # Where a refused form was shown again, its address asked for anew is the page it is on.
        if not any(one.path == path and "GET" in (one.methods or ()) for one in self.routes):
            self.routes.append(Route(path, answered(show), methods=["GET"], name=ITS_PAGE))


@dataclass(frozen=True)
class Posted:
    """What a form does, the page it is on, and what is shown before; `admins` as in `get`."""

    function: Function
    of: Shows
    first: Shows | None
    admins: str | None


async def _get(request: Request, function: Shows, admins: str | None) -> Response:
    door = Door.of(request)
    async with door.core.reading(Actor.system()) as tx:
        session = await sessions.recognise(tx, held(request, SESSION))
        asked = _asked(request, door, session)
        if admins:
            await permissions.require_admin(tx, admins)
        page = await _read(tx, asked, function)
    response = await _answer(asked, page)
    if LIVE in request.headers:  # a tab that nobody looks at is idle, however often it asks
        return response
    response.background = BackgroundTask(_note_use, door, session)
    if asked.view.said:
        take_back(response, door, SAID)
    return response


async def _note_use(door: Door, session: Session) -> None:
    """Once the page is shown, so that nobody who reads waits for those who write."""
    with suppress(Unavailable):  # the log has it; the next page tries again
        await sessions.note_use(door.core, session)


async def _post(request: Request, posted: Posted) -> Response:
    door = Door.of(request)
    form = await read_form(request)  # first of all: who is signed out meanwhile does nothing
    async with door.core.reading(Actor.system()) as tx:
        session = await sessions.recognise(tx, held(request, SESSION))
    asked = _asked(request, door, session)
    asked.form = form
    if not sessions.is_shown_to(session, asked.one(TOKEN)) or not is_same_origin(request, door):
        raise Forbidden("This form was not sent from a page of yours. Go back, and send it again.")
    await sessions.note_use(door.core, session)
    try:
        done = await _shown_first(asked, posted) or await _done(asked, posted)
    except (NotSignedIn, Unavailable):
        raise
    except DomainError as refusal:
        if posted.admins and isinstance(refusal, Forbidden):
            raise  # the page that the form is on may be for admins, too
        return await _refused(asked, posted.of, refusal)
    return await _answer(asked, done)


async def _shown_first(asked: Asked, posted: Posted) -> Any:
    """What is to be seen before anything is done, if anything is."""
    shows = posted.of if asked.one(LOOK) else posted.first
    return await _shown(asked, shows, posted.admins) if shows else None


async def _done(asked: Asked, posted: Posted) -> Any:
    async with asked.door.core.transaction(asked.session.actor) as tx:
        if posted.admins:
            await permissions.require_admin(tx, posted.admins)
        done = await posted.function(tx, asked)
    return await _shown(asked, done.shows, posted.admins) if isinstance(done, Then) else done


async def _shown(asked: Asked, shows: Shows, admins: str | None) -> Any:
    async with asked.door.core.reading(asked.session.actor) as tx:
        if admins:
            await permissions.require_admin(tx, admins)
        return await _read(tx, asked, shows)


async def _read(tx: Transaction, asked: Asked, shows: Shows) -> Any:
    asked.view.last = await audit.last(tx)  # before anything else: what comes later is told
    return await shows(tx, asked)


async def _answer(asked: Asked, done: Page | Back | Response | Afterwards) -> Response:
    if isinstance(done, Back):
        return _to(done, asked.door)
    answer = await done.work() if isinstance(done, Afterwards) else done
    return answer if isinstance(answer, Response) else render(asked.view, answer)


async def _refused(asked: Asked, of: Shows, refusal: DomainError) -> Response:
    """The page that the form is on, with what is wrong at its field and all that was typed."""
    asked.view.refused = Refused(asked.one(FORM), refusal.message, refusal.field, asked.form)
    async with asked.door.core.reading(asked.session.actor) as tx:
        page = await _read(tx, asked, of)
    if isinstance(page, Afterwards):
        page = await page.work()
    return render(asked.view, page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _asked(request: Request, door: Door, session: Session) -> Asked:
    request.state.session = session  # for the page that says why there is no page
    query = dict(request.query_params)
    said = unquote(held(request, SAID)) or None
    view = View(path=request.url.path, session=session, said=said, query=query)
    return Asked(door, session, view, request.path_params, query)


async def read_form(request: Request) -> dict[str, list[str]]:
    """What a form holds. Raises Forbidden for one that is larger than any of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_MAX:
            raise Forbidden("That is more than fits into a form here. Make it shorter.")
    return parse_qs(bytes(body).decode("utf-8", "replace"), keep_blank_values=True)


def is_same_origin(request: Request, door: Door) -> bool:
    """Whether a browser sent this from a page of ours, as far as it says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    ours = {door.public_url, f"{request.url.scheme}://{request.headers.get('Host', '')}"}
    return origin is None or origin in ours


def _to(back: Back, door: Door) -> Response:
    response = to(back.path)
    if back.said:
        hand(response, door, SAID, quote(back.said), seconds=SAID_SECONDS)
    return response
