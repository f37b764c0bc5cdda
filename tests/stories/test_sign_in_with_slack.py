"""*Sign in with Slack*: who comes back is who went, and only a member is let in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import uvicorn
from fastapi import FastAPI, Request
from slack_sdk.web.async_client import AsyncWebClient

from tests.web.dashboard.browser import Browser, Shown, browser
from tests.world import World, running_world
from web.dashboard import Dashboard
from web.dashboard.with_slack import SlackApp

URL = "http://tocsin.test"
CLIENT, SECRET = "111.222", "client-secret"


@dataclass
class OpenId:
    """As much of Slack's OpenID Connect as hands out tokens for codes."""

    url: str
    who: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    answer: dict[str, Any] | None = None

    async def token(self, request: Request) -> Any:
        form = parse_qs((await request.body()).decode())
        self.asked.append(form)
        if self.answer is not None:
            return self.answer
        given = [form[name] for name in ("client_id", "client_secret", "code")]
        if given != [[CLIENT], [SECRET], ["good"]]:
            return {"ok": False, "error": "invalid_code"}
        token = jwt.encode(self.who, "x" * 32)
        return {"ok": True, "access_token": "xoxp-1", "token_type": "Bearer", "id_token": token}


@asynccontextmanager
async def _open_id() -> AsyncIterator[OpenId]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        found = OpenId(f"http://127.0.0.1:{listening.getsockname()[1]}/api/")
        web = FastAPI()
        web.add_api_route("/api/openid.connect.token", found.token, methods=["POST"])
        server = uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield found
        finally:
            server.should_exit = True
            await serving


@pytest.fixture
async def open_id() -> AsyncIterator[OpenId]:
    async with _open_id() as running:
        yield running


@pytest.fixture
async def reachable(database_url: str, open_id: OpenId) -> AsyncIterator[World]:
    """A product whose people may sign in with Slack, which is beside the workspace here."""
    async with running_world(database_url, public_url=URL) as world:
        app = SlackApp(CLIENT, SECRET, AsyncWebClient(base_url=open_id.url))
        told = Dashboard(
            world.tocsin.core, public_url=URL, checkup=world.tocsin.checkup, slack_app=app
        )
        for route in world.tocsin.web.router.routes:
            if getattr(route, "path", "") == "/app":
                route.app = told  # type: ignore[attr-defined]
        yield world
        await told.stop()


async def _go(page: Browser, path: str = "/with-slack") -> dict[str, str]:
    """Off to Slack; what the browser is sent there with."""
    answer = await page.client.get(f"/app{path}")
    assert answer.status_code == 303
    leads = urlsplit(answer.headers["Location"])
    assert leads.path == "/openid/connect/authorize"
    return {name: values[0] for name, values in parse_qs(leads.query).items()}


def _claims(world: World, person: Any, sent: dict[str, str], **other: Any) -> dict[str, Any]:
    return {
        "aud": CLIENT,
        "nonce": sent["nonce"],
        "https://slack.com/user_id": person.id,
        "https://slack.com/team_id": world.slack.team_id,
        **other,
    }


async def _come_back(page: Browser, sent: dict[str, str], **query: str) -> Shown:
    given = {"code": "good", "state": sent["state"], **query}
    return await page.open("/with-slack/back", params=given)


async def test_a_member_is_let_in_and_led_to_where_they_wanted(
    reachable: World, open_id: OpenId
) -> None:
    await reachable.declare(reachable.alice)
    async with browser(reachable) as page:
        asked = await page.open("/incidents/1")
        assert "/app/with-slack?next=/incidents/1" in asked.html
        sent = await _go(page, "/with-slack?next=/incidents/1")
        open_id.who = _claims(reachable, reachable.bob, sent)
        shown = await _come_back(page, sent)

    assert (shown.path, shown.status) == ("/app/incidents/1", 200)
    assert "Bob Okafor" in shown.text
    assert sent["redirect_uri"] == f"{URL}/app/with-slack/back"
    assert open_id.asked[0]["redirect_uri"] == [sent["redirect_uri"]]


@pytest.mark.parametrize(
    "other",
    [
        {"nonce": "another"},
        {"aud": "333.444"},
        {"exp": 1},
        {"https://slack.com/team_id": "TOTHER"},
        {"https://slack.com/user_id": "UNOBODY"},
    ],
)
async def test_whoever_else_slack_speaks_of_stays_outside(
    reachable: World, open_id: OpenId, other: dict[str, Any]
) -> None:
    async with browser(reachable) as page:
        sent = await _go(page)
        open_id.who = _claims(reachable, reachable.bob, sent, **other)
        shown = await _come_back(page, sent)
        after = await page.open("/")

    assert (shown.status, after.path) == (403, "/app/sign-in")


async def test_a_guest_stays_outside(reachable: World, open_id: OpenId) -> None:
    async with browser(reachable) as page:
        sent = await _go(page)
        open_id.who = _claims(reachable, reachable.gail, sent)
        shown = await _come_back(page, sent)

    assert "Tocsin does not know you" in shown.text


async def test_who_comes_back_must_be_who_went(reachable: World, open_id: OpenId) -> None:
    async with browser(reachable) as page, browser(reachable) as other:
        sent = await _go(page)
        open_id.who = _claims(reachable, reachable.bob, sent)
        stolen = await _come_back(other, sent)
        forged = await _come_back(page, sent, state="forged")

    assert (stolen.status, forged.status) == (403, 403)
    assert open_id.asked == []


@pytest.mark.parametrize(
    "answer", [{"ok": False, "error": "bad"}, {"ok": True}, {"ok": True, "id_token": "x"}]
)
async def test_what_slack_says_may_be_nonsense(
    reachable: World, open_id: OpenId, answer: dict[str, Any]
) -> None:
    open_id.answer = answer
    async with browser(reachable) as page:
        shown = await _come_back(page, await _go(page))

    assert (shown.status, "Try again" in shown.text) == (403, True)


async def test_where_it_is_not_set_up_it_is_neither_offered_nor_there(world: World) -> None:
    async with browser(world) as page:
        offered = await page.open("/sign-in")
        tried = await page.open("/with-slack")

    assert "with Slack" not in offered.text
    assert tried.status == 404
