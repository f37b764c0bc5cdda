"""Cookies of the dashboard: no other host can set one, and no browser leaves a session behind."""

from http.cookies import SimpleCookie

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from core import sessions
from storage.models import AuditEvent
from storage.vocabulary import AuditType
from tests.engine import Engine
from tests.web.dashboard.desk import desk
from web.dashboard.cookies import SAID
from web.dashboard.with_slack import SlackApp

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


async def _link(engine: Engine, name: str) -> str:
    return f"/app/sign-in/{await engine.do(name, sessions.make_link, engine.cast[name].id)}"


def _set(answer: httpx.Response) -> SimpleCookie:
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("Set-Cookie"):
        found.load(line)
    return found


async def test_over_https_no_other_host_can_set_a_cookie_of_ours(engine: Engine) -> None:
    slack_app = SlackApp("111.222", "secret", AsyncWebClient())
    async with desk(engine, public_url="https://tocsin.test", slack_app=slack_app) as client:
        visit = await client.get("/app/with-slack")
        entered = await client.post(await _link(engine, "bob"), headers=SAME_ORIGIN)
        page = await client.get("/app/policies/new")
        token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
        said = await client.post(
            "/app/policies/new", headers=SAME_ORIGIN, data={"form_token": token, "name": "Nights"}
        )
        back = await client.get("/app/with-slack/back")
        out = await client.post("/app/sign-out", headers=SAME_ORIGIN, data={"form_token": token})

    every = [_set(one) for one in (visit, entered, said, back, out)]
    assert [sorted(one) for one in every] == [
        ["__Host-tocsin_visit"],
        ["__Host-tocsin_said", "__Host-tocsin_session"],
        ["__Host-tocsin_said"],
        ["__Host-tocsin_visit"],
        ["__Host-tocsin_said", "__Host-tocsin_session"],
    ]
    kept = [morsel for one in every for morsel in one.values()]
    assert {(one["path"], one["secure"], one["httponly"], one["samesite"]) for one in kept} == {
        ("/", True, True, "lax")
    }


async def test_who_signs_in_does_not_read_what_was_said_to_who_sat_there(engine: Engine) -> None:
    async with desk(engine) as client:
        await client.post(await _link(engine, "bob"), headers=SAME_ORIGIN)
        token = (await client.get("/app/policies/new")).text.partition('form_token" value="')[2]
        data = {"form_token": token.partition('"')[0], "name": "Nights at Bob's"}
        said = await client.post("/app/policies/new", headers=SAME_ORIGIN, data=data)
        held = [client.cookies.get(SAID, "")]
        await client.post(await _link(engine, "carol"), headers=SAME_ORIGIN)
        held.append(client.cookies.get(SAID, ""))
        page = await client.get("/app/")

    assert (said.status_code, page.status_code) == (303, 200)
    assert (bool(held[0]), held[1]) == (True, "")
    assert 'class="note good"' not in page.text


@pytest.mark.parametrize("whose", ["bob", "carol"])
async def test_signing_in_ends_the_session_that_the_browser_had(engine: Engine, whose: str) -> None:
    async with desk(engine) as here, desk(engine) as elsewhere, desk(engine) as thief:
        for client in (elsewhere, here):
            await client.post(await _link(engine, whose), headers=SAME_ORIGIN)
        thief.cookies = httpx.Cookies(here.cookies)
        before = await thief.get("/app/")
        await here.post(await _link(engine, "bob"), headers=SAME_ORIGIN)
        after = [(await one.get("/app/")).status_code for one in (here, elsewhere, thief)]

    assert (before.status_code, after) == (200, [200, 200, 303])
    who = whose.title()
    assert await _told(engine) == [
        (AuditType.SIGNED_IN, who),
        (AuditType.SIGNED_IN, who),
        (AuditType.SIGNED_OUT, who),
        (AuditType.SIGNED_IN, "Bob"),
    ]


async def _told(engine: Engine) -> list[tuple[AuditType, str]]:
    types = (AuditType.SIGNED_IN, AuditType.SIGNED_OUT)
    query = select(AuditEvent).where(AuditEvent.type.in_(types)).order_by(AuditEvent.sequence)
    async with engine.core.reading(engine.system) as tx:
        return [(one.type, one.actor_name) for one in await tx.db.scalars(query)]
