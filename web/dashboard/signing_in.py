"""Signing in and out: by a link from Slack, and in the sandbox by one click.

A new session begins each time, whatever cookie came along: nobody can prepare one for another. The
one that the browser had ends.
Opening a link shows a button and uses nothing up; pressing it does.
"""

from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import people, sessions
from core.errors import Forbidden, LinkOver, NotFound, NotSignedIn
from core.transaction import Actor
from storage.vocabulary import Surface
from web.dashboard.answering import answered, to, trouble
from web.dashboard.cookies import SAID, SESSION, hand, held, take_back
from web.dashboard.door import Door
from web.dashboard.pages import TOKEN, is_same_origin, read_form
from web.dashboard.rendering import Page, View, render

NEXT = "next"
NEXT_MAX = 2_000
"""Characters: it travels in an address, and in a cookie."""


async def _sign_in(request: Request) -> Response:
    """Where those land who are not signed in: what to do, and in the sandbox whom to become."""
    door = Door.of(request)
    everybody = []
    if door.open_to_all:
        async with door.core.reading(Actor.system()) as tx:
            for organization in await people.organizations(tx):
                tx.actor = Actor.system(organization.id)
                everybody += [people.Person.of(one) for one in await people.members(tx)]
    facts = {
        "everybody": everybody,
        "following": inside(request.query_params.get(NEXT, "")),
        "with_slack": door.slack_app is not None and door.public_url is not None,
    }
    return render(View(path=request.url.path), Page("sign_in.html", facts))


async def _show_link(request: Request) -> Response:
    try:
        person = await sessions.look_at_link(Door.of(request).core, request.path_params["secret"])
    except LinkOver as refusal:
        return trouble(request, HTTPStatus.GONE, "This link is over", refusal.message)
    return render(View(path=request.url.path), Page("link.html", {"person": person}))


async def _use_link(request: Request) -> Response:
    door = Door.of(request)
    _refuse_strangers(request, door)
    try:
        cookie = await sessions.use_link(
            door.core, request.path_params["secret"], instead_of=held(request, SESSION)
        )
    except LinkOver as refusal:
        return trouble(request, HTTPStatus.GONE, "This link is over", refusal.message)
    return let_in(door, cookie, "")


async def _become(request: Request) -> Response:
    """One click in the sandbox; nowhere else is there such an address."""
    door = Door.of(request)
    if not door.open_to_all:
        raise NotFound
    _refuse_strangers(request, door)
    form = await read_form(request)
    try:
        member_id = UUID(next(iter(form.get("member", [])), ""))
    except ValueError:
        raise NotFound from None
    async with door.core.reading(Actor.system()) as tx:
        found = (await people.by_id(tx, [member_id])).get(member_id)
    if found is None:
        raise NotFound
    async with door.core.transaction(people.actor_of(found, Surface.DASHBOARD)) as tx:
        cookie = await sessions.begin(tx, member_id, instead_of=held(request, SESSION))
    return let_in(door, cookie, inside(next(iter(form.get(NEXT, [])), "")))


async def _sign_out(request: Request) -> Response:
    """Out of here, or out everywhere. Who is out already stays out."""
    door = Door.of(request)
    _refuse_strangers(request, door)
    form = await read_form(request)
    try:
        async with door.core.reading(Actor.system()) as tx:
            session = await sessions.recognise(tx, held(request, SESSION))
    except NotSignedIn:
        return _out(door)
    if not sessions.is_shown_to(session, next(iter(form.get(TOKEN, [])), "")):
        raise Forbidden("This was not sent from a page of yours. Open the page anew.")
    async with door.core.transaction(session.actor) as tx:
        if form.get("everywhere"):
            await sessions.end_all(tx, session.person.id)
        else:
            await sessions.end(tx, session)
    return _out(door)


def let_in(door: Door, cookie: str, following: str) -> Response:
    """Into the dashboard, with a new session's cookie, and nothing said to whoever was here."""
    response = to(following or "/")
    hand(response, door, SESSION, cookie)
    take_back(response, door, SAID)
    return response


def inside(path: str) -> str:
    """A path below the dashboard, to go to afterwards; nothing for one that leads elsewhere."""
    if not path.isascii() or len(path) > NEXT_MAX:
        return ""
    try:
        parts = urlsplit(path)
    except ValueError:
        return ""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    is_plain = not parts.scheme and not parts.netloc and path.isprintable()
    return path if is_ours and is_plain else ""


def _out(door: Door) -> Response:
    response = to("/sign-in")
    for cookie in (SESSION, SAID):
        take_back(response, door, cookie)
    return response


def _refuse_strangers(request: Request, door: Door) -> None:
    if not is_same_origin(request, door):
        raise Forbidden("This was not sent from here. Open the page anew and press its button.")


ROUTES = [
    Route("/sign-in", answered(_sign_in), methods=["GET"]),
    Route("/sign-in/{secret}", answered(_show_link), methods=["GET"]),
    Route("/sign-in/{secret}", answered(_use_link), methods=["POST"]),
    Route("/become", answered(_become), methods=["POST"]),
    Route("/sign-out", answered(_sign_out), methods=["POST"]),
]
