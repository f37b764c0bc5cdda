"""*Sign in with Slack*: OpenID Connect, where the app's client id and secret are set.

The browser that comes back must be the one that went (`state`, in a cookie), and what Slack says
must be meant for that very visit (`nonce`) and for us (`aud`). The token comes from Slack itself,
over TLS, so its signature is not asked for a second time.
"""

import logging
from dataclasses import dataclass
from hmac import compare_digest
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import OpenIDConnectAuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import sessions
from core.errors import DomainError, NotAMember, NotFound
from web.dashboard.answering import answered, trouble
from web.dashboard.cookies import SESSION, VISIT, hand, held, take_back
from web.dashboard.door import PATH, Door
from web.dashboard.rendering import HEADERS
from web.dashboard.signing_in import NEXT, inside, let_in

log = logging.getLogger(__name__)

BACK = f"{PATH}/with-slack/back"
VISIT_SECONDS = 600
SCOPES = ("openid", "profile", "email")

_USER = "https://slack.com/user_id"
_TEAM = "https://slack.com/team_id"


@dataclass(frozen=True)
class SlackApp:
    """The app at Slack through which people sign in, and a client that knows where Slack is."""

    client_id: str
    client_secret: str
    slack: AsyncWebClient

    @property
    def authorization_url(self) -> str:
        """Where browsers are sent."""
        return self.slack.base_url.removesuffix("api/") + "openid/connect/authorize"

    async def identify(self, code: str, *, nonce: str, redirect_uri: str) -> tuple[str, str]:
        """The team and the user who came back with this code. Raises StrangeAnswer."""
        import jwt  # takes as long to load as the dashboard, and few ever need it

        try:
            # Not by the client's own method: the way in which it sends both is deprecated.
            answer = await self.slack.api_call(
                "openid.connect.token",
                data={
                    "client_id": self.client_id,
                    "client_secret": self.client_secret,
                    "code": code,
                    "redirect_uri": redirect_uri,
                    "grant_type": "authorization_code",
                },
            )
            claims: dict[str, Any] = jwt.decode(
                str(answer["id_token"]),
                audience=self.client_id,
                options={"verify_signature": False, "verify_aud": True, "verify_exp": True},
            )
        except (SlackApiError, jwt.InvalidTokenError, KeyError) as error:
            raise StrangeAnswer(str(error)) from error
        if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise StrangeAnswer("it was not meant for this visit")
        return str(claims.get(_TEAM, "")), str(claims.get(_USER, ""))


class StrangeAnswer(Exception):
    """What came back from Slack is not what was asked for."""


async def _go(request: Request) -> Response:
    """Off to Slack, with a note in a cookie by which the one who comes back is known."""
    door = Door.of(request)
    app = _app(door)
    state, nonce = token_urlsafe(24), token_urlsafe(24)
    following = inside(request.query_params.get(NEXT, ""))
    url = OpenIDConnectAuthorizeUrlGenerator(
        client_id=app.client_id,
        redirect_uri=f"{door.public_url}{BACK}",
        scopes=SCOPES,
        authorization_url=app.authorization_url,
    ).generate(state, nonce)
    response = RedirectResponse(url, HTTPStatus.SEE_OTHER, HEADERS)
    hand(response, door, VISIT, f"{state} {nonce} {following}".strip(), seconds=VISIT_SECONDS)
    return response


async def _back(request: Request) -> Response:
    """Back from Slack: let in whoever is a member."""
    door = Door.of(request)
    app = _app(door)
    state, nonce, following = (*held(request, VISIT).strip('"').split(" ", 2), "", "")[:3]
    came_with = request.query_params.get("state", "")
    code = request.query_params.get("code", "")
    if not state or not nonce or not compare_digest(state.encode(), came_with.encode()):
        return _not_in(request, "This visit to Slack was not begun in this browser, or is over.")
    if not code:
        return _not_in(request, "Slack did not let you in, or you pressed Cancel there.")
    try:
        team, user = await app.identify(code, nonce=nonce, redirect_uri=f"{door.public_url}{BACK}")
        cookie = await sessions.enter_as_slack_user(
            door.core, team, user, instead_of=held(request, SESSION)
        )
    except NotAMember as refusal:
        return _not_in(request, refusal.message)
    except (StrangeAnswer, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("Slack could not say who signs in: %s", error)
        return _not_in(request, "Slack could not say who you are. Try again in a moment.")
    except DomainError as refusal:
        return trouble(request, HTTPStatus.SERVICE_UNAVAILABLE, "Not right now", refusal.message)
    response = let_in(door, cookie, inside(following))
    take_back(response, door, VISIT)
    return response


def _app(door: Door) -> SlackApp:
    if door.slack_app is None or door.public_url is None:
        raise NotFound("Signing in with Slack is not set up here.")
    return door.slack_app


def _not_in(request: Request, sentence: str) -> Response:
    response = trouble(request, HTTPStatus.FORBIDDEN, "You are not signed in", sentence)
    take_back(response, Door.of(request), VISIT)
    return response


ROUTES = [
    Route("/with-slack", answered(_go), methods=["GET"]),
    Route("/with-slack/back", answered(_back), methods=["GET"]),
]
