"""Every request of the dashboard's is answered, whatever happens: what is raised is told on a page.

Who is not signed in is sent to sign in, and comes back.
"""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from core.errors import DomainError, Forbidden, NotFound, NotSignedIn, Unavailable
from web.dashboard.door import PATH
from web.dashboard.rendering import HEADERS, Page, View, render

log = logging.getLogger(__name__)

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


def to(path: str) -> Response:
    """Go and look there."""
    return RedirectResponse(f"{PATH}{path}", HTTPStatus.SEE_OTHER, HEADERS)


def trouble(request: Request, status: HTTPStatus, title: str, sentence: str) -> Response:
    """A page that says why there is none."""
    view = View(path=request.url.path, session=getattr(request.state, "session", None))
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
