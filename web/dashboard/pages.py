"""What makes a page of a function: a transaction goes in, what is shown comes out.

    @PAGES.get("/incidents/{number:int}")
    async def show_incident(tx: Transaction, asked: Asked) -> Page: ...

    @PAGES.post("/incidents/{number:int}/acknowledge", of=show_incident)
    async def acknowledge(tx: Transaction, asked: Asked) -> Back: ...

Who is not signed in is sent to sign in, and comes back. A form counts only if it was shown to this
very session. What a form's function refuses is said at its field, on the page that the form is
`of`, and nothing that was typed is lost.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from core import permissions, sessions
from core.errors import DomainError, Forbidden, NotFound, NotSignedIn, Unavailable
from core.sessions import Session
from core.transaction import Actor, Transaction
from web.dashboard.door import PATH, Door
from web.dashboard.rendering import HEADERS, Page, Refused, View, render

log = logging.getLogger(__name__)

FORM_MAX = 256 * 1024
"""Bytes: ten times the longest text, as forms write it."""

TOKEN = "form_token"  # noqa: S105  (the name of a field)
FORM = "form"
SAID = "tocsin_said"
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
    """A form that leads to another page instead of doing something: what shows it.

    It reads in a transaction of its own, so that nobody who writes waits for it.
    """

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


class Pages:
    """The pages about one noun."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def get(self, path: str, *, admins: str | None = None) -> Callable[[Any], Any]:
        """A page that shows something. `admins` says what is theirs alone, in words."""

        def add(function: Shows) -> Shows:
            async def answer(request: Request) -> Response:
                return await _get(request, function, admins)

            self.routes.append(Route(path, answered(answer), methods=["GET"]))
            return function

        return add

    def post(self, path: str, *, of: Shows, admins: str | None = None) -> Callable[[Any], Any]:
        """A form that does something, on the page `of`."""

        def add(function: Function) -> Function:
            async def answer(request: Request) -> Response:
                return await _post(request, function, of, admins)

            self.routes.append(Route(path, answered(answer), methods=["POST"]))
            return function

        return add


Answer = Callable[[Request], Awaitable[Response]]


def answered(work: Answer) -> Answer:
    """An answer, whatever happens: what is raised is told on a page of its own."""

    async def answer(request: Request) -> Response:
        try:
            return await work(request)
        except NotSignedIn as refusal:
            return _to_sign_in(request, refusal)
        except DomainError as refusal:
            status, title = _TROUBLE.get(type(refusal), (HTTPStatus.CONFLICT, "That can't be done"))
            return trouble(request, status, title, refusal.message)
        except Exception:
            log.exception("a page could not be shown")
            said = "It is our fault, and our log has it. Try again in a moment."
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            return trouble(request, status, "Something went wrong", said)

    return answer


_TROUBLE = {
    Unavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "Not right now"),
    NotFound: (HTTPStatus.NOT_FOUND, "There is nothing here"),
    Forbidden: (HTTPStatus.FORBIDDEN, "That is not yours to do"),
}


async def _get(request: Request, function: Shows, admins: str | None) -> Response:
    door = Door.of(request)
    async with door.core.reading(Actor.system()) as tx:
        session = await sessions.recognise(tx, cookie_of(request, door))
        if admins:
            await permissions.require_admin(tx, admins)
        asked = _asked(request, door, session)
        page = await function(tx, asked)
    by_itself = LIVE in request.headers
    if not by_itself:  # a tab that nobody looks at is idle, however often it asks how things are
        await sessions.note_use(door.core, session)
    response = await _answer(asked, page)
    if SAID in request.cookies and not by_itself:
        response.delete_cookie(SAID, path=PATH)
    return response


async def _post(request: Request, function: Function, of: Shows, admins: str | None) -> Response:
    door = Door.of(request)
    form = await read_form(request)  # first of all: who is signed out meanwhile does nothing
    async with door.core.reading(Actor.system()) as tx:
        session = await sessions.recognise(tx, cookie_of(request, door))
    asked = _asked(request, door, session)
    asked.form = form
    if not sessions.is_shown_to(session, asked.one(TOKEN)) or not is_same_origin(request, door):
        raise Forbidden("This form was not sent from a page of yours. Go back, and send it again.")
    await sessions.note_use(door.core, session)
    try:
        async with door.core.transaction(session.actor) as tx:
            if admins:
                await permissions.require_admin(tx, admins)
            done = await function(tx, asked)
        if isinstance(done, Then):
            async with door.core.reading(session.actor) as tx:
                done = await done.shows(tx, asked)
    except (NotSignedIn, Unavailable):
        raise
    except DomainError as refusal:
        if admins and isinstance(refusal, Forbidden):
            raise  # the page that the form is on may be for admins, too
        return await _refused(asked, of, refusal)
    return await _answer(asked, done)


async def _answer(asked: Asked, done: Page | Back | Response | Afterwards) -> Response:
    if isinstance(done, Back):
        return to(done.path, said=done.said, secure=asked.door.is_secure)
    answer = await done.work() if isinstance(done, Afterwards) else done
    return answer if isinstance(answer, Response) else render(asked.view, answer)


async def _refused(asked: Asked, of: Shows, refusal: DomainError) -> Response:
    """The page that the form is on, with what is wrong at its field and all that was typed."""
    asked.view.refused = Refused(asked.one(FORM), refusal.message, refusal.field, asked.form)
    async with asked.door.core.reading(asked.session.actor) as tx:
        page = await of(tx, asked)
    if isinstance(page, Afterwards):
        page = await page.work()
    return render(asked.view, page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _asked(request: Request, door: Door, session: Session) -> Asked:
    query = dict(request.query_params)
    said = unquote(request.cookies.get(SAID, "")) or None
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


def cookie_name(door: Door) -> str:
    """Over HTTPS a name that no other host and no plain page can set."""
    return "__Host-tocsin" if door.is_secure else "tocsin_session"


def cookie_of(request: Request, door: Door) -> str:
    """The session's cookie, or nothing."""
    return request.cookies.get(cookie_name(door), "")


def is_same_origin(request: Request, door: Door) -> bool:
    """Whether a browser sent this from a page of ours, as far as it says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    ours = {door.public_url, f"{request.url.scheme}://{request.headers.get('Host', '')}"}
    return origin is None or origin in ours


def to(path: str, *, said: str | None = None, secure: bool = False) -> Response:
    """Go and look there; what is `said` is said once."""
    response = RedirectResponse(f"{PATH}{path}", HTTPStatus.SEE_OTHER, HEADERS)
    if said:
        response.set_cookie(
            SAID, quote(said), max_age=SAID_SECONDS, path=PATH, httponly=True, samesite="lax",
            secure=secure,
        )  # fmt: skip
    return response


def trouble(request: Request, status: HTTPStatus, title: str, sentence: str) -> Response:
    """A page that says why there is none."""
    view = View(path=request.url.path)
    return render(view, Page("trouble.html", {"title": title, "sentence": sentence}), status)


def _to_sign_in(request: Request, refusal: NotSignedIn) -> Response:
    if request.method != "GET":
        return trouble(
            request, HTTPStatus.UNAUTHORIZED, "You are signed out",
            f"{refusal.message} What you typed was not sent: go back to it in your browser.",
        )  # fmt: skip
    path = request.url.path.removeprefix(PATH)
    query = f"?{request.url.query}" if request.url.query else ""
    return to(f"/sign-in?next={quote(path + query)}" if path not in ("", "/") else "/sign-in")


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """What is no page of ours."""
    request = Request(scope, receive)
    response = trouble(
        request, HTTPStatus.NOT_FOUND, "There is nothing here",
        "The address may be mistyped, or what was here may be gone.",
    )  # fmt: skip
    await response(scope, receive, send)
